"""The updates that wait for one bot: their numbers, what the bot wants to hear of, who polls, where its webhook is."""

from __future__ import annotations

from dataclasses import dataclass, field

from tests.telegram.refusals import JSON

FIRST_UPDATE = 700_000_001
# Sent only to a bot that asked for them by name.
ON_REQUEST = {"chat_member", "message_reaction", "message_reaction_count"}


@dataclass(frozen=True)
class Delivery:
    """An update that a webhook acknowledged: `seconds` from the POST that was answered with 2xx to that answer."""

    update_id: int
    seconds: float
    attempts: int


@dataclass
class Webhook:
    url: str
    secret: str = ""
    max_connections: int = 40
    last_error: str = ""
    last_error_date: int = 0


@dataclass
class Queue:
    pending: dict[int, JSON] = field(default_factory=dict)
    next_id: int = FIRST_UPDATE
    allowed: list[str] = field(default_factory=list)
    confirmed: set[int] = field(default_factory=set)
    deliveries: list[Delivery] = field(default_factory=list)
    webhook: Webhook | None = None
    polls: int = 0
    ended_by: str = ""

    def put(self, kind: str, content: JSON) -> None:
        """Only kinds that the bot wants are kept, as it said so last; before that all but the ones on request."""
        wanted = kind in self.allowed if self.allowed else kind not in ON_REQUEST
        if wanted:
            self.put_raw({kind: content})

    def put_raw(self, update: JSON) -> int:
        number = int(update.get("update_id", self.next_id))
        self.next_id = max(self.next_id, number) + 1
        self.pending[number] = {"update_id": number, **update}
        return number

    def confirm_before(self, offset: int) -> None:
        """A negative offset keeps that many of the newest."""
        if offset < 0:
            keep = sorted(self.pending)[offset:]
            offset = keep[0] if keep else 0
        for number in [number for number in self.pending if number < offset]:
            self.confirm(number)

    def confirm(self, number: int) -> None:
        if self.pending.pop(number, None) is not None:
            self.confirmed.add(number)

    def open_poll(self) -> int:
        """The number of a new poll; an older one that is still open ends with 409."""
        self.polls += 1
        self.ended_by = "other getUpdates request; make sure that only one bot instance is running"
        return self.polls

    def end_polls(self, by: str) -> None:
        self.polls += 1
        self.ended_by = by
