"""Letters by e-mail: plan a wave, look at it, send a test, start, pause and cancel it; mend addresses."""

from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from forms.mailing import BounceForm, MendForm, StartForm, TestForm, WaveForm
from survey.db import reading, transaction
from survey.exceptions import NotFound, WaveRefused
from survey.extensions import databases, settings
from survey.hr.door import blueprint, reach
from survey.jobs import port, send_mail
from survey.lists import asked_file, file_of, wanted
from survey.models.cycles import Cycle
from survey.security import signed_in
from survey.services.auditing import audit
from survey.services.cycles import cycles, later_days, planning
from survey.services.mail import bounces, letters, mail_server, mailing
from survey.services.mail.mail_server import NoMailServer, Outcome
from survey.services.organisation import people as organisation
from survey.services.papers import distribution

STEPS = ("pause", "cancel")


@blueprint.get("/cycles/<public_id>/mail")
def waves(public_id: str) -> str:
    """The waves of a cycle, and how far each is."""
    with reading(databases().people) as people:
        found = cycles.find_cycle(people, public_id)
        return render_template(
            "hr/waves.html",
            cycle=found,
            waves=mailing.waves_of(people, found),
            refused=len(bounces.refused(people)),
            has_server=bool(settings().smtp_host),
        )


@blueprint.route("/cycles/<public_id>/mail/new", methods=["GET", "POST"])
def new_wave(public_id: str) -> Any:
    """Plan a wave; nothing is sent yet."""
    form = WaveForm()
    chosen = request.form.getlist("unit") if form.scope.data == "some" else None
    if form.validate_on_submit():
        if chosen == []:
            form.refuse("no_unit")
        else:
            try:
                return _add(public_id, form, chosen)
            except WaveRefused as refused:
                form.refuse(refused.code)
    with reading(databases().people) as people:
        found = _open_to_anybody(people, cycles.find_cycle(people, public_id))
        page = render_template(
            "hr/wave_new.html",
            cycle=found,
            entered=form,
            units=organisation.unit_overview(people, reach()),
            chosen=chosen or [],
        )
    return page, 422 if form.errors else 200


def _add(public_id: str, form: WaveForm, chosen: list[str] | None) -> Any:
    with transaction(databases().people) as people:
        found = _open_to_anybody(people, cycles.find_cycle(people, public_id))
        units = None if chosen is None else frozenset(planning.with_units_below(people, chosen))
        names = "" if chosen is None else mailing.names_of_units(people, chosen)
        wanted = mailing.WavePlan(form.kind.data, units, names, form.note.data or "")
        wave = mailing.plan(people, found, wanted, settings().today())
        audit.record(people, signed_in().account_id, "wave.plan", public_id, kind=wave.kind, units=names)
    return redirect(url_for("hr.wave", public_id=wave.public_id))


def _open_to_anybody(people: Session, cycle: Cycle) -> Cycle:
    return distribution.require_open(cycle, settings().today(), later_days.last_day(people, cycle))


@blueprint.get("/waves/<public_id>")
def wave(public_id: str) -> str:
    """One wave: its words, how far it is, and what can be done now."""
    with reading(databases().people) as people:
        return _wave_page(people, public_id, TestForm(), StartForm())


def _wave_page(people: Session, public_id: str, test: TestForm, start: StartForm) -> str:
    found, cycle = mailing.find_wave(people, public_id)
    return render_template(
        "hr/wave.html",
        wave=found,
        cycle=cycle,
        progress=mailing.progress(people, found),
        unclear=mailing.unclear_names(people, found),
        words=letters.words_of(found, cycle, later_days.later_days(people, cycle), settings()),
        test=test,
        start=start,
        has_server=bool(settings().smtp_host),
        per_minute=settings().mail_per_minute,
    )


@blueprint.post("/waves/<public_id>/test")
def test_wave(public_id: str) -> Any:
    """Send the letter to one address, now, so that it can be looked at where it arrives."""
    form = TestForm()
    with reading(databases().people) as people:
        if not form.validate_on_submit() or not settings().smtp_host:
            return _wave_page(people, public_id, form, StartForm()), 422
        found, cycle = mailing.find_wave(people, public_id)
        words = letters.words_of(found, cycle, later_days.later_days(people, cycle), settings())
    code = _send_test(words, form.address.data)
    if code:
        flash(_("The mail server did not take the test: %(code)s.", code=code), "wrong")
    else:
        flash(_("The test was sent to %(address)s.", address=form.address.data), "good")
    return redirect(url_for("hr.wave", public_id=public_id))


def _send_test(words: letters.Words, address: str) -> str:
    """What the server said against it; nothing where it took the letter."""
    subject = _("[Test] %(subject)s", subject=words.subject)
    letter = letters.written(letters.Words(subject, words.body), settings())
    letter["To"] = address
    try:
        with mail_server.line(settings()) as line:
            outcome, code = line.send(letter, address)
    except NoMailServer as fault:
        return str(fault)
    return "" if outcome is Outcome.SENT else code or outcome.value


@blueprint.post("/waves/<public_id>/start")
def start_wave(public_id: str) -> Any:
    """Let a wave go, now or later; also one that was paused."""
    form = StartForm()
    if not form.validate_on_submit() or not settings().smtp_host:
        with reading(databases().people) as people:
            return _wave_page(people, public_id, TestForm(), form), 422
    with transaction(databases().people) as people:
        found, cycle = mailing.find_wave(people, public_id)
        _open_to_anybody(people, cycle)
        mailing.move(people, found, "start")
        found.not_before = (
            int(form.start.data.replace(tzinfo=settings().zone).timestamp()) if form.start.data else 0
        )
        port.enqueue(people, send_mail.KIND, send_mail.ALL)
        audit.record(people, signed_in().account_id, "wave.start", cycle.public_id, wave=public_id)
    return redirect(url_for("hr.wave", public_id=public_id))


@blueprint.post("/waves/<public_id>/<step>")
def move_wave(public_id: str, step: str) -> Any:
    """Pause or cancel a wave: no further letter is handed over."""
    if step not in STEPS:
        raise NotFound(step)
    with transaction(databases().people) as people:
        found, cycle = mailing.find_wave(people, public_id)
        mailing.move(people, found, step)
        audit.record(people, signed_in().account_id, f"wave.{step}", cycle.public_id, wave=public_id)
    return redirect(url_for("hr.wave", public_id=public_id))


@blueprint.route("/mail/refused", methods=["GET", "POST"])
def refused_addresses() -> Any:
    """Addresses that do not work: mend them one by one, or take a list of them in."""
    if kind := asked_file():
        with reading(databases().people) as people:
            return file_of(bounces.refused_sheet(people, wanted(), _), _("addresses"), kind)
    form = BounceForm()
    if form.validate_on_submit():
        with transaction(databases().people) as people:
            found = bounces.mark(people, form.addresses.data)
            audit.record(people, signed_in().account_id, "bounces.import", "", marked=found.marked)
        flash(
            _("Addresses marked: %(count)s.", count=found.marked)
            + (" " + _("Nobody has: %(list)s", list=", ".join(found.unknown[:20])) if found.unknown else ""),
            "good" if found.marked else "wrong",
        )
        return redirect(url_for("hr.refused_addresses"))
    return _refused_page(form, "", ""), 422 if form.errors else 200


@blueprint.post("/mail/refused/<employee>")
def mend_address(employee: str) -> Any:
    """Give an employee another address; the next wave goes there."""
    form = MendForm()
    address = (form.address.data or "").strip()
    with transaction(databases().people) as people:
        is_mended = form.validate_on_submit() and bounces.mend(people, employee, address)
        if is_mended:
            audit.record(people, signed_in().account_id, "bounces.mend", employee)
    if not is_mended:
        return _refused_page(BounceForm(formdata=None), employee, address), 422
    flash(_("The next letter goes to %(address)s.", address=address), "good")
    return redirect(url_for("hr.refused_addresses"))


def _refused_page(form: BounceForm, wrong: str, typed: str) -> str:
    with reading(databases().people) as people:
        found = bounces.listed(people, wanted(), only=wrong)
    return render_template("hr/refused_addresses.html", found=found, entered=form, wrong=wrong, typed=typed)
