"""The handover form as a file: every row of the handbook's form, in a sheet and in a PDF, and no total on it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pypdf import PdfReader

from tests.chat import Person, StoreAtWork, store_at_work
from tests.chats.case_steps import hands_over, up_to_the_estimate, up_to_the_plan
from tests.chats.steps import not_done, raw_messages

FORM = [
    ("表号", "HO-2026-0001"),
    ("客户编号", "2026-0001"),
    ("客户", "李女士"),
    ("小区", "锦绣花园 120㎡"),
    ("环节", "平面方案：设计师 → 预算员"),
    ("序号", "移交内容", "版本", "页数", "形式", "备注"),
    ("1", "平面方案 3 张，电话139****5678"),
    ("2", "平面图.pdf", "第 2 版", "电子版"),
    ("附件", "1 个文件"),
    ("附选材清单", "是"),
    ("重点和风险", "燃气管道不能动 <b>"),
    ("移交人", "王磊，2026年11月25日 周三 10:00"),
    ("接收人", "赵倩，2026年11月25日 周三 10:00"),
    ("接收情况", "已收下"),
    ("下一步到期", "估算表：2026年11月25日 周三 15:15"),
    ("移交人签名", "王磊，2026年11月25日 周三 10:00 按“交接”"),
    ("接收人签名", "赵倩，2026年11月25日 周三 10:00 按“收下”"),
]


@pytest.fixture(scope="module")
def handed(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAtWork]:
    """王磊 has handed his plan over with a file; one store for tests that leave nothing behind."""
    folder = tmp_path_factory.mktemp("handed")
    shutil.copyfile(sample, folder / "store.db")
    with store_at_work(f"sqlite:///{folder / 'store.db'}", folder, loaded=True) as store:
        hands_the_plan_over(store)
        yield store


def hands_the_plan_over(store: StoreAtWork) -> None:
    wang = store.person("wang")
    up_to_the_plan(store)
    wang.sends_file("平面图.pdf", b"first")
    wang.sends_file("平面图.pdf", b"second")
    hands_over(wang, items="平面方案 3 张，电话13912345678", remarks="燃气管道不能动 <b>")
    store.person("zhao").presses("收下")


def newest_file(store: StoreAtWork, who: str) -> tuple[str, bytes]:
    """What stands in somebody's chat last: its name, and what it holds."""
    sent = [one["file"] for one in raw_messages(store, who) if one["file"]][-1]
    return sent["name"], store.get(sent["url"], {"as": who}).content


def rows_of(content: bytes) -> list[tuple[str, ...]]:
    """What stands in each row of the only sheet."""
    [sheet] = load_workbook(BytesIO(content)).worksheets
    return [tuple(cell for cell in row if cell) for row in sheet.iter_rows(values_only=True)]


def test_the_sheet_says_every_row_of_the_form(handed: StoreAtWork) -> None:
    zhao = handed.person("zhao")
    zhao.says("文件 2026-0001")
    zhao.presses("交接表 HO-2026-0001")
    zhao.presses("表格")

    name, content = newest_file(handed, "zhao")

    [heading, *rows] = rows_of(content)
    assert name == "HO-2026-0001.xlsx"
    assert heading == ("锦上装饰（城南店） 交接表",)
    assert rows == FORM
    assert not_done(handed) == []


def test_the_pdf_says_the_same_on_one_page(handed: StoreAtWork) -> None:
    zhao = handed.person("zhao")
    zhao.says("文件 2026-0001")
    zhao.presses("交接表 HO-2026-0001")
    zhao.presses("PDF")

    name, content = newest_file(handed, "zhao")

    [page] = PdfReader(BytesIO(content)).pages
    said = page.extract_text().replace("\n", "")
    assert name == "HO-2026-0001.pdf"
    assert [words for row in FORM for words in row if words not in said] == []


def test_no_total_is_on_it(handed: StoreAtWork) -> None:
    """Whoever prints it: a designer knows no budget before the customer has seen it (HANDBOOK E6)."""
    zhao, zhou = handed.person("zhao"), handed.person("zhou")
    hands_over(zhao, total="12.8万")
    zhou.says("文件 2026-0001")
    zhou.presses("交接表 HO-2026-0002")
    zhou.presses("PDF")

    name, content = newest_file(handed, "zhou")

    said = PdfReader(BytesIO(content)).pages[0].extract_text()
    assert name == "HO-2026-0002.pdf"
    assert [words for words in ("12.8", "128000", "128,000", "总价") if words in said] == []


def test_a_form_that_is_not_yours_is_not_printed(handed: StoreAtWork) -> None:
    chen = handed.person("chen")
    chen.says("菜单")

    for verb in ("show", "sheet", "pdf"):
        chen.sends_press(chen.last().id, f"handover:{verb}:1")
        assert chen.last().text == "这位客户不是您经手的。有事请找周敏。"

    assert [one for one in raw_messages(handed, "chen") if one["file"]] == []


def test_who_stands_in_signs_and_the_reason_stands_there(store: StoreAtWork, zhou: Person) -> None:
    up_to_the_estimate(store)
    zhou.says("文件 2026-0001")
    zhou.presses("交接表 HO-2026-0001")
    zhou.sends_press(zhou.last().id, "handover:give_back:1")
    zhou.says("少一张水电图")
    zhou.presses("表格")

    rows = rows_of(newest_file(store, "zhou")[1])

    assert ("接收人", "赵倩") in rows
    assert ("接收情况", "已退回，原因：少一张水电图") in rows
    assert ("接收人签名", "周敏，2026年11月25日 周三 10:00 按“退回”") in rows
