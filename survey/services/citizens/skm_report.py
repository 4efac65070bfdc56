"""The report that the ministry asks for, by its chapters, and the notice for the public, filled from data.

The chapters are those of the ministry's template as local governments fill it in (docs/methods.md, section
7).
"""

from survey.services.citizens import periods, settling
from survey.services.citizens import skm_charts as charts
from survey.services.citizens import skm_tables as tables
from survey.services.citizens.official_channels import OPEN, VISITS
from survey.services.citizens.skm_tables import NONE, SPACE_TO_SIGN, Report
from survey.services.documents.document_files import Document, Grid, Section
from survey.tables import N_


def make_report(report: Report) -> Document:
    """The whole report."""
    say = report.say
    return Document(
        title=say(N_("Report on the survey of public satisfaction")),
        subtitle=f"{report.results.unit.name}, {say.period_words(report.figures.period)}",
        author=report.results.unit.name,
        language=say.language,
        front=(say.city, say(N_("Approved on %(day)s"), day=say.day(report.signature.signed_on))),
        sections=(
            *_introduction(report),
            *_analysis(report),
            _earlier(report),
            _conclusion(report),
            _appendix(report),
        ),
        signature=_signed(report),
    )


def make_notice(report: Report) -> Document:
    """One page for the public."""
    say, chosen = report.say, report.chosen
    profile = [tables.profile_line(report, field.field) for field in chosen.profile or ()]
    return Document(
        title=say(N_("Public satisfaction index")),
        subtitle=f"{report.results.unit.name}, {say.period_words(report.figures.period)}",
        author=report.results.unit.name,
        language=say.language,
        front=(
            say(N_("Band %(band)s"), band=report.band()),
            say(N_("%(n)s people answered."), n=say.number(report.figures.n, 0)),
            *_sure(report),
            *_channels(report)[:1],
        ),
        sections=(
            Section(
                say(N_("The nine elements")),
                grids=(tables.elements(report),),
                paragraphs=(_weights_line(report), *(line for line in profile if line)),
            ),
            Section(say(N_("You said, we do")), items=_plan_lines(report)),
        ),
        signature=_signed(report),
        has_cover=False,
        figure=report.index(),
    )


def _introduction(report: Report) -> tuple[Section, ...]:
    say, quarters = report.say, periods.quarters_of(report.figures.period)
    first, last = periods.first_day(quarters[0]), periods.last_day(quarters[-1])
    return (
        Section(say(N_("CHAPTER I INTRODUCTION"))),
        Section(say(N_("1.1 Background")), 2, (say(_BACKGROUND),)),
        Section(say(N_("1.2 Aims and benefits")), 2, (say(_AIMS),)),
        Section(say(N_("1.3 How the data were collected")), 2, (report.signature.method,)),
        Section(
            say(N_("1.4 Time")),
            2,
            (say(N_("From %(first)s to %(last)s."), first=say.day(first), last=say.day(last)),),
        ),
        Section(say(N_("1.5 Number of respondents")), 2, _need(report)),
    )


def _need(report: Report) -> tuple[str, ...]:
    say, need = report.say, report.chosen.need
    n = say.number(report.figures.n, 0)
    if need is None:
        return (say(N_("%(n)s people answered. How many used the service was not recorded."), n=n),)
    numbers = {"users": say.number(need.users, 0), "needed": say.number(need.needed, 0), "n": n}
    asked = N_("%(users)s people used the service; by Krejcie and Morgan that asks for %(needed)s answers.")
    came = N_("%(n)s came, which is enough.") if need.enough else N_("Only %(n)s came.")
    return (f"{say(asked, **numbers)} {say(came, **numbers)}",)


def _analysis(report: Report) -> tuple[Section, ...]:
    say, chosen, band = report.say, report.chosen, report.band()
    profile = tuple(tables.profile_grid(report, place) for place in range(len(chosen.profile or ())))
    untold = () if chosen.profile else (say(_UNTOLD, days=settling.DAYS_TO_ARRIVE),)
    return (
        Section(say(N_("CHAPTER II ANALYSIS"))),
        Section(say(N_("2.1 Respondents")), 2, untold, grids=profile),
        Section(
            say(N_("2.2 Satisfaction index")),
            2,
            (
                say(N_("Index of the unit: %(index)s, band %(band)s."), index=report.index(), band=band),
                *_sure(report),
                _weights_line(report),
                *_local(report),
                *_channels(report),
            ),
            grids=(
                tables.elements(report),
                tables.responses(report),
                tables.services(report, chosen.services),
            ),
            drawings=(charts.elements(report), charts.responses(report)),
        ),
        Section(
            say(N_("2.3 Problems and plan")), 2, _problems(report), grids=(tables.plan(report),)
        ),
        Section(
            say(N_("2.4 Trend")),
            2,
            (say(_TREND),),
            grids=(tables.trend(report),),
            drawings=tuple(each for each in (charts.periods(report),) if each),
        ),
    )  # fmt: skip


def _sure(report: Report) -> tuple[str, ...]:
    ends = report.chosen.ranges.index
    if ends is None:
        return ()
    say = report.say
    low, high = (say.number(float(end), 0) for end in ends)
    told = say(_SURE, low=low, high=high)
    return (told,)


def _channels(report: Report) -> tuple[str, ...]:
    """Which answers the index counts, and those that it does not, for themselves."""
    say = report.say
    return (
        say(_VISITS if report.figures.is_verified else _NOT_VERIFIED),
        say(
            _COUNTED,
            channels="; ".join(say.channel_words(each) for each in report.figures.channels),
        ),
        say(_FIXED_BEFORE if report.chosen.was_fixed else _NOTHING_FIXED),
        *(
            say(_APART[part], n=say.number(figures.n, 0), index=tables.index_words(report, figures))
            for part, figures in report.chosen.others.items()
            if figures and figures.enough
        ),
    )


def _local(report: Report) -> tuple[str, ...]:
    """The index with the office's own weights, named as such."""
    say, own = report.say, report.chosen.own
    if own is None or own[1].ikm is None:
        return ()
    declared, index = own[0], say.number(float(own[1].ikm))
    told = "; ".join(
        f"{report.title_of(code)} {say.number(float(weight) * 100)}"
        for code, weight in declared.weights.items()
    )
    return (say(_LOCAL, day=say.day(declared.declared_on), index=index, weights=told),)


def _weights_line(report: Report) -> str:
    words = N_("Weight of each element: %(weights)s. Full precision, rounded half up at the end.")
    return report.say(words, weights=report.results.weights)


def _problems(report: Report) -> tuple[str, ...]:
    say, places = report.say, report.chosen.improvement
    lowest = ", ".join(report.title_of(code) for code in report.figures.lowest)
    near = ", ".join(
        report.title_of(each.code)
        for each in places
        if each.may_be_lowest and each.code not in report.figures.lowest
    )
    lines = [say(N_("Lowest: %(elements)s."), elements=lowest)] if lowest else []
    if near:
        lines.append(
            say(N_("Hardly better, so that the difference can be chance: %(elements)s."), elements=near)
        )
    return tuple(lines)


def _plan_lines(report: Report) -> tuple[str, ...]:
    say, own = report.say, tables.own_promises(report)
    if not own:
        return (say(N_("No plan stands here yet.")),)
    return tuple(
        f"{report.title_of(each.element)}: {each.action} ({each.responsible}, {say.day(each.due_on)})"
        for each in own
    )


def _earlier(report: Report) -> Section:
    say = report.say
    inside = {report.figures.period, *periods.quarters_of(report.figures.period)}
    before = [each for each in report.done if each.promise.period not in inside]
    rows = tuple(
        (
            each.promise.action,
            say.period_words(each.promise.period),
            say.state_words(each.promise.state),
            each.promise.evidence or NONE,
            tables.change_words(report, each.change, 1),
        )
        for each in before
    )
    header = (
        say(N_("Action")), say(N_("Period")), say(N_("State")), say(N_("Evidence")),
        say(N_("Element in the next period")),
    )  # fmt: skip
    grid = Grid(say(N_("What became of earlier plans")), header, rows or ((NONE,) * 5,))
    return Section(say(N_("CHAPTER III RESULTS OF THE FOLLOW-UP OF EARLIER PERIODS")), grids=(grid,))


def _conclusion(report: Report) -> Section:
    say = report.say
    first = say(
        N_("In %(period)s the index of %(unit)s is %(index)s, band %(band)s."),
        period=say.period_words(report.figures.period),
        unit=report.results.unit.name,
        index=report.index(),
        band=report.band(),
    )
    return Section(say(N_("CHAPTER IV CONCLUSION")), paragraphs=(first, *_problems(report)))


def _appendix(report: Report) -> Section:
    say, instrument = report.say, report.instrument
    questions = tuple(
        f"{place}. {item.text.in_language(say.language)} "
        + " / ".join(option.label.in_language(say.language) for option in instrument.options_for(item))
        for place, item in enumerate(instrument.form_order("citizen"), 1)
    )
    return Section(
        say(N_("APPENDIX")),
        paragraphs=(say(N_("Questionnaire")),),
        items=(*questions, say(N_("Photographs of the survey are added by the unit."))),
    )


def _signed(report: Report) -> tuple[str, ...]:
    given, say = report.signature, report.say
    number = (f"NIP {given.number}",) if given.number else ()
    return (f"{given.place}, {say.day(given.signed_on)}", given.post, *SPACE_TO_SIGN, given.name, *number)


_BACKGROUND = N_(
    "Every provider of public services asks its users at least once a year how satisfied they are "
    "(PermenPANRB 14/2017), so that the public can see how it is served and the provider knows what to "
    "improve."
)
_AIMS = N_(
    "To know the satisfaction with each of nine elements, to compare it with earlier periods, to find the "
    "weakest elements, and to follow up what was promised."
)
_TREND = N_(
    "Differences are in points of the index; all of them lie between their ends in 95 of 100 cases. Where no "
    "difference lies between the ends, it can be chance."
)
_SURE = N_("Probably between %(low)s and %(high)s, if those who answered are like all who use the service.")
_NOT_VERIFIED = N_("Answers come from open links: anybody could answer, and who did was not verified.")
_LOCAL = N_(
    "Local index with the unit’s own weights, declared on %(day)s: %(index)s. It stands beside the official "
    "index and does not replace it. Weights in percent: %(weights)s."
)
_UNTOLD = N_("Who answered is told %(days)s days after the period, when no answer comes any more.")
_VISITS = N_(
    "Answers come from people who were served: by a code, a device at the counter, an officer or on paper."
)
_FIXED_BEFORE = N_(
    "Which channels the index counts was fixed before the period; answers through others stand apart."
)
_COUNTED = N_("The index counts: %(channels)s.")
_NOTHING_FIXED = N_(
    "Nothing was chosen before the period, so the index counts the open link; "
    "answers through others stand apart."
)
_APART = {
    OPEN: N_("Apart from it, through open links and not verified: %(n)s answers, index %(index)s."),
    VISITS: N_("Apart from it, of people who were served: %(n)s answers, index %(index)s."),
}
