"""A document of headings, paragraphs and tables as tagged PDF and as DOCX, with the same words."""

import io
from dataclasses import asdict, dataclass

import docx
from docx.document import Document as WordDocument
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt

from survey.services.documents import typeset

WIDTH_OF_TEXT = 150  # millimetres


@dataclass(frozen=True)
class Grid:
    """A table; the first column names the row. Columns in `numbers` stand at the right."""

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Drawing:
    """A drawing with what stands below it, and what is said to whoever does not see it."""

    caption: str
    alt: str
    svg: str


@dataclass(frozen=True)
class Section:
    """A heading with what stands under it."""

    heading: str
    level: int = 1
    paragraphs: tuple[str, ...] = ()
    items: tuple[str, ...] = ()
    grids: tuple[Grid, ...] = ()
    drawings: tuple[Drawing, ...] = ()


@dataclass(frozen=True)
class Document:
    """What is printed, whatever the kind of file."""

    title: str
    subtitle: str
    author: str
    language: str
    front: tuple[str, ...]  # lines below the title
    sections: tuple[Section, ...]
    signature: tuple[str, ...]
    has_cover: bool = True
    figure: str = ""  # printed large, on a notice


def as_pdf(document: Document) -> bytes:
    """PDF/UA-1."""
    return typeset.as_pdf("document.typ", asdict(document))


def as_docx(document: Document) -> bytes:
    """A file that the office can go on writing in."""
    made = docx.Document()
    made.core_properties.title, made.core_properties.author = document.title, document.author
    made.core_properties.language = document.language
    _prepare(made, document.language)
    made.add_heading(document.title, 0)
    for line in (document.subtitle, *document.front):
        made.add_paragraph(line)
    if document.figure:
        made.add_paragraph(document.figure).runs[0].font.size = Pt(40)
    if document.has_cover:
        made.add_page_break()  # type: ignore[no-untyped-call]
    for section in document.sections:
        _add_section(made, section)
    for line in document.signature:
        made.add_paragraph(line).paragraph_format.left_indent = Mm(90)
    target = io.BytesIO()
    made.save(target)
    return target.getvalue()


def _prepare(made: WordDocument, language: str) -> None:
    """A4, and the language that a reader's voice takes."""
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    made.styles["Normal"].font.size = Pt(11)
    spoken = OxmlElement("w:lang")
    spoken.set(qn("w:val"), {"id": "id-ID", "en": "en-GB"}[language])
    made.styles["Normal"].element.get_or_add_rPr().append(spoken)


def _add_section(made: WordDocument, section: Section) -> None:
    made.add_heading(section.heading, section.level)
    for text in section.paragraphs:
        made.add_paragraph(text)
    for text in section.items:
        made.add_paragraph(text, style="List Bullet")
    for drawing in section.drawings:
        _add_drawing(made, drawing)
    for grid in section.grids:
        _add_grid(made, grid)


def _add_drawing(made: WordDocument, drawing: Drawing) -> None:
    picture = typeset.as_png("drawing.typ", {"svg": drawing.svg})
    shape = made.add_picture(io.BytesIO(picture), width=Mm(WIDTH_OF_TEXT))
    shape._inline.docPr.set("descr", drawing.alt)  # the library offers no other way
    made.add_paragraph(drawing.caption, style="Caption")


def _add_grid(made: WordDocument, grid: Grid) -> None:
    made.add_paragraph(grid.caption).runs[0].bold = True
    table = made.add_table(rows=1, cols=len(grid.header), style="Table Grid")
    for place, text in enumerate(grid.header):
        table.rows[0].cells[place].text = text
    repeated = OxmlElement("w:tblHeader")
    repeated.set(qn("w:val"), "true")
    table.rows[0]._tr.get_or_add_trPr().append(repeated)  # the library offers no other way
    for row in grid.rows:
        cells = table.add_row().cells
        for place, text in enumerate(row):
            cells[place].text = text
    made.add_paragraph()
