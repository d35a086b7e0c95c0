"""早报: before the store opens everybody hears what is theirs today, and the groups what is due, late, booked (6).

One reminder a store sets itself anew each working morning; who has nothing hears nothing, and what is late is there
each morning until it is done. A customer to be contacted by the opening is told of by it, not singly. Said as a command
it shows the day as it stands now.
"""

from __future__ import annotations

from dataclasses import replace

from bot.feature import Answer, Change, Command, Context, Feature, Scene
from bot.handlers import follow_up
from bot.handlers import morning_lists as lists
from bot.notices import notice
from bot.rules import morning as rules
from bot.rules.book import Rulebook
from storage import reminders
from storage.reminders import Reminder

WORDS = ("早报", "今日早报", "今天有什么事", "今天的事")


def watch(scene: Scene) -> None:
    """The next morning is set, by the rules as they are now; one that is due and has not rung yet still rings."""
    subject = _subject(scene)
    set_at = reminders.at_of(scene.session, store_id=scene.store.id, feature="morning", subject=subject)
    if set_at is None or set_at > scene.now:
        scene.remind("morning", subject, rules.next_morning(scene.now, scene.rules))


def _subject(scene: Scene) -> str:
    return f"morning:{scene.store.id}"


def ring(scene: Scene, reminder: Reminder) -> None:
    """A morning has come; after a pause of the front desk it is said as long as the first session lasts."""
    watch(scene)
    if not rules.is_worth_saying(reminder.at, scene.now, scene.rules):
        return
    known = lists.of_store(scene)
    once = f"morning|{known.day.isoformat()}"
    if scene.rules.morning.group and not known.is_quiet:
        scene.tell_group(notice("morning.group", greets=True, **lists.for_all(scene, known)), dedupe=once)
    for person in scene.people():
        own = lists.for_one(scene, known, person)
        if own is not None:
            scene.tell(person.id, own, dedupe=once)
    for case in lists.told_to_all(scene, known):
        follow_up.told_by_list(scene, case)


def show(ctx: Context, word: str, rest: str) -> Answer:
    """早报: the store's day, and in private one's own behind it."""
    known = lists.of_store(ctx)
    whole = notice("morning.group", greets=False, **lists.for_all(ctx, known))
    own = None if ctx.in_group else lists.for_one(ctx, known, ctx.me)
    return whole if own is None else replace(own, lead=whole)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Another hour, other working days."""
    watch(scene)
    return []


feature = Feature(
    name="morning",
    commands=(Command("morning.show", WORDS, show, personal=False, noun=True),),
    rings=ring,
    watch=watch,
    rules_changed=rules_changed,
)
