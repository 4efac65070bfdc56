"""One way to round, at the very end, for pages, files and commands alike."""

from decimal import ROUND_HALF_UP, Decimal


def half_up(value: float | Decimal, places: int) -> Decimal:
    """Round half up as people do on paper: 3.125 is 3.13 with two places."""
    return Decimal(str(value)).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
