"""Every method that the fake knows, in one table, and those that need no file of their own."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

from tests.telegram import commands, files, sending
from tests.telegram.call import Call
from tests.telegram.queue import Webhook
from tests.telegram.refusals import JSON, bad_request
from tests.telegram.things import Toast
from tests.telegram.world import member

TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
LONGEST_TOAST = 200
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
WEBHOOK_PORTS = {80, 88, 443, 8443}
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")


def get_me(call: Call) -> JSON:
    abilities = {"can_join_groups": True, "can_read_all_group_messages": not call.bot.privacy}
    return {**call.bot.wire(), **abilities, "supports_inline_queries": False, "has_main_web_app": False}


def answer_callback_query(call: Call) -> bool:
    query = call.world.queries.get(call.params.text("callback_query_id"))
    text = call.params.text("text")
    if len(text) > LONGEST_TOAST:
        raise bad_request("MESSAGE_TOO_LONG")
    known = query is not None and query.bot is call.bot
    if query is None or not known or query.answer is not None or call.world.clock() - query.at > call.callback_seconds:
        raise bad_request(TOO_OLD)
    query.answer = Toast(text, call.params.flag("show_alert"))
    return True


def get_chat(call: Call) -> JSON:
    chat = call.writable_chat()
    gifts = dict.fromkeys(("unlimited_gifts", "limited_gifts", "unique_gifts", "premium_subscription"), True)
    gifts["gifts_from_channels"] = True
    return {**chat.wire(), "accent_color_id": 0, "max_reaction_count": 11, "accepted_gift_types": gifts}


def get_chat_member(call: Call) -> JSON:
    chat = call.writable_chat()
    account = call.world.accounts.get(call.params.number("user_id"))
    if account is None:
        raise bad_request("member not found")
    together = chat.private and account in (chat.person, chat.bot)
    return member(account, chat.members.get(account.id, "member" if together else "left"))


def leave_chat(call: Call) -> bool:
    chat = call.writable_chat()
    if chat.private:
        raise bad_request("chat member status can't be changed in private chats")
    call.world.post(chat, call.bot, {"left_chat_member": call.bot.wire()})
    chat.members[call.bot.id] = "left"
    call.world.member_changed(call.bot, chat, call.bot, "member", "left")
    return True


def set_webhook(call: Call) -> bool:
    url, secret = call.params.text("url"), call.params.text("secret_token")
    _refuse_dropping(call)
    if not url:
        return delete_webhook(call)
    _check_webhook(url)
    if secret and not SECRET.fullmatch(secret):
        raise bad_request("secret token contains unallowed characters")
    _remember_allowed(call)
    connections = min(max(call.params.number("max_connections", 40), 1), 100)
    call.bot.queue.webhook = Webhook(url, secret, connections)
    call.bot.queue.end_polls("setWebhook request")
    return True


def delete_webhook(call: Call) -> bool:
    _refuse_dropping(call)
    call.bot.queue.webhook = None
    return True


def get_webhook_info(call: Call) -> JSON:
    queue = call.bot.queue
    hook = queue.webhook or Webhook("")
    info: JSON = {"url": hook.url, "has_custom_certificate": False, "pending_update_count": len(queue.pending)}
    info |= {"max_connections": hook.max_connections} if hook.url else {}
    info |= {"allowed_updates": queue.allowed} if queue.allowed else {}
    if hook.last_error:
        info |= {"last_error_date": hook.last_error_date, "last_error_message": hook.last_error}
    return info


def _check_webhook(url: str) -> None:
    address = urlsplit(url)
    local = address.hostname in LOOPBACK
    if address.scheme != "https" and not (local and address.scheme == "http"):
        raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
    if not local and (address.port or 443) not in WEBHOOK_PORTS:
        raise bad_request("bad webhook: Webhook can be set up only on ports 80, 88, 443 or 8443")


def _refuse_dropping(call: Call) -> None:
    """A bot that throws away what people wrote while it was down is never right."""
    if call.params.flag("drop_pending_updates"):
        call.complain("drop_pending_updates throws away what people wrote")
        raise bad_request("drop_pending_updates is not allowed in tests")


def _remember_allowed(call: Call) -> None:
    allowed = call.params.strings("allowed_updates", "allowed_updates")
    if allowed is not None:
        call.bot.queue.allowed = allowed


def take_updates(call: Call) -> list[JSON]:
    """The part of getUpdates that does not wait: confirms what is below the offset, gives what is left."""
    _remember_allowed(call)
    queue = call.bot.queue
    queue.confirm_before(call.params.number("offset"))
    return waiting(call)


def waiting(call: Call) -> list[JSON]:
    limit = min(max(call.params.number("limit", 100), 1), 100)
    pending = call.bot.queue.pending
    return [pending[number] for number in sorted(pending)[:limit]]


METHODS: dict[str, Callable[[Call], Any]] = {
    "getMe": get_me,
    "getUpdates": take_updates,
    "setWebhook": set_webhook,
    "deleteWebhook": delete_webhook,
    "getWebhookInfo": get_webhook_info,
    "sendMessage": sending.send_message,
    "sendDocument": sending.send_document,
    "sendPhoto": sending.send_photo,
    "editMessageText": sending.edit_message_text,
    "editMessageCaption": sending.edit_message_caption,
    "editMessageReplyMarkup": sending.edit_message_reply_markup,
    "deleteMessage": sending.delete_message,
    "answerCallbackQuery": answer_callback_query,
    "setMyCommands": commands.set_my_commands,
    "getMyCommands": commands.get_my_commands,
    "deleteMyCommands": commands.delete_my_commands,
    "getFile": files.get_file,
    "getChat": get_chat,
    "getChatMember": get_chat_member,
    "leaveChat": leave_chat,
}
# Telegram does not mind the case of a method's name.
NAMES = {name.lower(): name for name in METHODS}
