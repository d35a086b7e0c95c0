"""A colleague's name that is typed at the read-back of a customer is no new name for the customer."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared
from tests.chats.customer_steps import LI

A_COLLEAGUE = "这是同事的名字，客户的称呼没有改。客户真叫这个名字，请按“修改”再写。"


def is_read_back(store: StoreAtWork) -> None:
    zhou = store.person("zhou")
    zhou.says(LI)
    zhou.presses("客户同意")


@pytest.fixture(scope="module")
def entered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("entered"), is_read_back)


@pytest.fixture
def store(entered: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """李女士 is read back, before anything is kept."""
    with going_on(entered, tmp_path) as opened:
        yield opened


@pytest.mark.parametrize("said", ["周敏", "王磊", "改成王磊"])
def test_a_colleagues_name_does_not_rename_the_customer(zhou: Person, said: str) -> None:
    zhou.says(said)

    assert zhou.last().text.startswith(f"{A_COLLEAGUE}\n登记客户，对吗？\n李女士 · 139****0001")


def test_another_name_does(zhou: Person) -> None:
    zhou.says("王女士")

    assert zhou.last().text.startswith("登记客户，对吗？\n王女士 · 139****0001")


def test_a_customer_who_is_called_as_a_colleague_is_entered_so(zhou: Person) -> None:
    zhou.presses("修改")
    zhou.presses("称呼")
    zhou.says("周敏")

    assert zhou.last().text.startswith("登记客户，对吗？\n周敏 · 139****0001")


def test_with_two_client_managers_a_managers_name_says_who_looks_after_the_customer(
    store: StoreAtWork, zhou: Person, liu: Person
) -> None:
    liu.says("加员工 李芳 客户经理 客户部 13800000011")
    liu.presses("确认")

    zhou.says("李芳")

    assert "登记客户，对吗？\n李女士 · 139****0001" in zhou.last().text
    assert "客户经理：李芳" in zhou.last().text
