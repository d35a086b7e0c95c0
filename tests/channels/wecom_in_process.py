"""The fake WeCom called in process, as a client would that sends whatever it likes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.telegram.clocks import StandingClock
from tests.wecom import FakeWeCom
from tests.wecom.fake import AGENT, CORP, SECRET
from tests.wecom.refusals import JSON
from tests.wecom.things import Upload

HOUR = 3600
BUTTONS = [{"text": "同意", "key": "ok"}, {"text": "不同意", "key": "no"}]
CARD: JSON = {
    "card_type": "button_interaction",
    "main_title": {"title": "好？"},
    "task_id": "t1",
    "button_list": BUTTONS,
}
OPTIONS = [{"id": "1", "text": "一"}, {"id": "2", "text": "二"}]
SUBMIT = {"text": "交", "key": "submit"}
VOTE: JSON = {
    "card_type": "vote_interaction",
    "main_title": {"title": "哪天？"},
    "task_id": "v1",
    "checkbox": {"question_key": "day", "mode": 1, "option_list": OPTIONS},
    "submit_button": SUBMIT,
}
LISTS: JSON = {
    "card_type": "multiple_interaction",
    "main_title": {"title": "哪天？"},
    "task_id": "m1",
    "select_list": [{"question_key": "day", "option_list": OPTIONS}],
    "submit_button": SUBMIT,
}
NOTICE: JSON = {
    "card_type": "text_notice",
    "main_title": {"title": "好"},
    "card_action": {"type": 1, "url": "https://example.com"},
}
NEWS: JSON = NOTICE | {"card_type": "news_notice", "card_image": {"url": "https://example.com/a.png"}}


class InProcess:
    """Calls the fake in process, with the app's living token."""

    def __init__(self) -> None:
        self.clock = StandingClock()
        self.fake = FakeWeCom(self.clock)
        self.wang = self.fake.member("WangLei")
        self.chen = self.fake.member("chenjing")
        self.fake.member("guest", visible=False)

    @property
    def token(self) -> str:
        return self.fake.world.token(self.fake.app).value

    def asks(self, path: str, body: JSON, token: str | None = None) -> JSON:
        answer = self.fake.answer(path, {"access_token": self.token if token is None else token}, body)
        assert isinstance(answer, dict)
        return answer

    def asks_for(self, path: str, **query: str) -> JSON:
        """What is asked by the address alone."""
        answer = self.fake.answer(path, {"access_token": self.token, **query})
        assert isinstance(answer, dict)
        return answer

    def sets_menu(self, *buttons: JSON, agent: str = str(AGENT)) -> JSON:
        query = {"access_token": self.token, "agentid": agent}
        answer = self.fake.answer("menu/create", query, {"button": list(buttons)})
        assert isinstance(answer, dict)
        return answer

    def as_robot(self, key: str, kind: str, content: JSON) -> JSON:
        answer = self.fake.answer("webhook/send", {"key": key}, {"msgtype": kind, kind: content})
        assert isinstance(answer, dict)
        return answer

    def sends(self, **other: Any) -> JSON:
        body = {"touser": "wanglei", "msgtype": "text", "agentid": AGENT, "text": {"content": "好"}} | other
        return self.asks("message/send", {name: value for name, value in body.items() if value is not None})

    def sends_card(self, card: Mapping[str, Any], **other: Any) -> JSON:
        return self.sends(msgtype="template_card", text=None, template_card=dict(card), **other)

    def updates(self, code: str, **other: Any) -> JSON:
        body = {"userids": ["wanglei"], "agentid": AGENT, "response_code": code, "template_card": NOTICE} | other
        return self.asks(
            "message/update_template_card", {name: value for name, value in body.items() if value is not None}
        )

    def gets_token(self, **other: str) -> JSON:
        answer = self.fake.answer("gettoken", {"corpid": CORP, "corpsecret": SECRET} | other)
        assert isinstance(answer, dict)
        return answer

    def uploads(self, kind: str, *given: Upload) -> JSON:
        query = {"access_token": self.token, "type": kind}
        answer = self.fake.answer("media/upload", query, None, list(given))
        assert isinstance(answer, dict)
        return answer
