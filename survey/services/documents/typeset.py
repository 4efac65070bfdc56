"""Typeset a page of `templates/print` as tagged PDF. Texts come in as data, so none is taken for markup."""

import json
from collections.abc import Mapping
from pathlib import Path

import typst

FOLDER = Path(__file__).resolve().parents[3] / "templates" / "print"


def as_pdf(template: str, data: Mapping[str, object]) -> bytes:
    """The page with its data; PDF/UA-1 is checked while it is written, with our own font alone."""
    return bytes(
        typst.compile(
            FOLDER / template,
            root=FOLDER,
            font_paths=[FOLDER / "fonts"],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    )


def as_png(template: str, data: Mapping[str, object]) -> bytes:
    """The same as a picture, for files that take no other."""
    return bytes(
        typst.compile(
            FOLDER / template,
            root=FOLDER,
            font_paths=[FOLDER / "fonts"],
            ignore_system_fonts=True,
            format="png",
            ppi=200,
            sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
        )
    )
