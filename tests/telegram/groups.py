"""The groups of a test, small ones, supergroups and forums, and what happens to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Self

from tests.telegram.people import Person
from tests.telegram.refusals import JSON
from tests.telegram.seen import Seen, shown
from tests.telegram.things import Account, BotAccount, Chat, Message
from tests.telegram.world import World


class Group:
    def __init__(self, world: World, bot: BotAccount, chat: Chat, creator: Account) -> None:
        self._world = world
        self._bot = bot
        self.chat = chat
        self._creator = creator

    @classmethod
    def created(
        cls,
        world: World,
        bot: BotAccount,
        title: str,
        kind: str,
        people: Sequence[Person],
        *,
        forum: bool = False,
        with_bot: bool = True,
    ) -> Self:
        """By the first of these people, who then adds the bot."""
        assert people, "somebody creates a group"
        with world.change():
            group = cls(world, bot, world.add_group(title, kind, forum=forum), people[0].account)
            group.chat.members = {person.id: "member" for person in people} | {people[0].id: "creator"}
            group._note({f"{kind}_chat_created": True})
            if with_bot:
                group.adds_bot()
        return group

    @property
    def id(self) -> int:
        """Another one after the group has migrated."""
        return self.chat.id

    @property
    def thread(self) -> int | None:
        """Messages to a group stand in no topic."""
        return None

    def sees(self) -> list[Seen]:
        """What everybody in the group sees."""
        with self._world.changed:
            return shown(self.chat)

    def last(self) -> Seen:
        """The bot's newest message."""
        heard = [message for message in self.sees() if message.message.sender is self._bot]
        assert heard, f"nothing from the bot in {self.chat.title}"
        return heard[-1]

    def adds(self, person: Person) -> None:
        with self._world.change():
            self.chat.members[person.id] = "member"
            self._note({"new_chat_members": [person.account.wire()]})

    def removes(self, person: Person) -> None:
        with self._world.change():
            self.chat.members[person.id] = "left"
            self._note({"left_chat_member": person.account.wire()})

    def adds_bot(self, bot: BotAccount | None = None) -> None:
        bot = bot or self._bot
        with self._world.change():
            before = self.chat.members.get(bot.id, "left")
            self.chat.members[bot.id] = "member"
            self._world.member_changed(bot, self.chat, self._creator, before, "member")
            self._note({"new_chat_members": [bot.wire()]})

    def kicks_bot(self, bot: BotAccount | None = None) -> None:
        self._bot_becomes("kicked", bot)
        with self._world.change():
            self._note({"left_chat_member": (bot or self._bot).wire()})

    def promotes_bot(self, bot: BotAccount | None = None) -> None:
        """An administrator hears everything, whatever its privacy mode."""
        self._bot_becomes("administrator", bot)

    def topic(self, name: str) -> Topic:
        """The forum's topic of that name, opened if there is none yet."""
        assert self.chat.topics is not None, f"{self.chat.title} is no forum"
        with self._world.change():
            known = {title: thread for thread, title in self.chat.topics.items()}
            if name not in known:
                known[name] = self.chat.next_message_id()
                self.chat.topics[known[name]] = name
                self._note({"forum_topic_created": {"name": name, "icon_color": 7322096}}, thread=known[name])
            return Topic(self._world, self.chat, known[name], name)

    def migrates(self) -> None:
        """The small group becomes a supergroup: another id, message ids from 1, and a note in each about the other."""
        old = self.chat
        assert old.kind == "group", f"{old.title} is a supergroup already"
        with self._world.change():
            new = self._world.add_group(old.title, "supergroup")
            new.members = dict(old.members)
            self._note({"migrate_to_chat_id": new.id})
            old.migrated_to = self.chat = new
            self._note({"migrate_from_chat_id": old.id})

    def _bot_becomes(self, status: str, bot: BotAccount | None) -> None:
        bot = bot or self._bot
        with self._world.change():
            before, self.chat.members[bot.id] = self.chat.members[bot.id], status
            self._world.member_changed(bot, self.chat, self._creator, before, status)

    def _note(self, body: JSON, thread: int | None = None) -> Message:
        return self._world.post(self.chat, self._creator, body, thread=thread)


class Topic:
    """A topic of a forum: a place to write to and to look at."""

    def __init__(self, world: World, chat: Chat, thread: int, name: str) -> None:
        self._world = world
        self.chat = chat
        self.thread: int | None = thread
        self.name = name

    def sees(self) -> list[Seen]:
        with self._world.changed:
            return shown(self.chat, self.thread)

    def goes_away(self) -> None:
        """Somebody deletes it with all that stands in it."""
        assert self.chat.topics is not None
        assert self.thread is not None
        with self._world.change():
            self.chat.topics.pop(self.thread)
            for message in self.chat.messages.values():
                message.deleted = message.deleted or message.thread == self.thread
