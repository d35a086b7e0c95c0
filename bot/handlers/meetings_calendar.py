"""A meeting as a file for the calendar on somebody's phone: the same one each time, moved or called off with it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bot.feature import Scene
from bot.handlers import meetings_cards as cards
from bot.talk import File
from bot.texts import plain, text
from storage import meetings, staff
from storage.meetings import Meeting, MeetingState
from storage.staff import Staff

if TYPE_CHECKING:
    from icalendar import Alarm, Event

MEDIA_TYPE = "text/calendar; charset=utf-8"
PRODUCT = "-//Qiantai//Meetings//ZH"
DEFAULT_ALARM = 30


def make(scene: Scene, meeting_id: int, viewer: Staff | None) -> File:
    """The file as the meeting is now; its UID stays, its SEQUENCE grows with each change that people must learn."""
    # Files import when the first one is made, so that the front desk starts quickly.
    from icalendar import Calendar

    meeting = meetings.get(scene.session, scene.store.id, meeting_id)
    if meeting is None or viewer is None:
        raise LookupError(f"meeting {meeting_id} of store {scene.store.id}")
    is_off = meeting.state == MeetingState.CANCELLED
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if is_off else "PUBLISH")
    calendar.add_component(_event(scene, meeting, viewer, is_off=is_off))
    calendar.add_missing_timezones()
    return File(f"meeting-{meeting.id}.ics", calendar.to_ical(), MEDIA_TYPE)


def _event(scene: Scene, meeting: Meeting, viewer: Staff, *, is_off: bool) -> Event:
    from icalendar import Event

    zone = scene.rules.working.zone
    title = _words("meetings.calendar_title", scene, meeting, viewer)
    event = Event()
    event.add("uid", f"meeting-{scene.store.key}-{meeting.id}@qiantai")
    event.add("sequence", meeting.revision + is_off)
    event.add("dtstamp", scene.now)
    event.add("dtstart", meeting.starts_at.astimezone(zone))
    event.add("dtend", meeting.ends_at.astimezone(zone))
    event.add("summary", title)
    event.add("description", _words("meetings.calendar_text", scene, meeting, viewer))
    event.add("location", meeting.place or scene.store.name)
    event.add("status", "CANCELLED" if is_off else "CONFIRMED")
    if not is_off:
        event.add_component(_alarm(title, scene.rules.meetings.minutes_before or DEFAULT_ALARM))
    return event


def _alarm(title: str, minutes: int) -> Alarm:
    from icalendar import Alarm

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", title)
    alarm.add("trigger", -timedelta(minutes=minutes))
    return alarm


def _words(key: str, scene: Scene, meeting: Meeting, viewer: Staff) -> str:
    known = cards.facts(scene, meeting, viewer)
    agenda = cards.agenda(scene, meeting)
    host = staff.get(scene.session, meeting.host_id).name
    labels = [one if isinstance(one, str) else text(one.key, **one.values) for one in known["audience"]]
    return plain(text(key, **known | {"audience": labels, "agenda": agenda, "host": host}))
