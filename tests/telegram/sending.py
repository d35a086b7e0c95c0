"""The methods that send, edit and delete messages."""

from __future__ import annotations

from tests.telegram import files, keyboards, texts
from tests.telegram.call import Call
from tests.telegram.refusals import JSON, bad_request
from tests.telegram.things import Chat, Message

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same as "
    "a current content and reply markup of the message"
)
DELETABLE = 48 * 3600


def send_message(call: Call) -> JSON:
    return _send(call, texts.text_of(call))


def send_document(call: Call) -> JSON:
    return _send(call, texts.caption_of(call), media="document")


def send_photo(call: Call) -> JSON:
    return _send(call, texts.caption_of(call), media="photo")


def _send(call: Call, body: JSON, *, media: str = "") -> JSON:
    keyboard = keyboards.inline_keyboard(call.params, call.world.complaints)
    chat = call.writable_chat()
    thread = _thread(chat, call)
    reply_to = _reply_to(chat, call)
    if media:
        body = files.of_call(call, media) | body
    call.keep_pace(chat)
    message = call.world.post(chat, call.bot, body, markup=keyboard, thread=thread, reply_to=reply_to)
    return message.wire()


def _thread(chat: Chat, call: Call) -> int | None:
    """The topic; the General topic has no id to be sent to."""
    thread = call.params.number("message_thread_id")
    if thread and thread not in (chat.topics or {}):
        raise bad_request("message thread not found")
    return thread or None


def _reply_to(chat: Chat, call: Call) -> Message | None:
    reply = call.params.data("reply_parameters", "reply parameters")
    if reply is None:
        return None
    message = chat.messages.get(int(reply.get("message_id", 0)))
    if (message is None or message.deleted) and not reply.get("allow_sending_without_reply"):
        raise bad_request("message to be replied not found")
    return message


def edit_message_text(call: Call) -> JSON:
    body = texts.text_of(call)
    keyboard = keyboards.inline_keyboard(call.params, call.world.complaints, editing=True)
    message = _to_edit(call)
    if "text" not in message.body:
        raise bad_request("there is no text in the message to edit")
    return _edit(call, message, body, keyboard)


def edit_message_caption(call: Call) -> JSON:
    caption = texts.caption_of(call)
    keyboard = keyboards.inline_keyboard(call.params, call.world.complaints, editing=True)
    message = _to_edit(call)
    if "text" in message.body:
        raise bad_request("there is no caption in the message to edit")
    kept = {name: held for name, held in message.body.items() if name not in ("caption", "caption_entities")}
    return _edit(call, message, kept | caption, keyboard)


def edit_message_reply_markup(call: Call) -> JSON:
    keyboard = keyboards.inline_keyboard(call.params, call.world.complaints, editing=True)
    message = _to_edit(call)
    return _edit(call, message, message.body, keyboard)


def _to_edit(call: Call) -> Message:
    if not call.params.text("message_id"):
        raise bad_request("message identifier is not specified")
    message = call.writable_chat().messages.get(call.params.number("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to edit not found")
    if message.sender is not call.bot:
        raise bad_request("message can't be edited")
    return message


def _edit(call: Call, message: Message, body: JSON, keyboard: JSON | None) -> JSON:
    if (body, keyboard) == (message.body, message.markup):
        raise bad_request(NOT_MODIFIED)
    call.keep_pace(message.chat, edit=True)
    message.body, message.markup, message.edit_date = body, keyboard, call.world.now()
    return message.wire()


def delete_message(call: Call) -> bool:
    if not call.params.text("message_id"):
        raise bad_request("message identifier is not specified")
    chat = call.writable_chat()
    message = chat.messages.get(call.params.number("message_id"))
    if message is None or message.deleted:
        raise bad_request("message to delete not found")
    own = message.sender is call.bot
    if not (own or chat.private or chat.members.get(call.bot.id) == "administrator"):
        raise bad_request("message can't be deleted")
    if call.world.clock() - message.date > DELETABLE:
        raise bad_request("message can't be deleted for everyone")
    message.deleted = True
    return True
