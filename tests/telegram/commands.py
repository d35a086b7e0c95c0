"""The command menus of a bot, one per scope and language."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.telegram.call import Call
from tests.telegram.refusals import JSON, bad_request
from tests.telegram.things import Account, BotAccount, Chat

MOST = 100
NAME = re.compile(r"[a-z0-9_]{1,32}")
LONGEST_DESCRIPTION = 256
SCOPES: dict[str, tuple[str, ...]] = {
    "default": (),
    "all_private_chats": (),
    "all_group_chats": (),
    "all_chat_administrators": (),
    "chat": ("chat_id",),
    "chat_administrators": ("chat_id",),
    "chat_member": ("chat_id", "user_id"),
}


def set_my_commands(call: Call) -> bool:
    commands = call.params.data("commands", "commands")
    if not isinstance(commands, list):
        raise bad_request("can't parse commands: Expected an Array")
    if len(commands) > MOST:
        raise bad_request("BOT_COMMANDS_TOO_MUCH")
    for command in commands:
        _check(command)
    call.bot.commands[_key(call)] = commands
    return True


def get_my_commands(call: Call) -> list[JSON]:
    return call.bot.commands.get(_key(call), [])


def delete_my_commands(call: Call) -> bool:
    call.bot.commands.pop(_key(call), None)
    return True


def menu(bot: BotAccount, person: Account, chat: Chat) -> dict[str, str]:
    """The commands that a person is offered in a chat: the narrowest scope wins, the person's language within it."""
    number = str(chat.id)
    wide = [_scope_key("all_private_chats")] if chat.private else [_scope_key("all_group_chats")]
    scopes = [_scope_key("chat", number), *wide, _scope_key("default")]
    if chat.members.get(person.id) in {"creator", "administrator"}:
        scopes = [
            _scope_key("chat_administrators", number),
            scopes[0],
            _scope_key("all_chat_administrators"),
            *scopes[1:],
        ]
    scopes.insert(0, _scope_key("chat_member", number, str(person.id)))
    for scope in scopes:
        for language in (person.language.partition("-")[0], ""):
            if found := bot.commands.get((scope, language)):
                return {command["command"]: command["description"] for command in found}
    return {}


def _check(command: Any) -> None:
    if not isinstance(command, dict) or not {"command", "description"} <= command.keys():
        raise bad_request("can't parse commands: Expected BotCommand")
    if not NAME.fullmatch(str(command["command"]).removeprefix("/")):
        raise bad_request("BOT_COMMAND_INVALID")
    if not 1 <= len(str(command["description"])) <= LONGEST_DESCRIPTION:
        raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")


def _key(call: Call) -> tuple[str, str]:
    language = call.params.text("language_code")
    if language and not re.fullmatch(r"[a-z]{2}", language):
        raise bad_request("invalid language code specified")
    scope = call.params.data("scope", "BotCommandScope") or {"type": "default"}
    kind = scope.get("type")
    if kind not in SCOPES:
        raise bad_request("can't parse BotCommandScope: Unsupported type specified")
    if "chat_id" in SCOPES[kind]:
        call.world.found(call.bot, str(scope.get("chat_id", "")))
    return _scope_key(kind, *[str(scope.get(name, "")) for name in SCOPES[kind]]), language


def _scope_key(kind: str, *names: str) -> str:
    return json.dumps([kind, *names])
