"""One way to round, at the very end, for pages, files and commands alike; and shares in wide steps."""

from decimal import ROUND_HALF_UP, Decimal

STEP_PERCENT = 10  # the finest step of a share; wider where it would be fewer than the minimum


def half_up(value: float | Decimal, places: int) -> Decimal:
    """Round half up as people do on paper: 3.125 is 3.13 with two places."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)


def widths(whole: int, minimum: int) -> int:
    """How many steps a share of so many has: of ten percent at the finest, and of at least `minimum`."""
    return min(100 // STEP_PERCENT, whole // minimum)


def in_steps(part: int, whole: int, minimum: int) -> int | None:
    """A share in percent, in steps so wide that nobody sees one more arrive; None where there is no step."""
    steps = widths(whole, minimum)
    return 100 * int(steps * part / whole + 0.5) // steps if steps else None
