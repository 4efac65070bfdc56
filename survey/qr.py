"""Addresses as drawings inside a page, and in what is printed."""

import io

import segno
from markupsafe import Markup

SCALE, BORDER = 4, 4


def drawing_of(address: str) -> Markup:
    """An address as a drawing inside the page: it is in no file and at no address of its own."""
    code = segno.make_qr(address, error="m")
    return Markup(code.svg_inline(scale=SCALE, border=BORDER, light="#fff"))  # noqa: S704 - our own drawing


def picture_of(address: str, *, level: str = "m", border: int = 2, scale: int = 1) -> str:
    """An address as an SVG file. Level `q` still reads when a quarter of it is dirty or torn."""
    target = io.BytesIO()
    segno.make_qr(address, error=level).save(target, kind="svg", scale=scale, border=border, light="#fff")
    return target.getvalue().decode()
