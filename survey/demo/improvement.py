"""What offices of the demo did about what citizens said; at one puskesmas waiting became shorter."""

from datetime import date, timedelta

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from survey.demo.visits import QUARTERS_AFTER, Visits, quarters_back
from survey.models.people import Unit
from survey.services.citizens import citizen_answers, follow_ups, indicators, respondents
from survey.services.citizens.follow_ups import Entry

CLINIC = "PKM-RASIMAHAHMAD"
BEFORE, AFTER = 52.0, 31.0  # minutes of waiting on an average day
SPREAD = 7.0
CASES = 118
SATURDAY = 5
USERS_AN_ANSWER = 4  # how many used a counter for each who answered, about
PLANS = (  # office, element, action, who, days from today until due, state
    (
        "RSUD",
        "waktu",
        "Membuka pendaftaran daring untuk rawat jalan",
        "Kepala Bidang Pelayanan",
        -20,
        "started",
    ),
    (
        "DISHUB",
        "sarpras",
        "Menambah ruang tunggu beratap di tempat pengujian",
        "Kepala Seksi Pengujian",
        60,
        "planned",
    ),
    (
        "DISDUKCAPIL",
        "waktu",
        "Menambah satu loket cetak KTP pada jam sibuk",
        "Kepala Bidang Pendaftaran",
        35,
        "started",
    ),
)


def add_improvement(
    people: Session, visits: list[Visits], addresses: dict[str, str], today: date, random: np.random.Generator
) -> None:
    """Users of each counter, plans of some offices, and the worked example of the puskesmas."""
    for each in visits:
        users = round(len(each.sheets) * USERS_AN_ANSWER * float(random.uniform(0.8, 1.3)))
        if users:
            respondents.set_users(people, addresses[each.point.code], each.period, users)
    units = {row.code: row.public_id for row in people.execute(select(Unit.code, Unit.public_id))}
    said = citizen_answers.period_of(quarters_back(today)[1])
    for office, element, action, who, days, state in PLANS:
        if office in units:
            entry = Entry(said, element, action, who, today + timedelta(days=days), state)
            follow_ups.add(people, units[office], entry)
    if CLINIC in units:
        _shorter_waiting(people, units[CLINIC], today, random)


def _shorter_waiting(people: Session, unit: str, today: date, random: np.random.Generator) -> None:
    """A second counter and numbers by telephone: minutes of waiting and cases a day, before and after."""
    starts = quarters_back(today)
    changed = starts[QUARTERS_AFTER - 1]
    said = citizen_answers.period_of(starts[QUARTERS_AFTER])
    indicators.add_turn(people, unit, changed, "Loket pendaftaran kedua dan nomor antrean lewat telepon")
    waiting = indicators.add_indicator(
        people, unit, "Waktu tunggu di loket pendaftaran", "menit", less_is_better=True, element="waktu"
    )
    cases = indicators.add_indicator(people, unit, "Kunjungan", "kunjungan", less_is_better=False)
    first = starts[-1]
    days = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    open_days = [day for day in days if day.weekday() <= SATURDAY]
    middle = {day: BEFORE if day < changed else AFTER for day in open_days}
    minutes = {day: round(max(5.0, random.normal(middle[day], SPREAD)), 1) for day in open_days}
    indicators.set_values(people, unit, waiting, minutes)
    indicators.set_values(people, unit, cases, {day: float(random.poisson(CASES)) for day in open_days})
    follow_ups.add(
        people,
        unit,
        Entry(
            said,
            "waktu",
            "Membuka loket pendaftaran kedua dan membagi nomor antrean lewat telepon",
            "Kepala Tata Usaha",
            changed + timedelta(days=14),
            follow_ups.DONE,
            changed,
            "Surat keputusan kepala puskesmas; foto loket di papan pengumuman",
        ),
    )
