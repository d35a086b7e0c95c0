"""The fake of the AI bot's server called in process, as a client would that sends whatever it likes."""

from __future__ import annotations

from typing import Any

from tests.telegram.clocks import StandingClock
from tests.wecom.refusals import JSON
from tests.wecom_bot import BOT_ID, SECRET, FakeWeComBot
from tests.wecom_bot.things import Callback, Session

HOUR = 3600
CARD: JSON = {
    "card_type": "button_interaction",
    "main_title": {"title": "好？"},
    "task_id": "t1",
    "button_list": [{"text": "同意", "key": "ok"}, {"text": "不同意", "key": "no"}],
}
NOTICE: JSON = {
    "card_type": "text_notice",
    "main_title": {"title": "好"},
    "card_action": {"type": 1, "url": "https://example.com"},
    "task_id": "t1",
}
WORDS: JSON = {"msgtype": "markdown", "markdown": {"content": "好"}}


class Wire:
    """A connection that sends whatever it likes; `posted` is what came on it, numbers are how it was closed."""

    def __init__(self, fake: FakeWeComBot) -> None:
        self._fake = fake
        self.posted: list[JSON | int] = []
        self.session = Session(self.posted.append, self.posted.append)
        self._sent = 0

    def asks(self, command: str, body: JSON | None = None, number: str = "") -> JSON:
        self._sent += 1
        number = number or f"ours-{id(self)}-{self._sent}"
        answer = self._fake.answer(self.session, {"cmd": command, "headers": {"req_id": number}, "body": body or {}})
        assert answer is not None
        self.session.waiting.discard(number)
        return answer.frame

    def code(self, command: str, body: JSON | None = None, number: str = "") -> int:
        found: int = self.asks(command, body, number)["errcode"]
        return found

    def subscribes(self, **other: str) -> int:
        return self.code("aibot_subscribe", {"bot_id": BOT_ID, "secret": SECRET} | other)

    def sends(self, chat: str = "WangLei", **other: Any) -> int:
        return self.code("aibot_send_msg", {"chatid": chat, **WORDS} | other)

    def sends_card(self, card: JSON = CARD, chat: str = "WangLei") -> int:
        return self.code("aibot_send_msg", {"chatid": chat, "msgtype": "template_card", "template_card": card})

    def updates(self, told: Callback, card: JSON = NOTICE, **other: Any) -> int:
        body = {"response_type": "update_template_card", "template_card": card, **other}
        return self.code("aibot_respond_update_msg", body, told.number)

    def streams(self, told: Callback, words: str, *, name: str = "s1", finish: bool = False) -> int:
        body = {"msgtype": "stream", "stream": {"id": name, "content": words, "finish": finish}}
        return self.code("aibot_respond_msg", body, told.number)


class InProcess:
    def __init__(self) -> None:
        self.clock = StandingClock()
        self.fake = FakeWeComBot(self.clock)
        self.wire = Wire(self.fake)
        self.wang = self.fake.person("WangLei")
        self.chen = self.fake.person("chenjing")
        self.wire.subscribes()
