"""帮助 and 菜单: what this person can do, each a button; a pressed suggestion is given the words it was made for."""

from __future__ import annotations

from bot import hearing
from bot.feature import Answer, Command, Context, Feature, Press, Refusal
from bot.notices import notice
from storage import inbox

GREETINGS = ("你好", "您好", "在吗", "在不在", "help", "Help", "？", "?")


def help_me(ctx: Context, word: str, rest: str) -> Answer:
    commands = [command for command in hearing.allowed(ctx) if command.in_menu]
    shown = [{"label": notice(command.label()), "hint": notice(command.hint())} for command in commands]
    return notice("help.help", commands=shown, buttons=hearing.buttons_for(ctx, commands))


def menu(ctx: Context, word: str, rest: str) -> Answer:
    commands = [command for command in hearing.allowed(ctx) if command.in_menu]
    return notice("help.menu", name=ctx.me.name, buttons=hearing.buttons_for(ctx, commands))


def run(ctx: Context, press: Press) -> Answer:
    """A suggested command, with what the person had said when it was suggested."""
    command = next((one for one in hearing.allowed(ctx) if one.name == press.rest), None)
    if command is None:
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    said = inbox.text_of(ctx.session, press.subject_id, lane=f"staff:{ctx.me.id}")
    return hearing.run(ctx, command, command.words[0], hearing.without_command(ctx, said))[1]


feature = Feature(
    name="help",
    commands=(
        Command("help.help", ("帮助", "怎么用"), help_me, personal=False, in_menu=False, alone=GREETINGS),
        Command("help.menu", ("菜单", "能办什么", "功能"), menu, personal=False, in_menu=False),
    ),
    buttons={"run": run},
)
