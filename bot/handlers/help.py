"""帮助 and 菜单: what this person can do, each a button."""

from __future__ import annotations

from bot import hearing
from bot.feature import Answer, Command, Context, Feature
from bot.notices import notice

NODS = ("谢谢", "谢谢你", "谢谢了", "多谢", "辛苦了", "嗯", "嗯嗯", "收到", "知道了", "ok", "OK")
GREETINGS = ("你好", "您好", "在吗", "在不在", "help", "Help", "？", "?")


def help_me(ctx: Context, word: str, rest: str) -> Answer:
    commands = [command for command in hearing.allowed(ctx) if command.in_menu]
    shown = [{"label": notice(command.label()), "hint": notice(command.hint())} for command in commands]
    return notice("help.help", commands=shown, buttons=hearing.buttons_for(ctx, commands))


def menu(ctx: Context, word: str, rest: str) -> Answer:
    commands = [command for command in hearing.allowed(ctx) if command.in_menu]
    return notice("help.menu", name=ctx.me.name, buttons=hearing.buttons_for(ctx, commands))


def thanks(ctx: Context, word: str, rest: str) -> Answer:
    return notice("help.thanks")


feature = Feature(
    name="help",
    commands=(
        Command("help.help", ("帮助", "怎么用"), help_me, personal=False, in_menu=False, alone=GREETINGS),
        Command("help.thanks", (), thanks, personal=False, in_menu=False, alone=NODS),
        Command("help.menu", ("菜单", "能办什么", "功能"), menu, personal=False, in_menu=False),
    ),
)
