"""Everything that leaves the system for a cycle is rendered and read again, and the attacker looks at it.

With any part of the rule switched off he must find something; and the gate must stop it before it is seen.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from analysis.disclosure import (
    UNPUBLISHED,
    Finding,
    Publication,
    Told,
    attack,
    partition,
    people_of,
    remainder_block,
)
from instruments import catalogue
from survey.config import Settings
from survey.db import Databases, reading, transaction
from survey.exceptions import ReleaseGivesAway
from survey.models.accounts import Account, Grant
from survey.models.audit import AuditEvent
from survey.models.cycles import Cycle
from survey.models.people import Employee
from survey.models.releases import Release
from survey.models.vault import VaultBlock, VaultCount
from survey.services.cycles import cycles
from survey.services.gate import disclosure
from survey.services.results import ledger_sources, release_gate, tally
from survey.services.results.cycle_frame import CITY, UNIT_PREFIX, CycleFrame, read_frame
from tests.conftest import PASSWORD, sign_in
from tests.factories import answer, close, make_employee, make_team, make_unit, open_cycle, plan
from tests.survey.rendered import (
    Page,
    Report,
    Seen,
    read_csv,
    read_groups,
    read_quality,
    read_report,
    read_results,
    read_xlsx,
)
from tests.survey.results import release

SCALES = {scale.title.in_language("en"): scale.code for scale in catalogue.get("berakhlak_short").scales}
ITEMS = {item.code: item.scale for item in catalogue.get("berakhlak_short").items}
LOW, HIGH, MIDDLE = 1, 5, {"high": 4.9, "low": 1.1}
ANONYMOUS = ("peer", "subordinate")


@dataclass
class City:
    """A cycle that was answered, and what was answered: by group and scale the answers about each subject."""

    cycle: Cycle
    frame: CycleFrame
    names: list[str]  # of the subjects, in the order of the frame
    truth: dict[tuple[str, str], dict[int, list[int]]]

    @cached_property
    def groups(self) -> list[str]:
        return [group.rater_group for group in self.frame.groups]

    def ballots(self, group: str, scale: str) -> list[int]:
        answers = self.truth[group, scale]
        return [len(answers.get(subject, ())) for subject in range(len(self.names))]


@pytest.fixture
def city(databases: Databases, settings: Settings) -> City:
    """A mayor over three offices: in one nine people, in two so few that their groups are small."""
    with transaction(databases.people) as people:
        top = make_unit(people, "TOP", "Kantor Wali Kota")
        mayor = make_employee(people, top, 1)
        for first, size, code in ((10, 8, "A"), (30, 4, "B"), (50, 4, "C")):
            unit = make_unit(people, code, f"Dinas {code}")
            unit.parent_id = top.id
            make_team(people, unit, size, first)[0].supervisor_id = mayor.id
    cycle = open_cycle(databases, settings, replace(plan(), minimum_reliability=0.0))
    with reading(databases.people) as people:
        frame = read_frame(people, cycle)
        staff = {one.id: one for one in people.scalars(select(Employee))}
    names = [staff[employee].name for employee in frame.subject_ids]
    papers = zip(
        frame.asked.rater.tolist(), frame.asked.subject.tolist(), frame.asked.group.tolist(), strict=True
    )
    group_of = {(rater, frame.subject_keys[subject]): group for rater, subject, group in papers}
    found = City(cycle, frame, names, defaultdict(lambda: defaultdict(list)))
    for place, rater in enumerate(staff.values()):
        if place % 7 != 6:  # two or three never answer
            answer(databases, cycle, rater, _answers(found, group_of, place, rater.id))
    return found


def _answers(
    city: City, group_of: dict[tuple[int, str], int], place: int, rater: int
) -> Callable[[str, str], int | None]:
    def value(subject_key: str, item: str) -> int | None:
        subject, number = city.frame.subject_keys.index(subject_key), list(ITEMS).index(item)
        name = int(city.names[subject][-3:])
        step = 1 + (place * (place + 1) + name + number) % 5
        if name in (12, 13) and number == 1:  # all say the same, at the ends of the scale
            step = 5 if name == 12 else 1
        if place % 5 == 3 and number == 2:
            return None
        group = city.groups[group_of[rater, subject_key]]
        city.truth[group, ITEMS[item]][subject].append(step)
        return step

    return value


@dataclass
class Rendered:
    """What every reader has, put together."""

    reports: dict[str, Report]
    quality: dict[tuple[str, str], int]
    results: dict[str, tuple[float, int]]
    files: list[dict[str, dict[str, str]]]  # by name, CSV and XLSX
    groups: list[dict[tuple[str, str, str], Seen]]  # by name, behaviour and rater group, CSV and XLSX


def render(app: Flask, databases: Databases, hr: FlaskClient, city: City) -> Rendered:
    address = f"/staff/hr/cycles/{city.cycle.public_id}"
    assert hr.get("/staff/hr/?lang=en").status_code == 200  # and so it stays English
    results: dict[str, tuple[float, int]] = {}
    for number in (1, 2):
        results |= read_results(hr.get(f"{address}/results?page={number}").text)
    _other_pages_hold_no_figure(app, hr, city)
    return Rendered(
        reports=_reports(app, databases, city),
        quality=read_quality(hr.get(f"{address}/quality").text),
        results=results,
        files=[
            {row["Name"]: row for row in read(hr.get(f"{address}/appraisals.{kind}").data)}
            for kind, read in (("csv", read_csv), ("xlsx", read_xlsx))
        ],
        groups=[
            read_groups(read(hr.get(f"{address}/groups.{kind}").data))
            for kind, read in (("csv", read_csv), ("xlsx", read_xlsx))
        ],
    )


def _reports(app: Flask, databases: Databases, city: City) -> dict[str, Report]:
    with transaction(databases.people) as people:
        hashed = people.scalars(select(Account.password_hash)).first()
        staff = people.scalars(select(Employee)).all()
        people.add_all(
            Account(
                username=f"e{one.id}",
                password_hash=hashed,
                employee_id=one.id,
                grants=[Grant(role="employee")],
            )
            for one in staff
        )
    found = {}
    for one in staff:
        client = sign_in(app, f"e{one.id}", PASSWORD)
        home = client.get("/staff/me/?lang=en").text
        [link] = re.findall(r"/staff/me/appraisals/[\w-]+", home)
        found[one.name] = read_report(client.get(link).text)
    return found


def _other_pages_hold_no_figure(app: Flask, hr: FlaskClient, city: City) -> None:
    """Every other address of HR and of everybody that takes the cycle's name: no decimal on it."""
    # The forecast of a plan is made of the plan and of the rounded share of an earlier cycle.
    read = ("hr.quality", "hr.results", "hr.download", "hr.download_groups", "hr.show_feasibility")
    seen = 0
    for rule in app.url_map.iter_rules():
        name = {"public_id", "cycle"} & rule.arguments
        if rule.endpoint.split(".")[0] not in ("hr", "public") or len(rule.arguments) != 1 or not name:
            continue
        if rule.endpoint in read or "GET" not in (rule.methods or ()):
            continue
        with app.test_request_context():
            page = hr.get(app.url_for(rule.endpoint, **{name.pop(): city.cycle.public_id}))
        if page.status_code == 200 and page.mimetype == "text/html":
            seen += 1
            words = Page(page.text).text.replace("127.0.0.1", "")  # where the service is
            decimals = set(re.findall(r"\d+[.,]\d+", words))
            assert decimals <= {"0.0", "0.00", "0,00"}, rule.endpoint  # the reliability that is asked for
        elif page.status_code == 200:
            assert not re.search(r"\d\.\d\d|mean|composite", page.text.split('"weight"')[0]), rule.endpoint
    assert seen >= 3


def told_by_readers(city: City, rendered: Rendered) -> dict[tuple[str, str], list[Told]]:
    """What was rendered, as sums over ballots."""
    told: dict[tuple[str, str], list[Told]] = defaultdict(list)
    for subject, name in enumerate(city.names):
        report = rendered.reports[name]
        for (title, group), seen in report.groups.items():
            total = None if seen.mean is None else float(round(seen.mean * seen.n))
            told[group, SCALES[title]].append(Told(f"report {name}", (subject,), total, exact=not seen.band))
        for told_group in _groups_in_files(rendered, name, subject):
            told[told_group[0]].append(told_group[1])
        for title in SCALES:
            for value, within in _composites(rendered, name, title):
                for group, one in _told_by_composite(city, report, subject, title, value, within):
                    told[group, SCALES[title]].append(one)
        _check_overall(rendered, name)
    for (title, group), ballots in rendered.quality.items():
        told[group, SCALES[title]].append(_told_by_quality(city, rendered, title, group, ballots))
    return told


def _groups_in_files(rendered: Rendered, name: str, subject: int) -> Iterator[tuple[tuple[str, str], Told]]:
    """What the files of rater groups tell about one employee."""
    for file in rendered.groups:
        for (whose, title, group), seen in file.items():
            if whose == name:
                total = None if seen.mean is None else float(round(seen.mean * seen.n))
                figure = Told(f"groups {name}", (subject,), total, exact=not seen.band)
                yield (group, SCALES[title]), figure


def _composites(rendered: Rendered, name: str, title: str) -> list[tuple[float, float]]:
    """Each telling of one composite, with how far it may be off by rounding."""
    found = [(rendered.reports[name].composites.get(title), 0.00501)]
    for rows, within in zip(rendered.files, (0.0000501, 1e-9), strict=True):
        found.append((float(rows[name][title]) if rows[name][title] else None, within))
    return [(value, within) for value, within in found if value is not None]


def _told_by_composite(
    city: City, report: Report, subject: int, title: str, value: float, within: float
) -> list[tuple[str, Told]]:
    """A composite tells each mean it is made of, unless it is just what the shown ones come to."""
    weights = report.weights[title]
    seen = {group: report.groups.get((title, group)) for group in weights}
    counts_as = {group: _counts_as(one) for group, one in seen.items()}
    if all(mean is not None for mean in counts_as.values()):
        expected = sum(weights[group] * (mean or 0) for group, mean in counts_as.items())
        if abs(expected - value) <= within + 1e-6:
            return []  # nothing beyond the means shown, and the middle of a band
    unknown = [group for group, one in seen.items() if one is None or one.band]
    told = []
    for group in unknown:
        rest = sum(weights[other] * (counts_as[other] or 0) for other in weights if other != group)
        n = city.ballots(group, SCALES[title])[subject]
        total = float(round((value - rest) / weights[group] * n)) if len(unknown) == 1 else None
        told.append((group, Told(f"composite {subject}", (subject,), total)))
    assert told, "a composite that is not what it is made of"
    return told


def _counts_as(seen: Seen | None) -> float | None:
    if seen is None:
        return None
    if seen.band:
        return MIDDLE[seen.band]
    return round((seen.mean or 0) * seen.n) / seen.n  # a mean of n whole steps is known from two digits


def _check_overall(rendered: Rendered, name: str) -> None:
    """The overall figure is the mean of the composites and so tells nothing more."""
    report, [_, book] = rendered.reports[name], rendered.files
    if book[name]["Overall figure"]:
        own = [float(book[name][title]) for title in SCALES if book[name][title]]
        assert float(book[name]["Overall figure"]) == pytest.approx(sum(own) / len(own), abs=1e-9)
        assert rendered.results[name][0] == pytest.approx(float(book[name]["Overall figure"]), abs=0.0501)
        assert report.overall == pytest.approx(float(book[name]["Overall figure"]), abs=0.0501)


def _told_by_quality(city: City, rendered: Rendered, title: str, group: str, ballots: int) -> Told:
    """Coefficients rest on the groups that are shown, if their ballots are as many; else on more."""
    shown = [
        subject for subject, name in enumerate(city.names) if (title, group) in rendered.reports[name].groups
    ]
    n = city.ballots(group, SCALES[title])
    cells = (
        shown if sum(n[subject] for subject in shown) == ballots else [s for s, each in enumerate(n) if each]
    )
    return Told("quality", tuple(cells))


def told_by_dump(databases: Databases, city: City) -> dict[tuple[str, str], list[Told]]:
    """What the raw tables hold that are kept: every block with the sum of its answers."""
    told: dict[tuple[str, str], list[Told]] = defaultdict(list)
    with reading(databases.answers) as answers:
        blocks = answers.scalars(select(VaultBlock)).all()
        counts = answers.scalars(select(VaultCount)).all()
    for block in blocks:
        place = (block.rater_group, block.scale)
        standing = {other.block for other in blocks if (other.rater_group, other.scale) == place}
        total = sum(
            row.option * row.n
            for row in counts
            if (row.block, row.rater_group, ITEMS[row.item]) == (block.block, *place)
        )
        told[place].append(Told(f"block {block.block}", _cells(city, block, standing), float(total)))
    return told


def _cells(city: City, block: VaultBlock, standing: set[str]) -> tuple[int, ...]:
    """Whose ballots a block holds: a subject's, or those of all whose first remainder upwards it is."""
    n, keys = city.ballots(block.rater_group, block.scale), city.frame.subject_keys
    if block.block in keys:
        return (keys.index(block.block),)
    return tuple(
        subject
        for subject, key in enumerate(keys)
        if n[subject] and key not in standing and _remainder_of(city, subject, standing) == block.block
    )


def _remainder_of(city: City, subject: int, standing: set[str]) -> str:
    unit = int(city.frame.units[subject])
    while unit >= 0 and f"{UNIT_PREFIX}{city.frame.unit_codes[unit]}" not in standing:
        unit = int(city.frame.parents[unit])
    return CITY if unit < 0 else f"{UNIT_PREFIX}{city.frame.unit_codes[unit]}"


def findings(city: City, told: dict[tuple[str, str], list[Told]], *, with_values: bool) -> list[Finding]:
    found: list[Finding] = []
    for (group, scale), own in told.items():
        if group == "self":
            continue
        g, ballots = city.groups.index(group), city.ballots(group, scale)
        named = city.frame.named[:, g]
        found += attack(
            own,
            ballots,
            k=city.frame.minimum,
            people=people_of(city.frame.asked, g, ballots),
            known=[cell for cell, n in enumerate(ballots) if n and named[cell]],
            scale=(LOW, HIGH) if with_values else None,
        )
    return found


def found_by(reader: str, app: Flask, databases: Databases, hr: FlaskClient, city: City) -> list[Finding]:
    """What somebody finds who has all pages and files, or the raw tables."""
    if reader == "pages and files":
        return findings(city, told_by_readers(city, render(app, databases, hr, city)), with_values=True)
    return findings(city, told_by_dump(databases, city), with_values=False)


def test_nothing_can_be_worked_out_of_all_that_leaves_the_system(
    app: Flask, databases: Databases, settings: Settings, hr: FlaskClient, city: City
) -> None:
    close(databases, settings, city.cycle)
    release(databases, city.cycle)
    rendered = render(app, databases, hr, city)
    told = told_by_readers(city, rendered)
    assert findings(city, told, with_values=True) == []
    assert found_by("raw tables", app, databases, hr, city) == []
    _it_is_no_empty_city(city, rendered, told)


def _it_is_no_empty_city(city: City, rendered: Rendered, told: dict[tuple[str, str], list[Told]]) -> None:
    """Small groups, skips, bands, composites, coefficients and remainders: each is there to be found."""
    sizes = {n for group in ANONYMOUS for scale in SCALES.values() for n in city.ballots(group, scale)}
    assert {2, 3, 4} & sizes and max(sizes) >= 5
    assert {seen.band for report in rendered.reports.values() for seen in report.groups.values()} >= {
        "",
        "high",
        "low",
    }
    assert {one.name.split()[0] for own in told.values() for one in own} == {"report", "groups", "quality"}
    assert rendered.results and any(report.composites for report in rendered.reports.values())
    for (group, scale), own in told.items():  # what was read is what was answered
        for one in own:
            if one.total is not None and len(one.cells) == 1:
                assert one.total == sum(city.truth[group, scale][one.cells[0]]), one


def small_groups_stand_alone(patch: pytest.MonkeyPatch) -> None:
    def blocks(counts: object, **options: object) -> Publication:
        found = partition(counts, **options)
        for subject, row in enumerate(found.block):
            row[:] = [[subject if n else UNPUBLISHED for n in scales] for scales in counts[subject]]
        return found

    patch.setattr(tally, "partition", blocks)


def remainders_stand_however_small(patch: pytest.MonkeyPatch) -> None:
    def blocks(counts: object, **options: object) -> Publication:
        found, kinds = partition(counts, **options), options["kinds"]
        for subject, row in enumerate(found.block):
            for g, kind in enumerate(kinds):
                small = (row[g] < 0) & (counts[subject, g] > 0) & (kind == "anonymous")
                row[g][small] = remainder_block(int(options["units"][subject]))
        return found

    patch.setattr(tally, "partition", blocks)


def bands_are_off(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(disclosure.Span, "band_of", lambda _span, _value: "")
    patch.setattr(disclosure.Span, "coarsened", lambda _span, means: means)


def bands_are_on_paper_only(patch: pytest.MonkeyPatch) -> None:
    """The report shows a band, but the composite is made of the exact mean."""
    patch.setattr(disclosure.Span, "coarsened", lambda _span, means: means)


@pytest.mark.parametrize(
    ("switch_off", "reader", "kind"),
    [
        (small_groups_stand_alone, "pages and files", "small_group"),
        (small_groups_stand_alone, "raw tables", "small_group"),
        (remainders_stand_however_small, "raw tables", "small_group"),  # no page shows a remainder
        (bands_are_off, "pages and files", "extreme"),
        (bands_are_on_paper_only, "pages and files", "extreme"),
    ],
)
def test_without_the_rule_something_is_found_and_the_gate_stops_it(
    app: Flask,
    databases: Databases,
    settings: Settings,
    hr: FlaskClient,
    city: City,
    monkeypatch: pytest.MonkeyPatch,
    switch_off: Callable[[pytest.MonkeyPatch], None],
    reader: str,
    kind: str,
) -> None:
    switch_off(monkeypatch)
    with pytest.raises(ReleaseGivesAway):
        close(databases, settings, city.cycle)
    with reading(databases.people) as people:
        assert cycles.find_cycle(people, city.cycle.public_id).state == "closed"
        assert people.scalars(select(Release)).all() == []
        event = people.scalars(select(AuditEvent).where(AuditEvent.action == "release.stopped")).one()
        assert event.detail["why"] == "ReleaseGivesAway" and event.detail["findings"] > 0
        assert not any(name in str(event.detail) for name in city.names)
    for page in ("results", "quality", "appraisals.csv", "release"):
        assert hr.get(f"/staff/hr/cycles/{city.cycle.public_id}/{page}").status_code == 409
    monkeypatch.setattr(tally, "require_safe_blocks", lambda *_: None)
    monkeypatch.setattr(release_gate, "findings_in", lambda *_: iter(()))
    close(databases, settings, city.cycle)
    release(databases, city.cycle)
    assert kind in {one.kind for one in found_by(reader, app, databases, hr, city)}


def test_what_the_ledger_says_is_told_holds_all_that_was_rendered(
    app: Flask, databases: Databases, settings: Settings, hr: FlaskClient, city: City
) -> None:
    close(databases, settings, city.cycle)
    release(databases, city.cycle)
    with reading(databases.people) as people:
        entry = people.scalars(select(Release)).one()
    kept = release_gate.ledger.read_text(entry.told)
    assert kept.text() == entry.told and release_gate.ledger.hash_of(entry.told) == entry.hash
    for place, own in told_by_readers(city, render(app, databases, hr, city)).items():
        entered = {(figure.cells, figure.is_exact) for figure in kept.parts[place].figures}
        for one in own:
            assert (one.cells, one.exact) in entered or one.name == "quality", (place, one)
        assert dict(kept.parts[place].ballots).items() <= dict(enumerate(city.ballots(*place))).items()
    assert ledger_sources.QUALITY in {
        figure.source for part in kept.parts.values() for figure in part.figures
    }
