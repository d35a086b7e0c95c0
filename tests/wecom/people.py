"""The members: what each sees in the chat with the app, and what WeCom calls with when they do something there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.wecom.refusals import JSON
from tests.wecom.things import App, Member, Message
from tests.wecom.world import World


@dataclass(frozen=True)
class Seen:
    """A message as it stands: its words or its title, what is below, the fields, the buttons, a file's name."""

    kind: str
    text: str
    below: str
    fields: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    file: str

    @classmethod
    def of(cls, look: JSON) -> Seen:
        title = look.get("main_title", {}).get("title", "")
        fields = look.get("horizontal_content_list", ())
        buttons = [look["replaced"]] if "replaced" in look else [one["text"] for one in look.get("button_list", ())]
        return cls(
            kind=look["kind"] if look["kind"] != "template_card" else look["card_type"],
            text=look.get("content", title),
            below=look.get("sub_title_text", ""),
            fields=tuple((one["keyname"], one.get("value", "")) for one in fields),
            labels=tuple(buttons),
            file=look.get("name", ""),
        )


class Person:
    """What a member does gives the fields of what WeCom calls with; every press brings a code of its own."""

    def __init__(self, world: World, app: App, member: Member) -> None:
        self._world = world
        self._app = app
        self.member = member

    @property
    def userid(self) -> str:
        return self.member.userid

    def sees(self) -> list[Seen]:
        with self._world.lock:
            return [Seen.of(look) for look in self._world.standing(self.member.key)]

    def says(self, words: str) -> JSON:
        return self._message("text", Content=words)

    def sends_file(self, name: str, content: bytes, kind: str = "file") -> JSON:
        media = self._world.add_media(kind, name, content)
        return self._message(kind, MediaId=media.id, **({"FileName": name} if kind == "file" else {}))

    def presses(self, label: str) -> JSON:
        """The button of the last card that shows it; one that was replaced cannot be pressed."""
        key = self.member.key
        cards = [one for one in self._world.messages if key in one.receivers and not one.recalled]
        message, button = next(
            (card, button)
            for card in reversed(cards)
            for button in card.look(key).get("button_list", ())
            if button["text"] == label and "replaced" not in card.look(key)
        )
        return self._pressed(message, button["key"])

    def presses_menu(self, key: str) -> JSON:
        return self._event("click", EventKey=key)

    def enters(self) -> JSON:
        return self._event("enter_agent", EventKey="")

    def comes(self) -> JSON:
        return self._event("subscribe", EventKey="")

    def goes(self) -> JSON:
        return self._event("unsubscribe", EventKey="")

    def _pressed(self, message: Message, key: str) -> JSON:
        """The card keeps the task_id that it was sent with, whatever became of it."""
        return self._event(
            "template_card_event",
            EventKey=key,
            TaskId=message.content["task_id"],
            CardType=message.look(self.member.key)["card_type"],
            ResponseCode=self._world.code(message),
        )

    def _event(self, name: str, **more: Any) -> JSON:
        return self._said("event", Event=name, **more)

    def _message(self, kind: str, **more: Any) -> JSON:
        return self._said(kind, **more, MsgId=4_561_255_354_251_340_000 + self._world.number())

    def _said(self, kind: str, **more: Any) -> JSON:
        head = {"ToUserName": self._world.corp, "FromUserName": self.userid, "CreateTime": int(self._world.clock())}
        return {**head, "MsgType": kind, **more, "AgentID": self._app.agent}
