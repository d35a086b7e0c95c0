"""A paper as a file: whatever is written on it stands there as words, in Chinese, on as many A4 pages as it takes."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from bot.documents import pdf, sheet
from bot.documents.paper import Line, Listing, Paper, lines_of, width

NASTY = ("=1+1", "@SUM(A1)", "-2", "{=A1}", "<b>粗</b> & &amp;", "http://example.com/", "00123", "第一行\n第二行")
A4_POINTS = (595, 842)
PAPER = Paper(
    title="交接表",
    number="HO-2026-0007",
    store="中山路店",
    before=(Line("客户", "李女士"),),
    listing=Listing(("序号", "移交内容", "版本"), (("1", "平面图.pdf", "第 2 版"),)),
    after=(Line("移交人", "王磊"),),
    as_of=datetime(2026, 11, 25, 2, 0, tzinfo=UTC),
)


def cells(paper: Paper) -> list[Any]:
    [only] = load_workbook(BytesIO(sheet.written(paper))).worksheets
    return [cell for row in only.iter_rows(values_only=True) for cell in row if cell is not None]


def pages(paper: Paper) -> list[str]:
    return [page.extract_text() for page in PdfReader(BytesIO(pdf.written(paper))).pages]


def test_a_sheet_reads_from_the_top_down() -> None:
    said = cells(PAPER)

    assert said == [
        *("中山路店 交接表", "客户", "李女士", "序号", "移交内容", "版本"),
        *("1", "平面图.pdf", "第 2 版", "移交人", "王磊"),
    ]


@pytest.mark.parametrize("words", NASTY)
def test_words_stay_words_in_a_sheet(words: str) -> None:
    paper = replace(PAPER, before=(Line("客户", words),), listing=Listing(("", "", ""), (("1", words, ""),)))

    assert cells(paper).count(words) == 2


@pytest.mark.parametrize("words", NASTY)
def test_words_stay_words_in_a_pdf(words: str) -> None:
    [page] = pages(replace(PAPER, before=(Line("客户", words),)))

    assert [part for part in words.split("\n") if part not in page] == []


def test_both_are_made_for_a4() -> None:
    [only] = load_workbook(BytesIO(sheet.written(PAPER))).worksheets
    [page] = PdfReader(BytesIO(pdf.written(PAPER))).pages

    assert str(only.page_setup.paperSize) == "9"
    assert (round(page.mediabox.width), round(page.mediabox.height)) == A4_POINTS


def test_the_font_is_one_that_readers_have_and_none_is_carried() -> None:
    content = pdf.written(PAPER)

    assert b"STSong-Light" in content
    assert b"FontFile" not in content


def test_a_long_list_goes_on_on_the_next_page_under_its_columns() -> None:
    rows = tuple((str(number), f"图纸 {number}.dwg", "第 1 版") for number in range(1, 61))

    first, second, *_ = pages(replace(PAPER, listing=Listing(PAPER.listing.columns, rows)))

    assert "图纸 1.dwg" in first
    assert "移交内容" in second
    assert "图纸 60.dwg" in second


def test_very_long_words_make_high_rows_not_errors() -> None:
    long = "厨房燃气管道不能动，" * 400

    said = "".join(pages(replace(PAPER, after=(Line("重点和风险", long),)))).replace("\n", "")

    assert said.count("动") == 400


def test_a_character_that_the_font_does_not_know_leaves_its_place() -> None:
    [page] = pages(replace(PAPER, before=(Line("客户", "𬭎女士 👍"),)))

    assert "□女士 □" in page


def test_the_same_paper_is_the_same_pdf() -> None:
    assert pdf.written(PAPER) == pdf.written(PAPER)


def test_a_chinese_character_is_as_wide_as_two_letters() -> None:
    assert (width("图1"), lines_of("图纸图纸", 4), lines_of("a\nb", 10), lines_of("", 10)) == (3, 2, 2, 1)
