"""The members: what each sees in the chat with the app, and what WeCom calls with when they do something there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tests.wecom.refusals import JSON
from tests.wecom.things import App, Group, Member, Message
from tests.wecom.world import World


@dataclass(frozen=True)
class Seen:
    """A message as it stands: its words or its title, what is below, the fields, the buttons, a file's name.

    In a group, `mentioned` are the userids of those whom it called, in small letters.
    """

    kind: str
    text: str
    below: str
    fields: tuple[tuple[str, str], ...]
    labels: tuple[str, ...]
    file: str
    mentioned: tuple[str, ...] = ()

    @classmethod
    def of(cls, look: JSON, mentioned: tuple[str, ...] = ()) -> Seen:
        title = look.get("main_title", {}).get("title", "")
        fields = look.get("horizontal_content_list", ())
        buttons = [look["replaced"]] if "replaced" in look else [one["text"] for one in _buttons(look)]
        return cls(
            kind=look["kind"] if look["kind"] != "template_card" else look["card_type"],
            text=look.get("content", title),
            below=look.get("sub_title_text", ""),
            fields=tuple((one["keyname"], one.get("value", "")) for one in fields),
            labels=tuple(buttons),
            file=look.get("name", ""),
            mentioned=mentioned,
        )


def _buttons(look: JSON) -> list[JSON]:
    """What can be pressed on a card; choices are made by its one button."""
    return [*look.get("button_list", ()), *([look["submit_button"]] if "submit_button" in look else ())]


class Person:
    """What a member does is delivered to our address, if WeCom knows one, and given: the fields it calls with.

    Every press brings a code of its own.
    """

    def __init__(self, world: World, app: App, member: Member) -> None:
        self._world = world
        self._app = app
        self.member = member

    @property
    def userid(self) -> str:
        return self.member.userid

    def sees(self) -> list[Seen]:
        with self._world.changed:
            return [Seen.of(look) for look in self._world.standing(self.member.key)]

    def sees_in(self, group: Group) -> list[Seen]:
        """What came into a group since they are in it."""
        with self._world.changed:
            posts = [one for one in group.posts if self.member.key in one.readers]
            return [Seen.of({"kind": one.kind, **one.content}, one.mentioned) for one in posts]

    def menu(self) -> dict[str, str]:
        """The keys of the app's menu by what they are called."""
        with self._world.changed:
            below = [one for top in self._app.menu for one in top.get("sub_button") or [top]]
            return {one["name"]: one["key"] for one in below}

    def opens_page(self) -> str:
        """The code with which a page of the app's is opened."""
        with self._world.change():
            return self._world.page_code({"userid": self.userid})

    def transcript(self) -> str:
        return "\n".join([f"{self.userid} sees:", *(f"    {one}" for one in self.sees())])

    def says(self, words: str) -> JSON:
        return self._message("text", Content=words)

    def sends_file(self, name: str, content: bytes, kind: str = "file") -> JSON:
        with self._world.change():
            media = self._world.add_media(kind, name, content)
        return self._message(kind, MediaId=media.id, **({"FileName": name} if kind == "file" else {}))

    def presses(self, label: str, chosen: Mapping[str, Sequence[str]] | None = None, *, on: str = "") -> JSON:
        """The button of the last card that shows it and is titled so; one that was replaced cannot be pressed.

        `chosen` are the ids of what was chosen on the card, by its questions.
        """
        with self._world.change():
            key = self.member.key
            cards = [one for one in self._world.messages if key in one.receivers and not one.recalled]
            message, button = next(
                (card, button)
                for card in reversed(cards)
                for button in _buttons(card.look(key))
                if button["text"] == label and "replaced" not in card.look(key) and on in Seen.of(_look(card, key)).text
            )
            pressed = self._press(message)
        return self._event("template_card_event", EventKey=button["key"], **pressed, **_chosen(chosen or {}))

    def forges(self, key: str) -> JSON:
        """A press of a button that the last card does not have."""
        with self._world.change():
            cards = (one for one in self._world.messages if "task_id" in one.content)
            pressed = self._press(next(one for one in reversed([*cards]) if self.member.key in one.receivers))
        return self._event("template_card_event", EventKey=key, **pressed)

    def presses_menu(self, key: str) -> JSON:
        return self._event("click", EventKey=key)

    def enters(self) -> JSON:
        return self._event("enter_agent", EventKey="")

    def comes(self) -> JSON:
        return self._event("subscribe", EventKey="")

    def goes(self) -> JSON:
        return self._event("unsubscribe", EventKey="")

    def _press(self, message: Message) -> JSON:
        """The card keeps the task_id that it was sent with, whatever became of it."""
        return {
            "TaskId": message.content["task_id"],
            "CardType": message.look(self.member.key)["card_type"],
            "ResponseCode": self._world.code(message),
        }

    def _event(self, name: str, **more: Any) -> JSON:
        moment = self._world.moment((self.member.key, name, more.get("EventKey"), more.get("TaskId")))
        return self._said("event", CreateTime=moment, Event=name, **more)

    def _message(self, kind: str, **more: Any) -> JSON:
        return self._said(kind, **more, MsgId=4_561_255_354_251_340_000 + self._world.number())

    def _said(self, kind: str, **more: Any) -> JSON:
        head = {"ToUserName": self._world.corp, "FromUserName": self.userid, "CreateTime": int(self._world.clock())}
        said = {**head, "MsgType": kind, **more, "AgentID": self._app.agent}
        return self._world.happened(self.member.key, said)


def _look(message: Message, key: str) -> JSON:
    return {"kind": message.kind, **message.look(key)}


def _chosen(chosen: Mapping[str, Sequence[str]]) -> JSON:
    items = [{"QuestionKey": key, "OptionIds": {"OptionId": list(ids)}} for key, ids in chosen.items()]
    return {"SelectedItems": {"SelectedItem": items}} if items else {}
