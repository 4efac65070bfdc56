"""What is listed can be taken away as it is searched and sorted; what nobody else is to know cannot."""

import re

import pytest
from flask import Flask

from survey.config import Settings
from survey.db import Databases
from tests.conftest import sign_in
from tests.town import Town, assign, build

FILES = {
    "/staff/hr/people": "Bidang 1",
    "/staff/hr/people/teams": "Tim 1",
    "/staff/hr/service-points": "Loket 1",
    "/staff/hr/accounts": "Bidang 1",
    "/staff/hr/mail/refused": "Bidang 1",
    "/staff/hr/cycles/{cycles}/feasibility": "Bidang 1",
}


@pytest.fixture
def town(databases: Databases, settings: Settings) -> Town:
    made = build(databases, settings, 2)
    assign(made)
    return made


@pytest.mark.parametrize("path", FILES)
def test_a_list_goes_out_as_a_file(app: Flask, town: Town, path: str) -> None:
    hr, address = sign_in(app, "hr"), path.format(**town.names)
    csv = hr.get(f"{address}?file=csv")
    assert csv.content_type == "text/csv; charset=utf-8"
    assert "attachment" in csv.headers["Content-Disposition"]
    lines = csv.text.splitlines()
    assert any(FILES[path] in line for line in lines[1:])
    assert hr.get(f"{address}?file=xlsx").data[:2] == b"PK"
    page = hr.get(address).text
    assert "file=csv" in page
    assert hr.get(f"{address}?file=exe").content_type.startswith("text/html")


@pytest.mark.parametrize("path", ["/staff/hr/accounts", "/staff/hr/people/teams", "/staff/hr/service-points"])
def test_the_file_holds_what_was_searched(app: Flask, town: Town, path: str) -> None:
    hr = sign_in(app, "hr")
    assert len(hr.get(f"{path}?file=csv&q=zzz").text.splitlines()) == 1
    assert len(hr.get(f"{path}?file=csv").text.splitlines()) > 1


def test_the_trail_goes_out_for_the_auditor(app: Flask, town: Town) -> None:
    auditor = sign_in(app, "auditor")
    lines = auditor.get("/staff/audit/trail?file=csv&q=uji").text.splitlines()
    assert len(lines) == 1 + town.size
    assert auditor.get("/staff/audit/trail?file=csv").text.count("\n") > len(lines)


@pytest.mark.parametrize("path", ["/staff/hr/conflicts", "/staff/hr/cycles/{cycles}"])
def test_pairs_and_figures_go_into_no_file(app: Flask, town: Town, path: str) -> None:
    answer = sign_in(app, "hr").get(path.format(**town.names) + "?file=csv")
    assert answer.content_type.startswith("text/html")
    assert "file=csv" not in answer.text.replace("?file=csv", "", 1)


def test_searching_and_sorting_keep_to_each_other(app: Flask, town: Town) -> None:
    page = sign_in(app, "hr").get("/staff/hr/people/teams?q=Tim&sort=-name").text
    assert page.index("Tim 1") < page.index("Tim 0")
    assert 'aria-sort="descending"' in page
    assert 'name="sort" value="-name"' in page


def test_the_outlook_of_a_draft_is_the_same_on_every_page_until_somebody_acts(app: Flask, town: Town) -> None:
    hr = sign_in(app, "hr")
    found = re.findall(r"/staff/hr/cycles/([\w-]{12})\"", hr.get("/staff/hr/").text)
    address = (
        f"/staff/hr/cycles/{next(cycle for cycle in found if cycle != town.names['cycles'])}/feasibility"
    )
    first, again = (re.findall(r"<tr>.*?</tr>", hr.get(address).text, re.DOTALL) for _look in range(2))
    assert first == again
    assert len(first) > town.size
