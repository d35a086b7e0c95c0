"""How a line is understood, for people who ask: `qiantai read`."""

from __future__ import annotations

from datetime import datetime

from bot.reading.times import read_time
from bot.reading.values import Duration, Misread, OfficeHours, Point, Reading
from bot.texts import plain, reading_at, text

MINUTE_SECONDS = 60


def describe(said: str, *, now: datetime, calendar: OfficeHours) -> dict[str, object]:
    """`text`, `kind`, `start`, `end`, `minutes`, or `text` and `error`, a plain Chinese sentence.

    Times are ISO with the store's offset; a point has its start only, a duration its minutes only, the rest is None;
    a span's minutes are calendar minutes. Past values are given, only forms ask back.
    """
    try:
        value = read_time(said, now=now, calendar=calendar)
    except Misread as error:
        with reading_at(now, calendar.zone):
            return {"text": said, "error": plain(str(text(error.key, **error.values)))}
    return {"text": said, **_fields(value)}


def _fields(value: Reading) -> dict[str, object]:
    if isinstance(value, Point):
        return {"kind": "point", "start": value.at.isoformat(), "end": None, "minutes": None}
    if isinstance(value, Duration):
        return {"kind": "duration", "start": None, "end": None, "minutes": value.minutes}
    minutes = int((value.end - value.start).total_seconds()) // MINUTE_SECONDS
    return {"kind": "span", "start": value.start.isoformat(), "end": value.end.isoformat(), "minutes": minutes}
