"""The common look: every layout, macro and style sheet, rendered with samples and measured in a browser."""

import gzip
import hashlib
import os
import re
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Flask, Response, get_template_attribute, render_template
from flask_wtf import CSRFProtect, FlaskForm
from playwright.sync_api import Browser, Page
from waitress import create_server
from wtforms import BooleanField, DateField, IntegerField, PasswordField, SelectField, StringField
from wtforms.fields import SelectChoice
from wtforms.validators import InputRequired

from survey.assets import configure_assets
from survey.i18n import configure_languages
from survey.services.documents.listing import ListPage, Wanted
from tests.browser import BORDERS, SMALL_TARGETS, contrast

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "static"
LAYOUTS = ("respond", "public", "staff")
SOURCES = ("img-src", "style-src", "script-src", "font-src", "form-action")
POLICY = "; ".join(["default-src 'none'", *(f"{source} 'self'" for source in SOURCES)])
GROUPS = ("self", "supervisor", "peer", "subordinate", "citizen")


class SampleForm(FlaskForm):  # type: ignore[misc]
    """One field of each kind a staff form uses."""

    name = StringField("Name", [InputRequired("Write a name")])
    secret = PasswordField("Password")
    kind = SelectField("Kind", choices=[SelectChoice("a", "Short"), SelectChoice("b", "Long")])
    until = DateField("Until")
    least = IntegerField("Least")
    sure = BooleanField("Sure")


@pytest.fixture(scope="module")
def look() -> Flask:
    """A bare application that shows the samples under the product's own rules for content."""
    app = Flask("look", root_path=str(ROOT))
    app.config.update(SECRET_KEY="sample", BABEL_TRANSLATION_DIRECTORIES=str(ROOT / "translations"))
    CSRFProtect(app)
    configure_languages(app)
    configure_assets(app)

    def show(layout: str) -> str:
        menu = [
            ("/me", "Hasil saya", True),
            ("/team", "Tim saya", False),
            ("/cycles", "Periode penilaian", False),
            ("/people", "Pegawai dan unit kerja", False),
        ]
        return render_template(
            "look.html",
            layout=layout,
            found=ListPage((), Wanted(page=4), "", frozenset(), 4, 12, 600),
            navigation=menu,
            signed_in_name="Yusrizal, S.Kom.",
            sign_out_url="/out",
            promise_url="/promise",
            city="Kota Bukittinggi",
        )

    app.add_url_rule("/look/<layout>", "show", show, methods=["GET", "POST"])
    app.add_url_rule("/start", "start", lambda: render_template("look.html", layout="respond", started=True))
    app.register_error_handler(404, _not_here)
    app.after_request(_with_policy)
    return app


def _not_here(_error: Exception) -> tuple[str, int]:
    words = {
        "title": "Kode ini tidak kami kenal",
        "happened": "Kode tidak cocok dengan kuesioner yang sedang dibuka.",
        "safe": "Tidak ada yang terkirim.",
        "do": "Ketik lagi kode pada lembar Anda.",
        "action": ("/", "Ketik kode lagi"),
    }
    return render_template("errors/page.html", **words), 404


def _with_policy(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = POLICY
    return response


@pytest.fixture(scope="module")
def address(look: Flask) -> Iterator[str]:
    """Where the samples are served while this module runs."""
    server = create_server(look, host="127.0.0.1", port=0, threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    server.close()
    thread.join(timeout=10)


@pytest.fixture
def open_page(browser: Browser, address: str) -> Iterator[Any]:
    """Opens an address at a width; the page must load without a single complaint in the console."""
    complaints: list[str] = []
    pages: list[Page] = []

    def open_at(path: str, width: int) -> Page:
        page = browser.new_page(viewport={"width": width, "height": 800})
        pages.append(page)
        page.on(
            "console", lambda message: complaints.append(message.text) if message.type == "error" else None
        )
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(address + path)
        page.evaluate("document.fonts.ready.then(() => true)")  # a late font moves what is measured
        return page

    yield open_at
    for page in pages:
        page.close()
    assert [text for text in complaints if "404" not in text] == []


def _macro(look: Flask, file: str, name: str, *values: Any) -> str:
    with look.test_request_context("/look/staff"):
        return str(get_template_attribute(f"macros/{file}.html", name)(*values))


def test_contrast_of_black_on_white_is_twenty_one() -> None:
    assert contrast("rgb(0, 0, 0)", "rgb(255, 255, 255)") == pytest.approx(21)  # witness: WCAG 2.2, 1.4.3


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("path", ["/look/respond", "/look/public", "/look/staff", "/not-here"])
def test_axe_finds_nothing_to_mend(open_page: Any, path: str, width: int) -> None:
    page = open_page(path, width)
    if folder := os.environ.get("CERMIN_SHOTS"):
        page.screenshot(path=f"{folder}/{path.rsplit('/')[-1]}-{width}.png", full_page=True)
    found = Axe().run(page)
    assert found.violations_count == 0, found.generate_report()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 360, 800, 1280])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_no_page_scrolls_sideways(open_page: Any, layout: str, width: int) -> None:
    page = open_page(f"/look/{layout}", width)
    assert page.evaluate("document.scrollingElement.scrollWidth") <= width


@pytest.mark.browser
@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("layout", LAYOUTS)
def test_every_target_is_as_large_as_a_thumb(open_page: Any, layout: str, width: int) -> None:
    assert open_page(f"/look/{layout}", width).evaluate(SMALL_TARGETS) == []


@pytest.mark.browser
@pytest.mark.parametrize("layout", ["respond", "staff"])
def test_borders_of_fields_stand_out(open_page: Any, layout: str) -> None:
    borders = open_page(f"/look/{layout}", 360).evaluate(BORDERS)
    assert len(borders) >= 10
    assert [row for row in borders if contrast(row[1], row[2]) < 3] == []  # witness: WCAG 2.2, 1.4.11


@pytest.mark.browser
def test_a_focused_answer_shows_the_ring_and_its_edge(open_page: Any) -> None:
    page = open_page("/look/respond", 360)
    page.locator("#u2").focus()
    page.keyboard.press("ArrowDown")
    style = page.evaluate(
        """() => { const style = getComputedStyle(document.querySelector('[for=u2-2]'));
                   return [style.outlineColor, style.boxShadow]; }"""
    )
    assert style[0] == "rgb(255, 210, 74)"
    assert "rgb(27, 27, 27)" in style[1]


@pytest.mark.browser
def test_steps_stand_in_one_row_on_wide_screens_and_are_stacked_on_phones(open_page: Any) -> None:
    tops = "[...document.querySelectorAll('[name=r1]')].slice(0, 5).map(e => e.getBoundingClientRect().top)"
    assert len(set(open_page("/look/respond", 1280).evaluate(tops))) == 1
    assert len(set(open_page("/look/respond", 360).evaluate(tops))) == 5


@pytest.mark.browser
def test_the_secret_of_a_link_moves_into_the_form_and_nothing_is_sent(open_page: Any, address: str) -> None:
    page = open_page("/start#S3cret_value-1", 360)
    assert page.locator("#start [name=secret]").input_value() == "S3cret_value-1"
    assert page.url == f"{address}/start"


@pytest.mark.browser
def test_only_staff_pages_download_a_typeface(open_page: Any) -> None:
    faces = "[...document.fonts].filter(f => f.status === 'loaded').length"
    for layout, loads in (("respond", False), ("public", False), ("staff", True)):
        page = open_page(f"/look/{layout}", 360)
        page.evaluate("document.fonts.ready.then(() => true)")
        assert bool(page.evaluate(faces)) is loads, layout


def test_the_style_sheet_of_citizens_fits_eight_kilobytes() -> None:
    assert len(gzip.compress((STATIC / "cermin.css").read_bytes(), 9)) <= 8 * 1024


def test_the_start_script_stays_tiny_and_never_sends() -> None:
    script = (STATIC / "start.js").read_text()
    assert len(script) <= 600
    assert "submit" not in script


def test_nothing_looks_british() -> None:
    styles = "".join((STATIC / f"{name}.css").read_text() for name in ("cermin", "staff"))
    assert "transport" not in styles.lower()
    assert "crown" not in styles.lower()


def test_built_and_foreign_files_match_their_checksums() -> None:
    rows = re.findall(
        r"^\| (\S+) \| (\d+) \| `(\w{64})` \|$", (STATIC / "VENDOR.md").read_text(), re.MULTILINE
    )
    assert len(rows) == 10
    for name, size, checksum in rows:
        content = (STATIC / name).read_bytes()
        assert (len(content), hashlib.sha256(content).hexdigest()) == (int(size), checksum), name


# Reports of the file commands are self-contained files and no pages of the service.
PAGES = [path for path in sorted(ROOT.glob("templates/**/*.html")) if path.parent.name != "analysis"]


@pytest.mark.parametrize("template", PAGES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_no_template_holds_inline_style_or_script(template: Path) -> None:
    text = template.read_text()
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)


def test_the_language_switch_keeps_the_page_and_goes_away_after_a_post(look: Flask) -> None:
    look.config["WTF_CSRF_ENABLED"] = False
    client = look.test_client()
    assert 'href="/look/public?lang=en"' in client.get("/look/public").get_data(as_text=True)
    assert 'class="languages"' not in client.post("/look/public").get_data(as_text=True)
    look.config["WTF_CSRF_ENABLED"] = True


def test_a_page_without_endpoint_still_renders(look: Flask) -> None:
    answer = look.test_client().get("/nowhere")
    assert answer.status_code == 404
    assert "Tidak ada yang terkirim." in answer.get_data(as_text=True)
    assert 'class="languages"' not in answer.get_data(as_text=True)


def test_a_page_says_its_language(look: Flask) -> None:
    client = look.test_client()
    assert '<html lang="id">' in client.get("/look/public").get_data(as_text=True)
    assert '<html lang="en">' in client.get("/look/public?lang=en").get_data(as_text=True)


def test_every_problem_in_the_summary_links_to_a_field(look: Flask) -> None:
    page = look.test_client().get("/look/respond").get_data(as_text=True)
    links = re.findall(r'<li><a href="#(\w+)">', page)
    assert links == ["u1", "r2"]
    for name in links:
        assert f'id="{name}"' in page


def test_a_mark_stands_where_its_mean_is(look: Flask) -> None:
    drawn = _macro(look, "chart", "score_mark", 3.0, 2.0, 6.0, 1, 5, "peer", "Rekan")
    assert "translate(152.0 18)" in drawn  # the middle of a rail from 16 to 288
    assert "M84.0 9v18m0-9H288.0" in drawn  # the interval is cut at the end of the scale
    assert 'aria-label="Rekan: 3,00, perkiraan wajarnya antara 2,00 dan 6,00, pada skala 1 sampai 5"' in drawn


def test_a_mark_without_interval_has_no_line(look: Flask) -> None:
    drawn = _macro(look, "chart", "score_mark", 3.9, None, None, 1, 5, "supervisor", "Atasan")
    assert 'class="interval"' not in drawn
    assert 'aria-label="Atasan: 3,90 pada skala 1 sampai 5"' in drawn


def test_each_rater_group_has_its_own_shape_and_colour(look: Flask) -> None:
    shapes = {re.findall(r' d="(\S.*?)"', _macro(look, "chart", "sign", group))[0] for group in GROUPS}
    colours = re.findall(rf"--(?:{'|'.join(GROUPS)}): ?(#\w+)", (STATIC / "cermin.css").read_text())
    assert len(shapes) == len(set(colours)) == len(GROUPS)


@pytest.mark.parametrize(
    ("value", "band"), [(64.99, "D"), (65, "C"), (76.6, "C"), (76.61, "B"), (88.31, "A"), (100, "A")]
)
def test_the_gauge_lights_the_band_of_the_value(look: Flask, value: float, band: str) -> None:
    drawn = _macro(
        look, "chart", "index_gauge", value, None, None, "IKM"
    )  # witness: PermenPANRB 14/2017, table of intervals
    assert re.findall(r'band--here".*?\n<text[^>]*>(\w)</text>', drawn) == [band]


def test_nobody_asked_draws_an_empty_bar(look: Flask) -> None:
    assert 'width="0.0"' in _macro(look, "chart", "counts_bar", "Jawaban", [("Mudah", 0)])
    assert 'width="0"' in _macro(look, "page", "progress", 0, 0, "Lembar")


@pytest.mark.parametrize(
    ("number", "shown"), [(1, ["1", "2", "12"]), (4, ["1", "3", "4", "5", "12"]), (12, ["1", "11", "12"])]
)
def test_long_lists_show_the_ends_and_the_neighbours(look: Flask, number: int, shown: list[str]) -> None:
    found = ListPage((), Wanted(page=number), "", frozenset(), number, 12, 600)
    with look.test_request_context("/look/staff"):
        drawn = str(get_template_attribute("macros/list.html", "pages")(found))
    assert re.findall(r">\s*(\d+)<", drawn) == shown


def test_words_from_people_are_escaped(look: Flask) -> None:
    assert "<b>" not in _macro(look, "form", "text_field", "name", "<b>", "<b>", "<b>", "<b>")
    assert "<b>" not in _macro(look, "form", "rating_row", "r", "<b>", [(1, "<b>")], [("unseen", "<b>")])


def test_a_form_of_wtforms_renders_with_its_problems(look: Flask) -> None:
    with look.test_request_context("/look/staff", method="POST", data={"least": "many"}):
        form = SampleForm(meta={"csrf": False})
        assert not form.validate()
        draw = get_template_attribute("macros/form.html", "field")
        drawn = "".join(str(draw(field)) for field in form)
        summary = str(get_template_attribute("macros/form.html", "errors_of")(form))
    assert '<option value="b">Long</option>' in drawn
    assert re.findall(r'type="(\w+)"', drawn) == ["text", "password", "date", "number", "checkbox"]
    assert 'aria-describedby="name-error" aria-invalid="true"' in drawn
    assert "Write a name" in drawn
    assert 'href="#name"' in summary
