"""WeCom's refusals: an errcode, and words that nobody may look at."""

from __future__ import annotations

from typing import Any

JSON = dict[str, Any]

# Refused for sure, by a code that no page names: these are the likeliest.
UNKNOWN_CODE = {
    "task_id used before": 42014,
    "more than six buttons": 42038,
    "no new look given": 40063,
    "a robot says too much": 40058,
    "a robot's picture is none": 40005,
    "a robot's card has buttons": 42031,
    "no such department": 60123,
    "no menu": 46003,
}
# Where a call seems to come from that comes from nowhere.
NEARBY = "127.0.0.1"
WARNING = "Warning: wrong json format. "


class Refused(Exception):
    """A call that is answered with an errcode."""

    def __init__(self, code: int, said: str) -> None:
        super().__init__(f"{code} {said}")
        self.code = code
        self.said = said

    def body(self, address: str = NEARBY) -> JSON:
        hint = f"hint: [1409659813{self.code}], from ip: {address}"
        more = f"more info at https://open.work.weixin.qq.com/devtool/query?e={self.code}"
        return {"errcode": self.code, "errmsg": f"{self.said}, {hint}, {more}"}


class AnswerLost(Exception):
    """The call was carried out and its answer never arrives."""
