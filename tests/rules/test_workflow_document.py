"""docs/PROCESS.md is the table as the code has it."""

from __future__ import annotations

import pytest

from bot.operating.process_document import document
from bot.rules.book import Rulebook
from tests.sources import ROOT

PROCESS_MD = (ROOT / "docs/PROCESS.md").read_text(encoding="utf-8")


def test_the_document_is_made_from_the_table() -> None:
    """If this fails: `python -m bot.operating.process_document > docs/PROCESS.md`."""
    assert document(Rulebook()) == PROCESS_MD


@pytest.mark.parametrize(
    "line",
    [
        "| W3 | estimate 做估算 | estimator 预算员 |  | received 收到 | half a working day "
        "| estimate sheet 估算表 to client manager 客户经理 | required |  |",
        "| plan adjustment 调整方案和估算 | plan meeting 讲解方案和估算 | plan booking 约客户看方案 | 1 working day |",
        "| floor plan | Wed 25 Nov 11:00 | Fri 27 Nov 17:30 | Thu 26 Nov 17:30, Fri 27 Nov 15:30, Fri 27 Nov 17:30 "
        "| Sat 28 Nov 10:00 | Sat 28 Nov 17:30 |",
    ],
)
def test_a_row_says_all_of_its_step(line: str) -> None:
    assert line in PROCESS_MD.splitlines()


def test_the_document_follows_the_rules_that_it_is_given() -> None:
    own = Rulebook.model_validate({"process": {"drawings": "10d", "review": "1h"}})

    made = document(own)

    assert "| 10 calendar days |" in made
    assert "| 60 working minutes |" in made
