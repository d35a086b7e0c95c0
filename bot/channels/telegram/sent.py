"""What a message that was sent is called: its chat there, and the numbers of the messages that it took."""

from __future__ import annotations

from dataclasses import dataclass

CAPTION = "c"


@dataclass(frozen=True)
class Sent:
    """Message numbers mean nothing in another chat, so one that was sent to a group before it moved is not taken for
    a message of the group as it is now. Of a `captioned` file only the caption can be changed.
    """

    chat: int
    ids: tuple[int, ...]
    captioned: bool = False

    def __str__(self) -> str:
        """`-100123:7,8`, or `c-100123:7`."""
        return f"{CAPTION if self.captioned else ''}{self.chat}:{','.join(map(str, self.ids))}"

    @classmethod
    def of(cls, ref: str) -> Sent:
        chat, _, ids = ref.removeprefix(CAPTION).partition(":")
        return cls(int(chat), tuple(int(one) for one in ids.split(",") if one), ref.startswith(CAPTION))
