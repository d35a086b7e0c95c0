"""What many journeys begin with: a folder in which nothing happened yet, and whose database is migrated already."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.journeys.killing import FILE
from tests.services import Run


@pytest.fixture
def folder(run: Run, tmp_path: Path) -> Path:
    """A folder for the data of a process; that an empty one does as well is for few tests to show."""
    shutil.copyfile(run.sqlite(), tmp_path / FILE)
    return tmp_path
