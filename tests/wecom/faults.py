"""What goes wrong by script: refusals, answers that get lost, tokens that die at once, WeCom away."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.wecom.refusals import AnswerLost, Refused


class Away(Exception):
    """WeCom's front answers, and nobody behind it."""


@dataclass
class Faults:
    """`refusals` and `lost` are used up by the next calls of a path; a token is `stillborn` as long as it says so.

    Whatever a member does is delivered in so many `copies` at once.
    """

    refusals: list[tuple[str, int]] = field(default_factory=list)
    lost: list[str] = field(default_factory=list)
    away: bool = False
    stillborn: bool = False
    copies: int = 1

    def check(self, path: str) -> None:
        if self.away:
            raise Away
        planned = next((one for one in self.refusals if one[0] == path), None)
        if planned is not None:
            self.refusals.remove(planned)
            raise Refused(planned[1], "planned")

    def lose(self, path: str) -> None:
        if path in self.lost:
            self.lost.remove(path)
            raise AnswerLost
