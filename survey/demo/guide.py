"""What is printed when the city stands: where to go, who signs in, what to try."""

from survey.config import Settings
from survey.demo.build import City

BASE = "{address}"  # filled in when printed: the port may be another one tomorrow
SHOWCASE = "RASIMAHAHMAD-LOKET"


def write_guide(city: City) -> str:
    """The whole block, with `BASE` where the address of the service goes."""
    lines = [
        "Demo city: Bukittinggi's real offices; every person, answer and figure is invented.",
        f"{city.units} offices, {city.employees:,} employees, {len(city.addresses)} service points.",
        f"Built with {city.closed.cycle.name}, closed and released, and {city.opened.cycle.name}, open.",
        "",
        f"Start            {BASE}/",
        f"Sign in          {BASE}/staff/sign-in",
        "",
        *_sign_ins(city),
        "",
        *_answer(city),
        "",
        *_try(),
    ]
    return "\n".join(lines) + "\n"


def fill_in(guide: str, settings: Settings) -> str:
    """The block with the address that the service answers at."""
    return guide.replace(BASE, settings.base_url)


def _sign_ins(city: City) -> list[str]:
    lines = ["  user name   password              who"]
    names = {office.code: office.name for office in city.organisation.offices}
    for each in city.sign_ins:
        office = names[each.person.office]
        post = each.person.title if office in each.person.title else f"{each.person.title}, {office}"
        lines.append(f"  {each.username:<11} {each.password:<21} {each.person.name} ({post})")
        lines.append(f"{'':36}{each.purpose}")
    return lines


def _answer(city: City) -> list[str]:
    point = city.addresses.get(SHOWCASE) or next(iter(city.addresses.values()), "")
    return [
        f"Rate colleagues  {BASE}/i#{city.code}",
        f"                 the personal link of {city.code_of}; or type the code at {BASE}/i",
        f"Rate a service   {BASE}/s/{point}",
    ]


def _try() -> list[str]:
    return [
        "What to try",
        "  1. Open the service's address on a phone, or in a window 360 pixels wide, and rate it.",
        "  2. Open the personal link and answer about a colleague.",
        "  3. Sign in as hr: look at participation, close the open cycle, read the quality report.",
        "  4. Sign in as staff and as small: a full report, and one whose groups are too small to show.",
        "  5. Sign in as desk: only the health office with all below it. As auditor: the trail.",
    ]
