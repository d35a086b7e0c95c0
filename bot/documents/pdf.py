"""A paper as a PDF file of A4 pages, in a Chinese font that every reader has: no font file is needed or carried."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from bot.documents.paper import Line, Listing, Paper

if TYPE_CHECKING:
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.pdfgen.canvas import Canvas
    from reportlab.platypus import BaseDocTemplate, Flowable, Table

MEDIA_TYPE = "application/pdf"
FONT = "STSong-Light"
# The font knows no characters beyond these.
LAST_KNOWN, UNKNOWN = "\uffff", "\u25a1"
MARGIN_MM = 18
LABEL_MM, NAME_MM, CELL_MM = 32, 66, 19
PAGE_NUMBER_MM = 10


def written(paper: Paper) -> bytes:
    """The paper as a file."""
    # ReportLab imports when the first one is made, so that the front desk starts quickly.
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.platypus import SimpleDocTemplate, Spacer

    pdfmetrics.registerFont(UnicodeCIDFont(FONT))
    made = BytesIO()
    page = dict.fromkeys(("leftMargin", "rightMargin", "topMargin", "bottomMargin"), MARGIN_MM * mm)
    document = SimpleDocTemplate(made, pagesize=A4, title=f"{paper.title} {paper.number}", invariant=1, **page)
    parts = [
        _words(f"{paper.store} {paper.title}", _style(16, centered=True)),
        Spacer(1, 4 * mm),
        _lines(paper.before),
        _listing(paper.listing),
        _lines(paper.after),
    ]
    document.build(parts, onFirstPage=_number, onLaterPages=_number)
    return made.getvalue()


def _style(size: int, *, centered: bool = False) -> ParagraphStyle:
    from reportlab.lib.enums import TA_CENTER, TA_LEFT
    from reportlab.lib.styles import ParagraphStyle

    return ParagraphStyle(
        "words",
        fontName=FONT,
        fontSize=size,
        leading=size * 1.4,
        wordWrap="CJK",
        alignment=TA_CENTER if centered else TA_LEFT,
    )


def _words(said: str, style: ParagraphStyle | None = None) -> Flowable:
    from reportlab.platypus import Paragraph

    shown = "".join(one if one <= LAST_KNOWN else UNKNOWN for one in said)
    return Paragraph(escape(shown).replace("\n", "<br/>"), style or _style(10))


def _lines(lines: tuple[Line, ...]) -> Table:
    rows = [[_words(line.label), _words(line.said)] for line in lines]
    return _table(rows, [LABEL_MM, NAME_MM + 4 * CELL_MM])


def _listing(listing: Listing) -> Table:
    """The first column is as wide as the labels are, so that all stands in one grid."""
    rows = [[_words(cell) for cell in row] for row in (listing.columns, *listing.rows)]
    return _table(rows, [LABEL_MM, NAME_MM, *[CELL_MM] * (len(listing.columns) - 2)], repeated=1)


def _table(rows: list[list[Flowable]], widths: list[int], *, repeated: int = 0) -> Table:
    from reportlab.lib import colors
    from reportlab.lib.units import mm
    from reportlab.platypus import Table

    grid = [
        ("GRID", (0, 0), (-1, -1), 0.5, colors.black),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("BACKGROUND", (0, 0), (-1, 0) if repeated else (0, -1), colors.whitesmoke),
    ]
    return Table(rows, colWidths=[one * mm for one in widths], style=grid, repeatRows=repeated, splitInRow=1)


def _number(canvas: Canvas, document: BaseDocTemplate) -> None:
    """The page's number at its foot."""
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.units import mm

    canvas.setFont(FONT, 9)
    canvas.drawCentredString(A4[0] / 2, PAGE_NUMBER_MM * mm, str(document.page))
