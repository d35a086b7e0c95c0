"""The people: what each sees in a chat, and what the bot is told when they do something there."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

from tests.wecom.people import Seen
from tests.wecom.refusals import JSON
from tests.wecom_bot.things import Callback, Chat, Message
from tests.wecom_bot.world import World

PAD_BYTES = 32
OUR_NAME = "@前台 "


class Person:
    """Speaks to the bot in private, or in a group by its name. `home` is where what they send is had."""

    def __init__(self, world: World, userid: str, home: str) -> None:
        self.userid = userid
        self._world = world
        self._home = home
        self._private = world.chats.setdefault(userid, Chat(userid, (userid,)))

    def sees(self, group: Chat | None = None) -> list[Seen]:
        with self._world.lock:
            return [Seen.of(message.look(self.userid)) for message in self._chat(group).messages]

    def says(self, words: str, group: Chat | None = None) -> Callback:
        return self._message(group, "text", text={"content": OUR_NAME + words if group else words})

    def speaks(self, transcript: str) -> Callback:
        """WeCom writes down what it hears."""
        return self._message(None, "voice", voice={"content": transcript})

    def sends_file(self, name: str, content: bytes, kind: str = "file") -> Callback:
        """In private only."""
        return self._message(None, kind, **{kind: self._sealed(kind, name, content)})

    def sends_pictures(self, words: str, *pictures: bytes, group: Chat | None = None) -> Callback:
        """With words, in one message."""
        text = {"msgtype": "text", "text": {"content": OUR_NAME + words if group else words}}
        images = [{"msgtype": "image", "image": self._sealed("image", "", one)} for one in pictures]
        return self._message(group, "mixed", mixed={"msg_item": [text, *images]})

    def presses(self, label: str, group: Chat | None = None, *, on: str = "") -> Callback:
        """The button of the last card that shows it and is titled so."""
        with self._world.lock:
            message, button = next(
                (message, button)
                for message in reversed(self._chat(group).messages)
                for button in message.look(self.userid).get("button_list", ())
                if button["text"] == label and on in Seen.of(message.look(self.userid)).text
            )
        return self.presses_key(message, button["key"], group)

    def forges(self, key: str) -> Callback:
        """A button that the last card does not have."""
        with self._world.lock:
            cards = [one for one in self._private.messages if "task_id" in one.look(self.userid)]
        return self.presses_key(cards[-1], key)

    def presses_key(self, card: Message, key: str, group: Chat | None = None) -> Callback:
        look = card.look(self.userid)
        inner = {"card_type": look["card_type"], "event_key": key, "task_id": look["task_id"]}
        return self._event(group, "template_card_event", card, template_card_event=inner)

    def enters(self) -> Callback:
        return self._event(None, "enter_chat")

    def likes(self) -> Callback:
        return self._event(None, "feedback_event", feedback_event={"id": "f1", "type": 1})

    def _chat(self, group: Chat | None) -> Chat:
        return group or self._private

    def _message(self, group: Chat | None, kind: str, **more: Any) -> Callback:
        with self._world.lock:
            chat = self._chat(group)
            assert self.userid in chat.members, "not in this group"
            chat.spoken = True
            return self._world.call_back(chat, {**self._head(chat), "msgtype": kind, **more})

    def _event(self, group: Chat | None, kind: str, card: Message | None = None, **more: Any) -> Callback:
        with self._world.lock:
            chat = self._chat(group)
            body = {**self._head(chat), "create_time": int(self._world.clock()), "msgtype": "event"}
            return self._world.call_back(chat, {**body, "event": {"eventtype": kind, **more}}, event=kind, card=card)

    def _head(self, chat: Chat) -> JSON:
        where = {"chatid": chat.id, "chattype": "group"} if chat.group else {"chattype": "single"}
        number = self._world.number("msg")
        return {"msgid": number, "aibotid": self._world.bot_id, **where, "from": {"userid": self.userid}}

    def _sealed(self, kind: str, name: str, content: bytes) -> JSON:
        """AES-256-CBC by a key of its own, padded to 32."""
        key = hashlib.sha256(self._world.number("key").encode()).digest()
        pad = PAD_BYTES - len(content) % PAD_BYTES
        context = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        sealed = context.update(content + bytes([pad]) * pad) + context.finalize()
        with self._world.lock:
            path = self._world.hand_out(kind, name, sealed)
        return {"url": f"{self._home}{path}?sign=a%2Bb", "aeskey": base64.b64encode(key).decode()}
