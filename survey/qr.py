"""Addresses as drawings inside a page."""

import segno
from markupsafe import Markup

SCALE, BORDER = 4, 4


def drawing_of(address: str) -> Markup:
    """An address as a drawing inside the page: it is in no file and at no address of its own."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(scale=SCALE, border=BORDER, light="#fff"))  # noqa: S704 - our own drawing
