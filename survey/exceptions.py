"""Facts of the domain that stop a use case. `error_pages` turns each into a page."""

import traceback
from collections.abc import Sequence
from pathlib import Path


class CerminError(Exception):
    """A fact that the person using the service has to be told."""


class NotFound(CerminError):
    """There is no such thing, or this person may not know whether there is."""


class NotAllowed(CerminError):
    """The signed-in account has no grant for this."""


class UnknownCode(CerminError):
    """No invitation of an open cycle has this secret or code."""


class CycleNotOpen(CerminError):
    """The cycle takes no answers now: not opened yet, or closed already."""


class PaperTaken(CerminError):
    """The paper was used before, with another nonce."""


class PaperVoid(CerminError):
    """A drawn code took the place of the paper before anybody used it."""


class TooFewToDraw(CerminError):
    """Fewer papers of a scope are untaken than can be mixed in a box."""


class DrawnCodeUsed(CerminError):
    """A drawn code of the scope was used, so its codes are not printed anew."""


class RequestRefused(CerminError):
    """A request for replacement papers cannot be made; `code` says why, the door turns it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class ListNotApproved(CerminError):
    """The list of raters may not be used yet: no second office has approved it as it stands."""


class AccountRefused(CerminError):
    """An account cannot be changed that way; `code` says why, the door turns it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class WaveRefused(CerminError):
    """A wave of letters cannot be laid out; `code` says why, the door turns it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class TooManyReplaced(CerminError):
    """More papers of the cycle would be replaced than its manifest allows."""


class BoxClosed(CerminError):
    """The box takes no ballots any more."""


class BallotDiffers(CerminError):
    """Another ballot was sent with the same pass."""


class PassRefused(CerminError):
    """The pass of a ballot does not verify."""


class HolderRefused(CerminError):
    """What a key holder brought cannot be taken; `code` says why, the door turns it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class StepNotAllowed(CerminError):
    """The cycle is not in a state from which this step may be taken."""

    def __init__(self, state: str, step: str) -> None:
        super().__init__(f"{step} is not allowed from {state}")
        self.state = state
        self.step = step


class ReleaseStopped(CerminError):
    """The results of a cycle may not go out; nothing was told."""

    def __init__(self, places: Sequence[str] = ()) -> None:
        super().__init__(f"{len(places)} findings" if places else "another release")
        self.places = tuple(places)  # where, and of what kind; never an answer or a name


class ReleaseGivesAway(ReleaseStopped):
    """Sums and differences of what would go out tell what few people answered."""


class ReleaseDiffers(ReleaseStopped):
    """The cycle has told its figures before, and would tell others now."""


class VersionFixed(CerminError):
    """A published version of a questionnaire never changes."""


class DraftMoved(CerminError):
    """Somebody else changed the draft since it was shown."""


class VisitCodeRefused(CerminError):
    """A single-use code of a service point cannot be used; `code` says why, the door turns it into words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class KioskUnknown(CerminError):
    """No kiosk in use has this secret."""


class OrganisationRefused(CerminError):
    """A change of units, posts or teams contradicts what holds; `code` says how, the door has the words."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class InvalidPlan(CerminError):
    """The plan of a cycle contradicts itself; `message` says how, in the person's language."""

    def __init__(self, message: object) -> None:
        super().__init__(str(message))
        self.message = message


def place_of(error: BaseException) -> str:
    """Where in our code an error arose: file and line, without any value."""
    frames = [
        frame for frame in traceback.extract_tb(error.__traceback__) if "site-packages" not in frame.filename
    ]
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "unknown place"
