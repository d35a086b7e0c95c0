"""The calendar: from November on the client managers hear each week that next year's holidays are not known yet.

Until the calendar library knows them, days of that year are estimated, and say so wherever they are shown (HANDBOOK 5).
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from bot.feature import Feature, Scene
from bot.notices import notice
from bot.rules.statutory import is_published
from storage.reminders import Reminder
from storage.staff import Role, with_role

SUBJECT = "calendar:next-year"
FIRST_MONTH = 11
AT = time(9)
EVERY = timedelta(days=7)


def watch(scene: Scene) -> None:
    """Sets the next look at next year's calendar: a week from now, or the first of November."""
    zone = scene.rules.working.zone
    today = scene.now.astimezone(zone).date()
    november = today.replace(month=FIRST_MONTH, day=1)
    day = november if today < november else today + EVERY
    scene.remind("calendar", SUBJECT, datetime.combine(day, AT, zone))


def ring(scene: Scene, reminder: Reminder) -> None:
    """Next year is not published yet, and it is time to say so."""
    local = scene.now.astimezone(scene.rules.working.zone)
    if local.month >= FIRST_MONTH and not is_published(local.year + 1):
        for manager in with_role(scene.people(), Role.CLIENT_MANAGER):
            scene.tell(manager.id, notice("calendar.not_published", year=local.year + 1))
    watch(scene)


feature = Feature(name="calendar", rings=ring)
