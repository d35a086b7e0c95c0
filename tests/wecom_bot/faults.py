"""What goes wrong by script: refusals, answers that come late or never, a server that lets nobody in."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wecom.refusals import Refused


@dataclass
class Faults:
    """All but `away` are used up by the next requests of a command; `late` has seconds of real time."""

    refusals: list[tuple[str, int]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    late: list[tuple[str, float]] = field(default_factory=list)
    away: bool = False

    def check(self, command: str) -> None:
        planned = next((one for one in self.refusals if one[0] == command), None)
        if planned is not None:
            self.refusals.remove(planned)
            raise Refused(planned[1], "planned")

    def loses(self, command: str) -> bool:
        if command not in self.lost:
            return False
        self.lost.remove(command)
        return True

    def delay(self, command: str) -> float:
        planned = next((one for one in self.late if one[0] == command), None)
        if planned is None:
            return 0.0
        self.late.remove(planned)
        return planned[1]
