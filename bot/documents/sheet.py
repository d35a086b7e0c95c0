"""A paper as an xlsx file: one sheet, made to be printed on A4."""

from __future__ import annotations

from datetime import UTC
from io import BytesIO
from typing import TYPE_CHECKING

from bot.documents.paper import Line, Listing, Paper, lines_of

if TYPE_CHECKING:
    from xlsxwriter.format import Format
    from xlsxwriter.worksheet import Worksheet

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
A4 = 9
FONT = "SimSun"
LABEL_WIDTH, NAME_WIDTH, CELL_WIDTH = 16, 34, 10
LINE_HEIGHT, PADDING = 15, 7
# Words are words, whatever they begin with: a spreadsheet would take =1+1 for a sum.
AS_WORDS = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def written(paper: Paper) -> bytes:
    """The paper as a file."""
    # XlsxWriter imports when the first one is made, so that the front desk starts quickly.
    from xlsxwriter import Workbook

    made = BytesIO()
    with Workbook(made, AS_WORDS) as book:
        book.set_properties({"title": f"{paper.title} {paper.number}", "created": paper.as_of.astimezone(UTC)})
        sheet = book.add_worksheet(paper.number)
        _page(sheet)
        _Writer(
            sheet,
            last=len(paper.listing.columns),
            heading=book.add_format({"font_name": FONT, "bold": True, "font_size": 16, "align": "center"}),
            label=book.add_format({**_CELL, "bold": True}),
            cell=book.add_format(_CELL),
        ).write(paper)
    return made.getvalue()


_CELL = {"font_name": FONT, "font_size": 11, "border": 1, "text_wrap": True, "valign": "vcenter"}


def _page(sheet: Worksheet) -> None:
    sheet.set_paper(A4)
    sheet.set_margins(left=0.6, right=0.6, top=0.7, bottom=0.7)
    sheet.fit_to_pages(1, 0)
    sheet.center_horizontally()
    sheet.hide_gridlines(2)
    sheet.set_footer("&C&P / &N")


class _Writer:
    """Writes from the top down; the first column holds the labels, the others together what they say."""

    def __init__(self, sheet: Worksheet, *, last: int, heading: Format, label: Format, cell: Format) -> None:
        self._sheet = sheet
        self._last = last - 1
        self._heading, self._label, self._cell = heading, label, cell
        self._row = 0

    def write(self, paper: Paper) -> None:
        self._sheet.set_column(0, 0, LABEL_WIDTH)
        self._sheet.set_column(1, 1, NAME_WIDTH)
        self._sheet.set_column(2, self._last, CELL_WIDTH)
        self._sheet.merge_range(0, 0, 0, self._last, f"{paper.store} {paper.title}", self._heading)
        self._sheet.set_row(0, 2 * LINE_HEIGHT)
        self._row = 1
        self._lines(paper.before)
        self._listing(paper.listing)
        self._lines(paper.after)
        self._sheet.print_area(0, 0, self._row - 1, self._last)

    def _lines(self, lines: tuple[Line, ...]) -> None:
        wide = NAME_WIDTH + CELL_WIDTH * (self._last - 1)
        for line in lines:
            self._sheet.write_string(self._row, 0, line.label, self._label)
            self._sheet.merge_range(self._row, 1, self._row, self._last, line.said, self._cell)
            self._end_row(max(lines_of(line.said, wide), lines_of(line.label, LABEL_WIDTH)))

    def _listing(self, listing: Listing) -> None:
        for column, words in enumerate(listing.columns):
            self._sheet.write_string(self._row, column, words, self._label)
        self._end_row(1)
        for row in listing.rows:
            for column, words in enumerate(row):
                self._sheet.write_string(self._row, column, words, self._cell)
            self._end_row(lines_of(row[1], NAME_WIDTH))

    def _end_row(self, lines: int) -> None:
        """A spreadsheet does not make merged cells as high as their words."""
        self._sheet.set_row(self._row, lines * LINE_HEIGHT + PADDING)
        self._row += 1
