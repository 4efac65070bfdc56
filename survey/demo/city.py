"""The invented organisation: offices, posts, people, and who answers to whom."""

from collections import Counter, defaultdict
from collections.abc import Set
from dataclasses import dataclass
from typing import NamedTuple

import msgspec
import numpy as np

from survey.demo.names import Ages, PeopleMaker
from survey.demo.offices import Office, Offices, read_offices
from survey.services.organisation.employee_numbers import Kind

SMALLEST_OFFICE = 6
LARGEST_TEAM = 16  # more than these under one person are divided into sections
USUAL_SECTION = 12
MOST_SECTIONS = 6
PPPK_SHARE = 508 / 2792
PPPK_ODDS = {"school": 3.0, "school_group": 3.0, "health": 2.0, "hospital": 2.0}
CONTRACT_PER_STAFF = 30  # one of the staff on contract for so many others, in an office of at least so many
CONTRACT_TITLES = ("Petugas Kebersihan", "Pengemudi", "Petugas Keamanan", "Operator Komputer")
HEAD, LEAD, STAFF = "head", "lead", "staff"
AGES = {HEAD: Ages(1968, 1981), LEAD: Ages(1970, 1988), STAFF: Ages(1972, 1999)}
FEMALE_SHARE = {HEAD: 0.35, LEAD: 0.5, STAFF: 0.6}


class Post(NamedTuple):
    """A place in the organisation; `boss` is the place of its supervisor in the list of posts."""

    office: Office
    title: str
    rank: str
    boss: int | None


@dataclass(frozen=True)
class Person:
    """An invented employee; `boss` is the place of the supervisor in the list of people."""

    number: str | None  # staff on contract have none
    kind: Kind
    name: str
    title: str
    office: str
    rank: str
    boss: int | None


@dataclass(frozen=True)
class Organisation:
    """The offices and everybody in them."""

    offices: tuple[Office, ...]
    people: tuple[Person, ...]

    def members(self, office: str) -> list[int]:
        """The places of the people of an office, its head first."""
        return [place for place, person in enumerate(self.people) if person.office == office]


def organise(random: np.random.Generator, share: float = 1.0, codes: Set[str] | None = None) -> Organisation:
    """Staff the offices, all of them or those with the given codes, with a share of their people."""
    table = read_offices()
    offices = tuple(_sized(office, share) for office in table.units if codes is None or office.code in codes)
    posts: list[Post] = []
    for office in offices:
        _fill_office(posts, office, table)
    maker = PeopleMaker(random)
    people = _people(posts, table, maker, random)
    return Organisation(offices, people + _contract_staff(people, maker, random))


def _sized(office: Office, share: float) -> Office:
    smallest = min(SMALLEST_OFFICE, office.staff)
    return msgspec.structs.replace(office, staff=max(smallest, round(office.staff * share)))


def _fill_office(posts: list[Post], office: Office, table: Offices) -> None:
    layout = table.layouts[office.layout]
    head = len(posts)
    place = office.name.split(maxsplit=1)[-1]
    title = office.head or layout.head.format(unit=office.name, place=place)
    posts.append(Post(office, title, HEAD, _head_of_head(posts, office)))
    if layout.deputies:
        posts.extend(Post(office, title, LEAD, head) for title in layout.deputies)
        return
    _fill_team(posts, office, head, office.staff - 1, office.divisions, table)


def _head_of_head(posts: list[Post], office: Office) -> int | None:
    """Who an office's head answers to: the named post, else the parent's head, else the first of the city."""
    for place, post in enumerate(posts):
        if post.office.code == office.parent and post.title == (office.reports_to or post.title):
            return place
    return 0 if posts else None


def _fill_team(
    posts: list[Post], office: Office, boss: int, count: int, divisions: tuple[str, ...], table: Offices
) -> None:
    """Put `count` people under one person, in sections where they are too many for one."""
    layout = table.layouts[office.layout]
    if count <= LARGEST_TEAM:
        titles = (layout.staff[step % len(layout.staff)] for step in range(count))
        posts.extend(Post(office, title, STAFF, boss) for title in titles)
        return
    sections = len(divisions) or min(MOST_SECTIONS, max(2, round(count / USUAL_SECTION)))
    for section in range(sections):
        size = count // sections + (section < count % sections)
        title = divisions[section] if divisions else layout.section
        posts.append(Post(office, title, LEAD, boss))
        _fill_team(posts, office, len(posts) - 1, size - 1, (), table)


def _people(
    posts: list[Post], table: Offices, maker: PeopleMaker, random: np.random.Generator
) -> tuple[Person, ...]:
    contract = _contracts(posts, random)
    return tuple(
        _person(post, "PPPK" if place in contract else "PNS", table, maker, random)
        for place, post in enumerate(posts)
    )


def _contracts(posts: list[Post], random: np.random.Generator) -> set[int]:
    """Who is employed by contract: the city's share of all, drawn among staff, schools and clinics first."""
    staff = [place for place, post in enumerate(posts) if post.rank == STAFF]
    odds = np.array([PPPK_ODDS.get(posts[place].office.layout, 1.0) for place in staff])
    drawn = random.choice(staff, size=round(len(posts) * PPPK_SHARE), replace=False, p=odds / odds.sum())
    return set(drawn.tolist())


def _contract_staff(
    people: tuple[Person, ...], maker: PeopleMaker, random: np.random.Generator
) -> tuple[Person, ...]:
    """Staff on contract without a number, under whoever leads the fewest of an office."""
    led = Counter(person.boss for person in people)
    of_office: dict[str, list[int]] = defaultdict(list)
    for place, person in enumerate(people):
        of_office[person.office].append(place)
    found: list[Person] = []
    for office, places in of_office.items():
        leaders = [place for place in places if people[place].rank != STAFF]
        for _each in range(len(places) // CONTRACT_PER_STAFF):
            boss = min(leaders, key=lambda place: led[place])
            led[boss] += 1
            title = CONTRACT_TITLES[len(found) % len(CONTRACT_TITLES)]
            is_female = bool(random.random() < FEMALE_SHARE[STAFF])
            name = maker.name(is_female, title, "")
            found.append(Person(None, "Non-ASN", name, title, office, STAFF, boss))
    return tuple(found)


def _person(
    post: Post, kind: Kind, table: Offices, maker: PeopleMaker, random: np.random.Generator
) -> Person:
    is_female = bool(random.random() < FEMALE_SHARE[post.rank])
    degrees = table.layouts[post.office.layout].degrees
    degree = degrees[int(random.integers(len(degrees)))]
    return Person(
        number=maker.number(kind, is_female, AGES[post.rank]),
        kind=kind,
        name=maker.name(is_female, post.title, degree),
        title=post.title,
        office=post.office.code,
        rank=post.rank,
        boss=post.boss,
    )
