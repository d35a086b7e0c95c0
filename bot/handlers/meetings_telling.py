"""Who hears what of a meeting, once: that there is one, that it moved or is off, that it is near."""

from __future__ import annotations

from bot.feature import Scene
from bot.handlers import meetings_audience as audience
from bot.handlers import meetings_cards as cards
from bot.handlers.meetings_cards import Invited
from bot.notices import Notice, notice
from bot.reading import Span
from bot.rules.meetings import Ring, Saying
from storage import meetings, staff
from storage.meetings import Coming, Meeting
from storage.staff import Staff


def called(scene: Scene, meeting: Meeting, by: Staff) -> None:
    """Everybody of the meeting hears of it, and the group, without the topic where single people meet."""
    for one in cards.invited(scene, meeting):
        if one.person.id != by.id:
            _invite(scene, meeting, one, by)
        meetings.told(scene.session, one.row, meeting.revision)
    _tell_group(scene, meeting, "meetings.group_called", now=meeting.starts_at <= scene.now)


def changed(scene: Scene, meeting: Meeting, was: Span, by: Staff | None, *, is_news: bool = True) -> None:
    """Who knew of it hears once that it is another time or place; who is new is asked, who is out is let go.

    What was still waiting to be said about the old one is not said any more. Without `is_news` only people changed.
    """
    if is_news:
        _hush(scene, meeting)
    for row in meetings.everybody_of(scene.session, meeting.id):
        if row.left_out and row.told:
            scene.tell(row.staff_id, _about("meetings.left_out", scene, meeting), urgent=_is_near(scene, meeting))
            meetings.told(scene.session, row, 0)
    for one in cards.invited(scene, meeting):
        if one.row.told and is_news and (by is None or one.person.id != by.id):
            news = cards.told("meetings.changed", scene, meeting, was=was, by=by.name if by else "")
            _tell(scene, meeting, one, _with_calendar(news, one, meeting), "changed")
        elif not one.row.told and by is not None and one.person.id != by.id:
            _invite(scene, meeting, one, by)
        meetings.told(scene.session, one.row, meeting.revision)
    if is_news:
        _tell_group(scene, meeting, "meetings.group_changed", was=was)


def cancelled(scene: Scene, meeting: Meeting, by: Staff | None) -> None:
    """Everybody who knew of it hears once that it is off."""
    _hush(scene, meeting)
    for one in cards.invited(scene, meeting):
        if one.row.told and (by is None or one.person.id != by.id):
            news = cards.told("meetings.cancelled", scene, meeting, by=by.name if by else "")
            _tell(scene, meeting, one, _with_calendar(news, one, meeting), "cancelled")
    _tell_group(scene, meeting, "meetings.group_cancelled")


def announce(scene: Scene, meeting: Meeting, ring: Ring, how: Saying) -> None:
    """It is near: those who are expected hear it, not who is away or begged off; the group where all of it are."""
    late = how == Saying.LATE
    people = cards.invited(scene, meeting)
    for one in people:
        if not one.excused and one.coming != Coming.NO:
            holds = one.person.id == meeting.host_id
            off = cards.answers(people, one.person, hosting=True)["off"] if holds else []
            news = cards.told(f"meetings.{ring}", scene, meeting, late=late, off=off)
            _tell(scene, meeting, one, news, str(ring))
            meetings.told(scene.session, one.row, meeting.revision)
    if meeting.audience == [audience.STORE]:
        _tell_group(scene, meeting, f"meetings.group_{ring}", late=late)


def unreachable(scene: Scene, meeting: Meeting) -> list[str]:
    """Those of the meeting whom no chat reaches: the host has to tell them."""
    people = cards.invited(scene, meeting)
    return [one.person.name for one in people if not staff.contacts_of(scene.session, one.person.id)]


def _invite(scene: Scene, meeting: Meeting, one: Invited, by: Staff) -> None:
    key = "meetings.called_away" if one.excused else "meetings.called"
    news = cards.told(key, scene, meeting, by=by.name, now=meeting.starts_at <= scene.now, why=one.told)
    _tell(scene, meeting, one, news, "called")


def _tell(scene: Scene, meeting: Meeting, one: Invited, news: Notice, what: str) -> None:
    dedupe = f"meeting|{meeting.id}|{meeting.revision}|{what}"
    scene.tell(one.person.id, news, urgent=_is_near(scene, meeting), dedupe=dedupe)


def _tell_group(scene: Scene, meeting: Meeting, key: str, **more: object) -> None:
    known = cards.facts(scene, meeting) | more
    if audience.is_single_people(meeting.audience):
        known |= {"topic": "", "cancelled_why": ""}
    dedupe = f"meeting|{meeting.id}|{meeting.revision}|{key}"
    scene.tell_group(notice(key, **known), urgent=_is_near(scene, meeting), dedupe=dedupe)


def _is_near(scene: Scene, meeting: Meeting) -> bool:
    """Whether waiting for the quiet hours' end, or for other news, would make it late."""
    soon = scene.rules.meetings.minutes_before * 60
    return (meeting.starts_at - scene.rules.gathered_until(scene.now)).total_seconds() <= soon


def _hush(scene: Scene, meeting: Meeting) -> None:
    scene.unsay(meeting.subject, [row.staff_id for row in meetings.everybody_of(scene.session, meeting.id)])


def _about(key: str, scene: Scene, meeting: Meeting) -> Notice:
    return notice(key, **cards.facts(scene, meeting))


def _with_calendar(news: Notice, one: Invited, meeting: Meeting) -> Notice:
    """Who has the meeting in a calendar gets the file that changes it there."""
    if not one.row.has_calendar:
        return news
    return Notice(news.key, news.values, news.buttons, news.subject, news.lead, f"meetings:calendar:{meeting.id}")
