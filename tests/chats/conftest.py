"""A store at work on a database of its own, and its people: 刘总, 周敏, 王磊, 陈静, 赵倩, 孙强, 吴刚."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, store_at_work
from tests.chats.customer_steps import registers
from tests.chats.everything import under_way


@pytest.fixture
def store(sample: Path, tmp_path: Path) -> Iterator[StoreAtWork]:
    """It opens on Wednesday 25 November 2026 at 10:00, a deep-clean day."""
    shutil.copyfile(sample, tmp_path / "store.db")
    with store_at_work(f"sqlite:///{tmp_path / 'store.db'}", tmp_path, loaded=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def long_day(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAtWork]:
    """One store for all tests of a module, for tables of sentences that leave nothing behind."""
    folder = tmp_path_factory.mktemp("store")
    shutil.copyfile(sample, folder / "store.db")
    with store_at_work(f"sqlite:///{folder / 'store.db'}", folder, loaded=True) as opened:
        yield opened


@pytest.fixture(scope="module")
def registered(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreAtWork]:
    """周敏 has registered 李女士; one store for all tests of a module that leave nothing behind."""
    folder = tmp_path_factory.mktemp("registered")
    shutil.copyfile(sample, folder / "store.db")
    with store_at_work(f"sqlite:///{folder / 'store.db'}", folder, loaded=True) as opened:
        registers(opened.person("zhou"))
        yield opened


@pytest.fixture(scope="session")
def busy_store(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The sample store with something of every kind under way, to be copied."""
    return prepared(sample, tmp_path_factory.mktemp("busy"), under_way)


@pytest.fixture
def busy(busy_store: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """Something of every kind is under way there."""
    with going_on(busy_store, tmp_path) as opened:
        yield opened


@pytest.fixture
def liu(store: StoreAtWork) -> Person:
    """The GM office."""
    return store.person("liu")


@pytest.fixture
def zhou(store: StoreAtWork) -> Person:
    """The client manager: store supervisor and front desk."""
    return store.person("zhou")


@pytest.fixture
def wang(store: StoreAtWork) -> Person:
    """A designer."""
    return store.person("wang")


@pytest.fixture
def chen(store: StoreAtWork) -> Person:
    """The other designer."""
    return store.person("chen")


@pytest.fixture
def zhao(store: StoreAtWork) -> Person:
    """The estimator."""
    return store.person("zhao")
