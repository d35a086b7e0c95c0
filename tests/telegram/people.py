"""The people of a test: what they write, press and send, and what they see.

wang.says("请假 周五下午"); wang.presses("同意", on="王磊 想调休"); assert wang.last().text == "…"
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from tests.telegram import commands, files, utf16
from tests.telegram.refusals import JSON
from tests.telegram.seen import Seen, SeenButton, shown
from tests.telegram.things import INSIDE, Account, BotAccount, Chat, Message, Query, Toast
from tests.telegram.world import World


class Place(Protocol):
    """A group, or one topic of it."""

    @property
    def chat(self) -> Chat: ...

    @property
    def thread(self) -> int | None: ...


class Person:
    """Acts in the private chat with the bot unless a group or a topic is given."""

    def __init__(self, world: World, bot: BotAccount, account: Account) -> None:
        self._world = world
        self._bot = bot
        self.account = account

    @property
    def id(self) -> int:
        return self.account.id

    @property
    def name(self) -> str:
        return self.account.name

    def to(self, bot: BotAccount) -> Person:
        """The same person with another bot."""
        return Person(self._world, bot, self.account)

    def starts(self, payload: str = "") -> Seen:
        """Opens the private chat, by a deep link if there is a payload; a blocked bot is unblocked."""
        with self._world.change():
            self._world.private(self._bot, self.account)
            if self._blocked:
                self.unblocks()
            return self.says(f"/start {payload}".strip())

    def has_started(self) -> None:
        """As if they had opened the private chat some time ago."""
        with self._world.change():
            self._world.private(self._bot, self.account)

    def says(self, text: str, to: Place | None = None, *, reply_to: Seen | None = None) -> Seen:
        entities = utf16.found_in(text)
        return self._post({"text": text, **({"entities": entities} if entities else {})}, to, reply_to)

    def sends_file(self, name: str, content: bytes, to: Place | None = None, *, caption: str = "") -> Seen:
        with self._world.change():
            file = self._world.add_file(name, content, "documents")
        return self._post({**files.wire(file, "document"), **_caption(caption)}, to)

    def sends_photo(self, content: bytes, to: Place | None = None, *, caption: str = "") -> Seen:
        with self._world.change():
            file = self._world.add_file("photo.jpg", content, "photos")
        return self._post({**files.wire(file, "photo"), **_caption(caption)}, to)

    def sends_album(self, pictures: Sequence[bytes], to: Place | None = None, *, caption: str = "") -> list[Seen]:
        """Two to ten pictures that belong together; the first one has the caption."""
        assert 2 <= len(pictures) <= 10, "an album holds two to ten"
        with self._world.change():
            files_sent = [self._world.add_file("photo.jpg", one, "photos") for one in pictures]
            together = {"media_group_id": str(13_000_000_000 + self._world.number())}
            bodies = [{**files.wire(one, "photo"), **together} for one in files_sent]
            bodies[0] |= _caption(caption)
            return [self._post(body, to) for body in bodies]

    def sends_voice(self, to: Place | None = None, *, seconds: int = 3) -> Seen:
        with self._world.change():
            file = self._world.add_file("voice.oga", b"OggS", "voice")
        return self._post({"voice": {**file.wire(), "duration": seconds, "mime_type": "audio/ogg"}}, to)

    def sends_sticker(self, to: Place | None = None, *, emoji: str = "👍") -> Seen:
        with self._world.change():
            file = self._world.add_file("sticker.webp", b"RIFF", "stickers")
        kind = {"type": "regular", "width": 512, "height": 512, "is_animated": False, "is_video": False}
        return self._post({"sticker": {**file.wire(), **kind, "emoji": emoji}}, to)

    def sends_location(self, to: Place | None = None, *, latitude: float = 31.2, longitude: float = 121.5) -> Seen:
        return self._post({"location": {"latitude": latitude, "longitude": longitude}}, to)

    def edits(self, message: Seen, text: str) -> Seen:
        own = message.message
        assert own.sender is self.account, f"{self.name} did not write {message.line()!r}"
        with self._world.change():
            entities = utf16.found_in(text)
            own.body = {"text": text, **({"entities": entities} if entities else {})}
            own.edit_date = self._world.now()
            self._world.announce("edited_message", own)
        return Seen.of(own)

    def presses(self, label: str, *, on: str = "", at: Place | None = None) -> Query:
        """Presses the newest button with that label, on the newest message that says `on`; fails with what is seen."""
        with self._world.change():
            for message in reversed(self.sees(at)):
                if on in message.text and (button := _button(message, label)):
                    assert button.data, f"{label!r} opens {button.url!r} or copies {button.copies!r}: nothing is sent"
                    return self.sends_callback(message, button.data)
        seen = "\n".join(message.line() for message in self.sees(at))
        raise AssertionError(f"{self.name} sees no button {label!r} on a message with {on!r}:\n{seen}")

    def sends_callback(self, message: Seen, data: str, *, inaccessible: bool = False) -> Query:
        """Sends this data from that message, whether or not a button offers it."""
        shown_message = message.message
        with self._world.change():
            bot = shown_message.sender
            assert isinstance(bot, BotAccount), f"no bot wrote {message.line()!r}"
            query = Query(str(8_000_000_000 + self._world.number()), self.account, bot, self._world.clock())
            self._world.queries[query.id] = query
            wire = shown_message.inaccessible() if inaccessible or shown_message.deleted else shown_message.wire()
            about = {"chat_instance": shown_message.chat.instance, "data": data, "message": wire}
            bot.queue.put("callback_query", {"id": query.id, "from": self.account.wire(), **about})
        return query

    def blocks(self) -> None:
        with self._world.change():
            chat = self._private()
            self._world.blocked.add((self._bot.id, self.id))
            self._world.member_changed(self._bot, chat, self.account, "member", "kicked")

    def unblocks(self) -> None:
        with self._world.change():
            chat = self._private()
            self._world.blocked.remove((self._bot.id, self.id))
            self._world.member_changed(self._bot, chat, self.account, "kicked", "member")

    def deactivates(self) -> None:
        """The account is deleted; Telegram tells the bot nothing."""
        with self._world.change():
            self.account.deactivated = True

    def sees(self, at: Place | None = None) -> list[Seen]:
        """The messages in the private chat (none before it is started), in a group or in a topic."""
        with self._world.changed:
            if at is not None:
                return shown(at.chat, at.thread)
            chat = self._world.privates.get((self._bot.id, self.id))
            return shown(chat) if chat is not None else []

    def last(self, at: Place | None = None) -> Seen:
        """The bot's newest message."""
        heard = [message for message in self.sees(at) if message.message.sender is self._bot]
        assert heard, f"{self.name} has heard nothing from the bot"
        return heard[-1]

    def hears(self, text: str, at: Place | None = None) -> Seen | None:
        """The newest message of the bot that says this, if there is one: made for `wait_for`."""
        heard = [message for message in self.sees(at) if message.message.sender is self._bot and text in message.text]
        return heard[-1] if heard else None

    @property
    def toasts(self) -> list[Toast]:
        """What the bot answered to this person's presses and showed, oldest first."""
        with self._world.changed:
            answers = [query.answer for query in self._world.queries.values() if query.person is self.account]
            return [answer for answer in answers if answer is not None and answer.text]

    def menu(self, at: Place | None = None) -> dict[str, str]:
        """The commands that the bot offers here, with their descriptions."""
        with self._world.changed:
            return commands.menu(self._bot, self.account, at.chat if at is not None else self._private())

    @property
    def _blocked(self) -> bool:
        return (self._bot.id, self.id) in self._world.blocked

    def _private(self) -> Chat:
        chat = self._world.privates.get((self._bot.id, self.id))
        assert chat is not None, f"{self.name} has not started @{self._bot.username}"
        return chat

    def _post(self, body: JSON, to: Place | None, reply_to: Seen | None = None) -> Seen:
        with self._world.change():
            chat = to.chat if to is not None else self._private()
            self._check_may_write(chat)
            thread = to.thread if to is not None else None
            answered = reply_to.message if reply_to is not None else _topic_note(chat, thread)
            message = self._world.post(chat, self.account, body, thread=thread, reply_to=answered)
            return Seen.of(message)

    def _check_may_write(self, chat: Chat) -> None:
        assert not self.account.deactivated, f"the account of {self.name} is gone"
        assert not (chat.private and self._blocked), f"{self.name} has blocked the bot"
        inside = chat.private or chat.members.get(self.id) in INSIDE
        assert inside, f"{self.name} is not in {chat.title}"


def _topic_note(chat: Chat, thread: int | None) -> Message | None:
    """In a topic Telegram shows every message as a reply to the note that opened it."""
    return chat.messages.get(thread) if thread is not None else None


def _caption(caption: str) -> JSON:
    entities = utf16.found_in(caption)
    body: JSON = {"caption": caption} if caption else {}
    return body | ({"caption_entities": entities} if entities else {})


def _button(message: Seen, label: str) -> SeenButton | None:
    return next((button for button in message.buttons if button.label == label), None)
