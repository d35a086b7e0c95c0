"""通知设置: where somebody with several chats hears of things: where they spoke last, or in all of them.

Answers always go where the question was asked.
"""

from __future__ import annotations

from bot.feature import Answer, Command, Context, Feature, Press
from bot.notices import in_rows, notice
from bot.talk import Button
from storage import staff

HERE, EVERYWHERE = 0, 1


def show(ctx: Context, word: str, rest: str) -> Answer:
    """What holds now, and a button for the other."""
    chats = staff.contacts_of(ctx.session, ctx.me.id)
    if len(chats) < 2:
        return notice("notifications.one_chat")
    buttons = in_rows(
        [
            Button("notifications.button_last", f"notifications:set:{HERE}"),
            Button("notifications.button_everywhere", f"notifications:set:{EVERYWHERE}"),
        ]
    )
    channels = [chat.channel for chat in chats]
    return notice("notifications.now", channels=channels, everywhere=ctx.me.hears_everywhere, buttons=buttons)


def choose(ctx: Context, press: Press) -> Answer:
    """One's own setting only; the same choice again changes nothing."""
    everywhere = press.subject_id == EVERYWHERE
    if everywhere != ctx.me.hears_everywhere:
        ctx.me.hears_everywhere = everywhere
        staff.put(ctx.session, ctx.me)
        ctx.record("notifications.chosen", f"staff:{ctx.me.id}", by=ctx.me, after={"everywhere": everywhere})
    return notice("notifications.chosen", everywhere=everywhere)


feature = Feature(
    name="notifications",
    commands=(Command("notifications.show", ("通知设置", "消息设置", "通知发到哪里"), show, in_menu=False),),
    buttons={"set": choose},
)
