"""A message as the AI bot takes it: cards as an app's, and markdown in which nobody's words format anything."""

from __future__ import annotations

import re
from collections.abc import Callable

from bot.channels.cutting import Measure, pieces
from bot.channels.wecom import writing as of_apps
from bot.channels.wecom.writing import Part, Shape, new_task_id
from bot.talk import Message
from bot.texts import plain

# Bytes; WeCom takes 20480, and a line that was cut in the middle may get a space without width in front.
LONGEST_TEXT = 20_400
# Characters; a bot's card shows fewer than an app's.
LONGEST_WORDS = 112
# There is no way to tell WeCom's markdown that a character means itself, so another goes that looks like it.
LOOKALIKES = str.maketrans("*`[]<", "＊｀［］＜")
# What makes a heading, a quotation, a list, a table or a line across, where a line begins with it.
BEGINS = re.compile(r"^(?=\s*(?:[#>|:=+-]|\d+[.)]))", re.MULTILINE)
NOTHING = "\u200b"
_BOLD = re.compile(r"<b>([^\n]*?)</b>")
_STRONG = re.compile(r"\x01(.*?)\x02", re.DOTALL)


def parts(message: Message, task_id: Callable[[], str] = new_task_id) -> list[Part]:
    """What is sent, in order: words that no card holds, the card with the buttons, the file."""
    return of_apps.parts(message, task_id, BOT)


def anew(message: Message, home: str, card: str, task_id: Callable[[], str] = new_task_id) -> list[Part]:
    """What the card of this task_id becomes, and after it what it does not hold. Without buttons it opens `home`."""
    first, *rest = of_apps.anew(message, home, task_id, BOT)
    return [Part(first.kind, {**first.content, "task_id": card}), *rest]


def texts(message: Message) -> list[Part]:
    """The words as markdown, cut between lines."""
    cut = pieces(message.markup, Measure(LONGEST_TEXT, _bytes, _markdown))
    said = (_markdown(one).strip("\n") for one in cut)
    return [Part("markdown", {"content": one}) for one in said if one.strip(f"{NOTHING} \n")]


def _markdown(markup: str) -> str:
    """Bold only from one letter to another: beside a comma the stars themselves would be seen."""
    kept = _BOLD.sub(lambda one: f"\x01{one[1]}\x02" if _ends_in_letters(plain(one[1])) else one[1], _unmarked(markup))
    return _STRONG.sub(r"**\1**", escaped(plain(kept)))


def escaped(words: str) -> str:
    """The words so that markdown shows them as they are."""
    return BEGINS.sub(NOTHING, words.translate(LOOKALIKES))


def _unmarked(markup: str) -> str:
    return markup.replace("\x01", "").replace("\x02", "")


def _ends_in_letters(words: str) -> bool:
    return words[:1].isalnum() and words[-1:].isalnum()


def _bytes(text: str) -> int:
    """As it will be written; the stars of what was written already count for more than they take."""
    return len(escaped(text).encode(errors="surrogatepass"))


BOT = Shape(texts, LONGEST_WORDS)
