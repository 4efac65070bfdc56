"""Facts of the domain and HTTP errors turned into kind pages, in one table.

A page says what happened, what is safe and what to do next.
"""

from dataclasses import dataclass
from typing import Any

from flask import Flask, render_template, request, url_for
from flask_babel import lazy_gettext as _
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import BadRequest, HTTPException

from survey import exceptions as facts
from survey.extensions import settings


@dataclass(frozen=True)
class ErrorText:
    """The words of one error page."""

    status: int
    title: Any
    happened: Any
    safe: Any = ""
    do: Any = ""
    way_on: tuple[str, Any] | None = None  # endpoint and words of a link


NOT_FOUND = ErrorText(
    404,
    _("This page is not here"),
    _("The address may be mistyped, or the page has moved."),
    do=_("Check the address, or go back to the start page."),
)
NOT_ALLOWED = ErrorText(
    403,
    _("This page is not for this account"),
    _("The account you signed in with may not open this page."),
    do=_("If you need it for your work, ask %(contact)s."),
)
FACTS: dict[type[facts.CerminError], ErrorText] = {
    facts.NotFound: NOT_FOUND,
    facts.NotAllowed: NOT_ALLOWED,
    facts.UnknownCode: ErrorText(
        404,
        _("We do not know this code"),
        _("The code or link does not belong to a questionnaire that is open now."),
        _("Nothing was sent."),
        _("Type the code again as it stands on your slip. If it still fails, ask %(contact)s for a new one."),
        ("respond.start", _("Type the code again")),
    ),
    facts.CycleNotOpen: ErrorText(
        410,
        _("This questionnaire is closed"),
        _("The time for answering has not begun or is over."),
        _("Answers that were sent before closing are counted."),
        _("If you think this is wrong, ask %(contact)s."),
    ),
    facts.ListNotApproved: ErrorText(
        409,
        _("The list of raters is not approved"),
        _("Another office has not approved the list as it stands now."),
        _("Nothing was opened."),
        _("Go back to the cycle and ask for approval there."),
        ("hr.home", _("All cycles")),
    ),
    facts.PaperTaken: ErrorText(
        409,
        _("This sheet has been used"),
        _("Answers about this person have already been sent with your link."),
        _("The answers sent first are counted, and only once."),
        _("If it was not you who sent them, tell %(contact)s at once."),
    ),
    facts.PaperVoid: ErrorText(
        409,
        _("A drawn code takes the place of this sheet"),
        _("Answers about this person are given with a code that is drawn from a box."),
        _("Nothing was sent."),
        _("Ask %(contact)s where and when the codes are drawn."),
    ),
    facts.TooFewToDraw: ErrorText(
        409,
        _("There is nothing to mix"),
        _("Fewer than two sheets about this person are unused: a code alone in a box is its rater’s own."),
        _("Nothing was changed; the personal codes work as before."),
        _("Let the rater answer with the personal code."),
    ),
    facts.DrawnCodeUsed: ErrorText(
        409,
        _("One of these codes was used"),
        _("The codes about this person were printed before, and somebody has answered with one."),
        _("Nothing was changed; the codes in the box work as before."),
        _("Go on drawing from the box."),
    ),
    facts.TooManyReplaced: ErrorText(
        409,
        _("Too many sheets would be replaced"),
        _("The published rules of the cycle allow only a small share of all sheets to be replaced."),
        _("Nothing was changed; the request is still waiting."),
        _("Decline the request."),
    ),
    facts.BoxClosed: ErrorText(
        410,
        _("This questionnaire is closed"),
        _("The box takes no more answers."),
        _("Answers that were sent before closing are counted."),
        _("If you think this is wrong, ask %(contact)s."),
    ),
    facts.BallotDiffers: ErrorText(
        409,
        _("This sheet has been used"),
        _("Another sheet was sent with the same paper."),
        _("The answers sent first are counted, and only once."),
        _("If it was not you who sent them, tell %(contact)s at once."),
    ),
    facts.PassRefused: ErrorText(
        403,
        _("This sheet cannot be taken"),
        _("The paper that came with it was not handed out for this cycle."),
        _("Nothing was sent."),
        _("Open your personal link again. If it still fails, ask %(contact)s."),
    ),
    facts.HolderRefused: ErrorText(
        422,
        _("This cannot be taken"),
        _("The key of an office is missing or not proven yet, or what was brought does not fit."),
        _("Nothing was changed."),
        _("The page of the key holders says what is missing, office by office."),
    ),
    facts.StepNotAllowed: ErrorText(
        409,
        _("This step is not possible now"),
        _("The cycle has moved on since this page was opened."),
        _("Nothing was changed."),
        _("Open the cycle again to see where it stands."),
    ),
    facts.ReleaseGivesAway: ErrorText(
        409,
        _("The results stay closed"),
        _(
            "Before anything goes out, a check adds and subtracts all figures as a curious reader would. "
            "It found that they would give away what a few people answered."
        ),
        _("Nothing was released; nobody has seen more than before."),
        _(
            "This is a fault of the service, not of yours, and there is no way around it. "
            "Tell whoever runs the server: the audit trail says where."
        ),
    ),
    facts.ReleaseDiffers: ErrorText(
        409,
        _("The results stay closed"),
        _(
            "The figures of this cycle are no longer those that were entered when it was counted. "
            "Two sets of figures about the same answers could give away what a few people answered."
        ),
        _("Nothing was released; nobody has seen more than before."),
        _("Tell whoever runs the server: the data of this cycle were changed after counting."),
    ),
    facts.VersionFixed: ErrorText(
        409,
        _("A published questionnaire never changes"),
        _("People were asked these words, or may be. They stay as they are."),
        _("Nothing was changed."),
        _("Make a copy, change it and publish it as the next version."),
    ),
    facts.DraftMoved: ErrorText(
        409,
        _("The draft has changed meanwhile"),
        _("Somebody took another step in this draft after you opened the page."),
        _("Nothing was changed; the other step is kept."),
        _("Open the draft again, look at it, and repeat yours."),
    ),
    facts.VisitCodeRefused: ErrorText(
        409,
        _("This code was used"),
        _("Somebody has sent an answer with this code."),
        _("The answer sent first is counted, and only once."),
        _("If it was not you, ask for another code."),
    ),
    facts.KioskUnknown: ErrorText(
        404,
        _("This kiosk is not known"),
        _("It was never set up, or it was retired."),
        _("Answers that wait on the device stay there."),
        _("Ask %(contact)s to set it up again."),
    ),
    facts.InvalidPlan: ErrorText(
        422,
        _("The plan needs a change"),
        _("The plan of this cycle contradicts itself."),
        _("Nothing was changed."),
        _("Go back and change the plan."),
    ),
}
STATUSES: dict[int, ErrorText] = {
    400: ErrorText(
        400,
        _("We could not read what was sent"),
        _("Something in the form was missing or changed on the way."),
        _("Nothing was changed."),
        _("Go back, load the page again and repeat the step."),
    ),
    403: NOT_ALLOWED,
    404: NOT_FOUND,
    405: ErrorText(
        405,
        _("This address cannot be opened that way"),
        _("The page answers only to its own form."),
        do=_("Go back to the start page."),
    ),
    413: ErrorText(
        413,
        _("What was sent is too large"),
        _("A file may have at most 20 megabytes, a form much less."),
        _("Nothing was changed."),
        _("If it is a file, split it, or save it as CSV, and try again."),
    ),
    429: ErrorText(
        429,
        _("Too many tries"),
        _("There were many tries in a short time, so we stopped for a moment."),
        _("Nothing was lost."),
        _("Wait a minute and try again."),
    ),
    500: ErrorText(
        500,
        _("Something went wrong on our side"),
        _("The service met a fault that it did not expect."),
        _("What was confirmed before is safe."),
        _("Try again in a few minutes. If it stays, tell %(contact)s."),
    ),
}

# What a rater's device is told instead of a page (docs/protocol.md, "Calls").
OUTCOMES: dict[type[Exception], str] = {
    facts.UnknownCode: "unknown",
    facts.CycleNotOpen: "closed",
    facts.BoxClosed: "closed",
    facts.PaperTaken: "taken",
    facts.PaperVoid: "taken",
    facts.BallotDiffers: "taken",
    facts.PassRefused: "refused",
    facts.KioskUnknown: "unknown",
    BadRequest: "refused",
}


def register_error_pages(app: Flask) -> None:
    """Bind every fact and status of the two tables to its page."""
    for fact in FACTS:
        app.register_error_handler(fact, _fact_page)
    app.register_error_handler(CSRFError, lambda _error: _page(STATUSES[400]))
    app.register_error_handler(HTTPException, _status_page)
    app.register_error_handler(500, lambda _error: _page(STATUSES[500]))


def _fact_page(error: facts.CerminError) -> Any:
    text = FACTS[type(error)]
    if request.is_json and type(error) in OUTCOMES:
        return {"outcome": OUTCOMES[type(error)]}, text.status
    detail = error.message if isinstance(error, facts.InvalidPlan) else None
    return _page(text, detail)


def _status_page(error: HTTPException) -> Any:
    status = error.code or 500
    if status < 400:
        return error
    if request.is_json and type(error) in OUTCOMES:
        return {"outcome": OUTCOMES[type(error)]}, status
    return _page(STATUSES.get(status, STATUSES[400]), status=status)


def _page(text: ErrorText, detail: object = None, status: int | None = None) -> tuple[str, int]:
    names = {"contact": settings().contact}
    body = render_template(
        "errors/page.html",
        title=text.title,
        happened=detail or text.happened,
        safe=text.safe,
        next=str(text.do) % names if text.do else "",
        code=status or text.status,
        action=(url_for(text.way_on[0]), text.way_on[1]) if text.way_on else None,
    )
    return body, status or text.status
