"""The state that both layers share, under one lock: who there is, who is where, what was written, who hears of it."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterable

from tests.changes import Changes
from tests.telegram import utf16
from tests.telegram.refusals import JSON, Refused, bad_request, forbidden
from tests.telegram.things import Account, BotAccount, Chat, Message, Query, StoredFile

# No id fits into 32 bits, as Telegram warns.
FIRST_PERSON = 6_000_000_001
FIRST_GROUP = -5_000_000_001
FIRST_SUPERGROUP = -1_002_000_000_001
SERVICE = {"new_chat_members", "left_chat_member", "group_chat_created", "supergroup_chat_created"} | {
    *("forum_topic_created", "forum_topic_closed", "migrate_to_chat_id", "migrate_from_chat_id"),
}


class World(Changes):
    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        super().__init__()
        self.clock = clock
        self.accounts: dict[int, Account] = {}
        self.bots: dict[str, BotAccount] = {}
        self.groups: dict[int, Chat] = {}
        self.privates: dict[tuple[int, int], Chat] = {}
        self.blocked: set[tuple[int, int]] = set()
        self.files: dict[str, StoredFile] = {}
        self.queries: dict[str, Query] = {}
        self.complaints: list[str] = []
        self._numbers = itertools.count(1)

    def number(self) -> int:
        return next(self._numbers)

    def now(self) -> int:
        return int(self.clock())

    def add_person(self, name: str, username: str) -> Account:
        person = Account(FIRST_PERSON + self.number(), name, username)
        self.accounts[person.id] = person
        return person

    def add_bot(self, token: str, name: str, username: str, *, privacy: bool) -> BotAccount:
        bot = BotAccount(int(token.partition(":")[0]), name, username, token=token, privacy=privacy)
        self.accounts[bot.id] = self.bots[token] = bot
        return bot

    def add_group(self, title: str, kind: str, *, forum: bool = False) -> Chat:
        first = FIRST_GROUP if kind == "group" else FIRST_SUPERGROUP
        number = self.number()
        chat = Chat(first - number, kind, title, f"instance-{number}", topics={} if forum else None)
        self.groups[chat.id] = chat
        return chat

    def private(self, bot: BotAccount, person: Account) -> Chat:
        """The chat of the two, opened by the person."""
        key = (bot.id, person.id)
        if key not in self.privates:
            instance = f"instance-{self.number()}"
            self.privates[key] = Chat(person.id, "private", person.name, instance, person=person, bot=bot)
        return self.privates[key]

    def add_file(self, name: str, content: bytes, folder: str) -> StoredFile:
        number = self.number()
        suffix = name.rpartition(".")[2] if "." in name else "bin"
        file = StoredFile(f"file-{number}-{folder}", name, content, f"{folder}/file_{number}.{suffix}")
        self.files[file.id] = file
        return file

    def found(self, bot: BotAccount, chat_id: str) -> Chat:
        """The chat that a call means, whether or not the bot may write there."""
        if not chat_id:
            raise bad_request("chat_id is empty")
        number = int(chat_id) if chat_id.removeprefix("-").isdigit() else 0
        chat = self.privates.get((bot.id, number)) if number > 0 else self.groups.get(number)
        if chat is None and self._met(bot, number):
            raise forbidden("bot can't initiate conversation with a user")
        if chat is None or not (chat.private or bot.id in chat.members):
            raise bad_request("chat not found")
        if chat.migrated_to is not None:
            new = chat.migrated_to.id
            raise bad_request("group chat was upgraded to a supergroup chat", migrate_to_chat_id=new)
        return chat

    def writable(self, bot: BotAccount, chat_id: str) -> Chat:
        """The chat that a call means, where the bot may write."""
        chat = self.found(bot, chat_id)
        if refusal := self._closed(bot, chat):
            raise refusal
        return chat

    def _met(self, bot: BotAccount, number: int) -> bool:
        """Whether the bot knows that person from a group, without having been written to."""
        return any(number in chat.members and bot.id in chat.members for chat in self.groups.values() if number > 0)

    def _closed(self, bot: BotAccount, chat: Chat) -> Refused | None:
        if chat.person is not None and chat.person.deactivated:
            return forbidden("user is deactivated")
        if chat.person is not None and (bot.id, chat.person.id) in self.blocked:
            return forbidden("bot was blocked by the user")
        status = chat.members.get(bot.id, "member")
        if status == "kicked":
            return forbidden(f"bot was kicked from the {chat.kind} chat")
        return forbidden(f"bot is not a member of the {chat.kind} chat") if status == "left" else None

    def post(self, chat: Chat, sender: Account, body: JSON, **more: object) -> Message:
        """A new message; every bot that may hear it gets an update, but never its own."""
        message = Message(chat.next_message_id(), chat, sender, self.now(), body)
        for name, value in more.items():
            setattr(message, name, value)
        chat.messages[message.id] = message
        self.announce("message", message)
        return message

    def announce(self, kind: str, message: Message) -> None:
        for bot in self.hearers(message.chat):
            if bot is not message.sender and self._hears(bot, message):
                bot.queue.put(kind, message.wire())

    def hearers(self, chat: Chat) -> Iterable[BotAccount]:
        if chat.bot is not None:
            return [chat.bot]
        return [bot for bot in self.bots.values() if chat.has(bot)]

    def _hears(self, bot: BotAccount, message: Message) -> bool:
        """Privacy mode: of a group a bot hears commands, its name and replies to itself; of other bots nothing."""
        if isinstance(message.sender, BotAccount) and not SERVICE & message.body.keys():
            return False
        replied = message.reply_to is not None and message.reply_to.sender is bot
        seen = message.chat.private or not bot.privacy or message.chat.members.get(bot.id) == "administrator"
        return seen or replied or bool(SERVICE & message.body.keys()) or _meant(bot, message)

    def member_changed(self, bot: BotAccount, chat: Chat, by: Account, old: str, new: str) -> None:
        """Tells a bot of its own standing in a chat."""
        states = {"old_chat_member": member(bot, old), "new_chat_member": member(bot, new)}
        change = {"chat": chat.wire(), "from": by.wire(), "date": self.now(), **states}
        bot.queue.put("my_chat_member", change)


def member(account: Account, status: str) -> JSON:
    """A ChatMember as Telegram writes it."""
    more: JSON = {"until_date": 0} if status == "kicked" else {}
    if status == "creator":
        more = {"is_anonymous": False}
    if status == "administrator":
        more = dict.fromkeys(ADMINISTRATOR_RIGHTS, True) | {"can_be_edited": False, "is_anonymous": False}
    return {"user": account.wire(), "status": status, **more}


ADMINISTRATOR_RIGHTS = (
    *("can_manage_chat", "can_delete_messages", "can_manage_video_chats", "can_restrict_members"),
    *("can_promote_members", "can_change_info", "can_invite_users", "can_post_stories"),
    *("can_edit_stories", "can_delete_stories"),
)


def _meant(bot: BotAccount, message: Message) -> bool:
    text = message.text
    said = [(entity["type"], utf16.part(text, entity).lower()) for entity in message.entities]
    name = f"@{bot.username}".lower()
    return any(
        (kind == "mention" and word == name) or (kind == "bot_command" and ("@" not in word or word.endswith(name)))
        for kind, word in said
    )
