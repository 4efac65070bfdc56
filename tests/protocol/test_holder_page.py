"""The holder's page, from its file and without a network, against the tool: each reads the other's files."""

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from protocol import holder, lists, minutes, opening, sealing
from protocol.messages import explain, say
from tests.browser import assert_sound
from tests.protocol.conftest import CYCLE

pytestmark = pytest.mark.browser
FILE = Path(__file__).parents[2] / "static" / "holder.html"
TASKS = ("start", "make", "prove", "split", "check", "open")
COUNT = 60


@dataclass(frozen=True)
class Tool:
    """The page of a holder, and the folder where files lie."""

    page: Page
    folder: Path

    def turn_to(self, task: str) -> Locator:
        """The view of a task."""
        self.page.locator(f"[data-task={task}]").click()
        return self.page.locator(f"#view-{task}")

    def do(self, task: str, **entered: str | Path) -> Locator:
        """Fill in a form and send it off; its result."""
        view = self.turn_to(task)
        for name, value in entered.items():
            field = view.locator(f"[name={name.replace('_', '-')}]")
            if isinstance(value, Path):
                field.set_input_files(value)
            elif field.first.get_attribute("type") == "radio":
                view.locator(f"[name={name}][value='{value}']").check()
            else:
                field.fill(value)
        view.locator("[type=submit]").click()
        expect(view.locator(".notice")).to_be_visible(timeout=60_000)
        return view.locator(".result")

    def save(self, link: Locator) -> Path:
        """Where a file of the page was saved."""
        with self.page.expect_download() as download:
            link.click()
        path = self.folder / download.value.suggested_filename
        assert not path.exists()
        download.value.save_as(path)
        return path

    def file(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture
def tool(browser: Browser, tmp_path: Path) -> Iterator[Tool]:
    context = browser.new_context(offline=True, viewport={"width": 320, "height": 800})
    page = context.new_page()
    asked, faults = [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda message: faults.append(message.text))
    page.goto(FILE.as_uri())
    yield Tool(page, tmp_path)
    context.close()
    assert [url for url in asked if not url.startswith("blob:")] == [FILE.as_uri()]
    assert faults == []


@pytest.fixture(scope="module")
def sealed(keys: dict[int, holder.HolderKey]) -> list[bytes]:
    return sealed_to(keys[1].public)


def sealed_to(public: holder.PublicKey, count: int = COUNT) -> list[bytes]:
    """Ballots in one layer; what is inside does not matter here."""
    size = sealing.ITEM_BYTES[sealing.NEXT_LAYER[public.layer]]
    return [
        sealing.seal_layer(public.point, CYCLE, public.layer, os.urandom(size)) for _number in range(count)
    ]


def opened_by_python(key: holder.HolderKey, items: list[bytes]) -> list[bytes]:
    return sorted(
        filter(None, (sealing.open_layer(key.private_key, CYCLE, key.layer, item) for item in items))
    )


def test_nothing_but_its_own_style_and_script_may_run() -> None:
    text = FILE.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]+)"', text)
    assert policy
    rules = dict(rule.split(" ", 1) for rule in policy.group(1).split("; "))
    assert set(rules) == {"default-src", "script-src", "style-src", "base-uri", "form-action"}
    assert {rules[name] for name in ("default-src", "base-uri", "form-action")} == {"'none'"}
    for tag in ("script", "style"):
        (content,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert not re.search(r"https?://|url\(|@import|fetch\(|XMLHttpRequest|WebSocket|sendBeacon", text)


def test_a_key_of_the_page_works_in_the_tool(tool: Tool) -> None:
    made = tool.do("make", cycle=f" {CYCLE} ", layer="2", office="Inspektorat “Kota”")
    links = made.locator("a")
    expect(links).to_have_count(5)
    public_path, key_path, *share_paths = [tool.save(links.nth(place)) for place in range(5)]
    key = holder.read_key(key_path.read_bytes())
    assert (key.cycle, key.layer, key.office) == (CYCLE, 2, "Inspektorat “Kota”")
    assert holder.key_file(key) == key_path.read_bytes()
    assert holder.public_file(key) == public_path.read_bytes()
    expect(made.locator(".receipt")).to_have_text(key.public.fingerprint)
    for left_out in range(3):
        two = [path.read_bytes() for place, path in enumerate(share_paths) if place != left_out]
        assert holder.join_shares(two) == key

    told = lists.write(tool.folder / "source", CYCLE, 2, sealed_to(key.public))
    opened = opening.open_file(tool.folder / "source", tool.folder / "target", key.private_key, told)
    assert (opened.after.count, opened.left_out) == (COUNT, 0)


def test_a_challenge_is_answered_from_the_key_and_from_shares(
    tool: Tool, keys: dict[int, holder.HolderKey]
) -> None:
    """Key and shares were made by the tool."""
    text = holder.new_proof_text()
    challenge = tool.file("challenge.json", holder.challenge_file(keys[1].public, text))
    paths = {
        number: tool.file(f"{number}.json", data) for number, data in holder.share_files(keys[1]).items()
    }
    for source, given in (
        (holder.FROM_KEY, {"key": tool.file("key.json", holder.key_file(keys[1]))}),
        (holder.FROM_SHARES, {"share_a": paths[3], "share_b": paths[1]}),
    ):
        result = tool.do("prove", source=source, challenge=challenge, **given)
        answer = holder.read_answer(tool.save(result.locator("a")).read_bytes())
        assert answer == holder.Answer(CYCLE, 1, source, holder.proof_answer(text))
    foreign = tool.file("foreign.json", holder.challenge_file(keys[2].public, text))
    refused = tool.do("prove", source="key", challenge=foreign)
    expect(refused.locator(".notice--wrong")).to_have_text(_refusal("wrong_challenge", cycle=CYCLE, layer=2))


def test_a_key_is_split_anew(tool: Tool, keys: dict[int, holder.HolderKey]) -> None:
    links = tool.do("split", key=tool.file("key.json", holder.key_file(keys[1]))).locator("a")
    shares = [tool.save(links.nth(place)).read_bytes() for place in range(3)]
    assert holder.join_shares([shares[2], shares[0]]) == keys[1]
    wrong = tool.do("split", key=tool.file("share.json", shares[0]))
    words = _refusal("another_kind", kind="cermin holder share 1", wanted="cermin holder key 1")
    expect(wrong.locator(".notice--wrong")).to_have_text(words)


@pytest.mark.parametrize("source", ["key", "shares"])
def test_the_page_opens_a_list_of_the_tool(
    tool: Tool, keys: dict[int, holder.HolderKey], sealed: list[bytes], source: str
) -> None:
    told = lists.write(tool.folder / "layer1.list", CYCLE, 1, [*sealed, os.urandom(8_354)])
    shares = holder.share_files(keys[1])
    by = {
        "key": {"key": tool.file("key.json", holder.key_file(keys[1]))},
        "shares": {"share_a": tool.file("1.json", shares[1]), "share_b": tool.file("2.json", shares[2])},
    }[source]
    spaced = f"{told.hash[:32].upper()} {told.hash[32:]}"
    entered = {"list": tool.folder / "layer1.list", "count": "61", "hash": spaced, "holder": "Dewi Lestari"}
    result = tool.do("open", source=source, **by, **entered)
    saved = tool.save(result.locator("a"))
    after = lists.read_head(saved)
    assert lists.check(saved, after) == lists.Head(CYCLE, 2, COUNT, after.hash)
    written = list(lists.items(saved, after))
    assert sorted(written) == opened_by_python(keys[1], sealed)
    assert written != [sealing.open_layer(keys[1].private_key, CYCLE, 1, item) for item in sealed]
    expect(result.locator("dd").nth(1)).to_have_text(after.hash)
    _assert_minutes(tool, told, after, keys[1])


def _assert_minutes(tool: Tool, before: lists.Head, after: lists.Head, key: holder.HolderKey) -> None:
    """The page prints the minutes that the tool writes, and nothing else."""
    day = minutes.date.fromisoformat(tool.page.evaluate("new Date().toLocaleDateString('sv')"))
    opened = opening.Opened(before, after, "")
    facts = minutes.Facts(opened, "Dewi Lestari", key.office, key.public.fingerprint, day)
    for language in ("id", "en"):
        tool.page.locator(f"[data-language={language}]").click()
        expected = minutes.of_opening(facts, language)
        page = tool.page.locator(".minutes")
        expect(page.locator("h2")).to_have_text(expected.title)
        expect(page.locator("h2 + p")).to_have_text(expected.introduction)
        assert page.locator("dt").all_text_contents() == [label for label, _value in expected.rows]
        assert page.locator("dd").all_text_contents() == [value for _label, value in expected.rows]
        assert page.locator("li").all_text_contents() == list(expected.statements)
        assert page.locator(".signatures p:first-child").all_text_contents() == [
            role for role, _name in expected.signatures
        ]
    assert_sound(tool.page, "holder-opened")
    tool.page.emulate_media(media="print")
    shown = tool.page.locator("h1, form, nav, button, a.button, .notice").filter(visible=True)
    expect(shown).to_have_count(0)
    expect(tool.page.locator(".minutes")).to_be_visible()


def test_what_the_tool_refuses_the_page_refuses_in_the_same_words(
    tool: Tool, keys: dict[int, holder.HolderKey], sealed: list[bytes]
) -> None:
    key = tool.file("key.json", holder.key_file(keys[1]))
    told = lists.write(tool.folder / "list", CYCLE, 1, sealed)
    fewer = lists.write(tool.folder / "fewer", CYCLE, 1, sealed[1:])
    twice = lists.write(tool.folder / "twice", CYCLE, 1, [*sealed, sealed[0]])
    few = lists.write(tool.folder / "few", CYCLE, 1, sealed[:9])
    rubbish = lists.write(
        tool.folder / "rubbish", CYCLE, 1, [*sealed, *(os.urandom(8_354) for _n in range(3))]
    )
    foreign = lists.write(
        tool.folder / "foreign", CYCLE, 1, sealed_to(holder.make_key(CYCLE, 1, "Another").public)
    )
    inner = lists.write(tool.folder / "inner", CYCLE, 2, sealed_to(keys[2].public))
    whole = (tool.folder / "list").read_bytes()
    (tool.folder / "cut").write_bytes(whole[:-1])
    (tool.folder / "changed").write_bytes(whole.replace(b"\nB", b"\nA", 1))
    cases = (
        ("fewer", told, _refusal("not_as_told", count=fewer.count, hash=fewer.hash)),
        ("twice", twice, _refusal("repeated")),
        ("few", few, _refusal("too_few", count=9, fewest=50)),
        ("rubbish", rubbish, _refusal("unreadable", left_out=3, count=63)),
        ("foreign", foreign, _refusal("wrong_key")),
        ("inner", inner, _refusal("wrong_list", cycle=CYCLE, layer=2)),
        ("cut", told, _refusal("damaged")),
        ("changed", told, _refusal("damaged")),
        ("key.json", told, _refusal("not_a_list")),
    )
    tool.do("open", key=key, list=tool.folder / "list", count="1", hash="0" * 64, holder="Dewi")
    for name, head, words in cases:
        result = tool.do("open", list=tool.folder / name, count=str(head.count), hash=head.hash)
        expect(result.locator(".notice--wrong")).to_have_text(words)
        expect(result.locator("a, .minutes")).to_have_count(0)
    for name, head in (("few", few), ("rubbish", rubbish)):
        entered = {"list": tool.folder / name, "count": str(head.count), "hash": head.hash}
        result = tool.do("open", **entered, reason="Checked with the auditor.")
        expect(result.locator(".minutes dd").last).to_have_text("Checked with the auditor.")


def _refusal(code: str, **detail: object) -> str:
    return say("id", "refused", detail=explain("id", code, detail))


def test_a_list_is_checked_without_a_key(tool: Tool, sealed: list[bytes]) -> None:
    told = lists.write(tool.folder / "list", CYCLE, 1, sealed)
    entered = {"cycle": CYCLE, "layer": "1", "list": tool.folder / "list", "count": "60", "hash": told.hash}
    fits = tool.do("check", **entered)
    expect(fits.locator(".notice--good")).to_have_text(
        say("id", "list-fits", cycle=CYCLE, layer=1, count=COUNT)
    )
    expect(tool.do("check", count="61").locator(".notice--wrong")).to_have_text(
        _refusal("not_as_told", count=60, hash=told.hash)
    )


def test_what_is_missing_is_named_and_the_keyboard_is_enough(tool: Tool) -> None:
    page = tool.page
    page.locator("[data-task=open]").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#view-open h1")).to_be_focused()
    page.keyboard.press("Tab")
    expect(page.locator("#open-source")).to_be_focused()
    page.keyboard.press("ArrowDown")
    expect(page.locator("#open-key")).to_have_count(0)
    view = page.locator("#view-open")
    view.locator("[type=submit]").press("Enter")
    expect(view.locator(".govuk-error-summary")).to_be_focused()
    expect(view.locator("[aria-invalid]")).to_have_count(6)
    view.locator("#open-count").fill("6o")
    view.locator("#open-hash").fill("abc")
    view.locator("[type=submit]").press("Enter")
    expect(view.locator(".govuk-error-summary")).to_contain_text("harus bilangan bulat")
    view.locator(".govuk-error-summary a").last.press("Enter")
    expect(view.locator("#open-holder")).to_be_focused()
    assert_sound(page, "holder-missing")


@pytest.mark.parametrize("width", [320, 1100])
@pytest.mark.parametrize("language", ["id", "en"])
def test_every_task_is_sound(tool: Tool, width: int, language: str) -> None:
    tool.page.set_viewport_size({"width": width, "height": 800})
    tool.page.locator(f"[data-language={language}]").click()
    for task in TASKS:
        tool.turn_to(task)
        assert_sound(tool.page, f"holder-{language}-{task}")
    tool.do("make", cycle=CYCLE, office="Inspektorat")
    assert_sound(tool.page, f"holder-{language}-made")
