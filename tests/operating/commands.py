"""The commands as they are typed, in this process: what they say and how they end."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from bot.__main__ import cli
from tests.sources import ROOT

DEMO = ROOT / "stores/demo.toml"


@dataclass(frozen=True)
class Said:
    """What was printed, complaints included, and the exit code."""

    text: str
    code: int

    def json(self) -> Any:
        return json.loads(self.text)


class Terminal:
    """Somebody at a terminal whose settings are these; the data is in `folder` unless they say otherwise."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.settings: Mapping[str, str] = {"QIANTAI_DATA": str(folder / "data"), "QIANTAI_PORT": "1"} | settings

    def types(self, *arguments: str | Path, answers: str = "") -> Said:
        ended = CliRunner().invoke(cli, [str(one) for one in arguments], input=answers, env=self.settings)
        if ended.exception is not None and not isinstance(ended.exception, SystemExit):
            raise ended.exception
        return Said(ended.output, ended.exit_code)
