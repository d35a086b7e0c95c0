"""Figures for Prometheus: depths from the rows at each scrape, counts and latencies as they happen; nobody is named."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.process_collector import ProcessCollector
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from storage.health import Depths

SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 3600.0)
COUNTED = {
    "handled": "Messages handled.",
    "parked": "Messages given up after three tries; a human has to look.",
    "sent": "Notices delivered, edits of cards included.",
    "failed": "Notices that could not be delivered for good.",
}
TIMED = {
    "handled": ("handling", "From receiving a message to having handled it."),
    "sent": ("delivery", "From the moment a notice might go to its delivery."),
}


class Figures:
    """Counts of this process, on a registry of their own; the depths are the whole deployment's."""

    def __init__(self, look: Callable[[], Awaitable[Depths]], now: Callable[[], datetime]) -> None:
        self._look, self._now = look, now
        self._registry = CollectorRegistry()
        ProcessCollector(registry=self._registry)
        self._counters = {
            what: Counter(f"qiantai_{what}", told, registry=self._registry) for what, told in COUNTED.items()
        }
        self._latencies = {
            what: Histogram(f"qiantai_{name}_seconds", told, registry=self._registry, buckets=SECONDS)
            for what, (name, told) in TIMED.items()
        }
        self._up = self._gauge("database_up", "Whether the database could be read, 1 or 0.")
        self._depths = {
            "inbox_waiting": self._gauge("inbox_waiting", "Messages received and not handled yet."),
            "inbox_oldest": self._gauge("inbox_oldest_seconds", "How long the oldest of them waits."),
            "inbox_parked": self._gauge("inbox_parked", "Messages that were given up and wait for a human."),
            "outbox_waiting": self._gauge("outbox_waiting", "Notices that may go now and have not gone."),
            "outbox_oldest": self._gauge("outbox_oldest_seconds", "How long the oldest of them waits."),
            "outbox_held": self._gauge("outbox_held", "Notices that wait for their hour."),
            "outbox_sending": self._gauge("outbox_sending", "Notices under way."),
            "reminders_due": self._gauge("reminders_due", "Reminders that are due and have not rung."),
            "reminders_oldest": self._gauge("reminders_oldest_seconds", "How long the oldest of them is due."),
            "reminders_not_rung": self._gauge(
                "reminders_not_rung", "Reminders that could not be rung and are tried again."
            ),
        }

    def _gauge(self, name: str, told: str) -> Gauge:
        return Gauge(f"qiantai_{name}", told, registry=self._registry)

    def observe(self, what: str, seconds: float) -> None:
        """One more was `handled`, `parked`, `sent` or `failed`, after so long; from any thread."""
        self._counters[what].inc()
        if what in self._latencies:
            self._latencies[what].observe(max(seconds, 0.0))

    def app(self) -> Starlette:
        return Starlette(routes=[Route("/metrics", self._metrics)])

    async def _metrics(self, _request: Request) -> Response:
        try:
            depths = await self._look()
        except Exception:
            # Whatever is wrong with the database is what this figure is for; the counts are still told.
            self._up.set(0)
        else:
            self._up.set(1)
            self._show(depths, self._now())
        return Response(generate_latest(self._registry), headers={"Content-Type": CONTENT_TYPE_LATEST})

    def _show(self, depths: Depths, now: datetime) -> None:
        for name, queue, count in (
            ("inbox", depths.inbox, "waiting"),
            ("outbox", depths.outbox, "waiting"),
            ("reminders", depths.reminders, "due"),
        ):
            self._depths[f"{name}_{count}"].set(queue.waiting)
            self._depths[f"{name}_oldest"].set(queue.seconds(now))
        self._depths["inbox_parked"].set(depths.parked)
        self._depths["outbox_held"].set(depths.held)
        self._depths["outbox_sending"].set(depths.sending)
        self._depths["reminders_not_rung"].set(depths.not_rung)
