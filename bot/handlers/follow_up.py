"""Follow-ups (HANDBOOK 2.3): every contact with a customer is written down, and the next one is not forgotten.

跟进 李女士 电话聊了，周六再来 is all it takes: the next date is the one that was said, or what the grade makes it.
When it has come the case's client manager is reminded once, in working hours, or by the morning's list where that has
it; nothing rings about a closed case.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any

from pydantic import BaseModel, TypeAdapter

from bot.colleagues import front_desk
from bot.dialog import Answers, Form
from bot.feature import Answer, Change, Command, Context, Feature, Press, Refusal, Scene
from bot.filling import open_form
from bot.handlers import customers_cards as cards
from bot.handlers import customers_naming as naming
from bot.measures import At, opening_of
from bot.notices import Buttons, Notice, notice, row
from bot.questions import Objection, Option, Pick, Question, Reading, Words
from bot.reading import Duration, Misread, find_time, match_command, segments
from bot.rules import customers as rules
from bot.rules.book import Rulebook
from bot.rules.calendar import Calendar
from bot.talk import Button
from storage import customers, inbox, reminders, staff
from storage.customers import Case, CaseState, FollowUp, Grade
from storage.reminders import Reminder
from storage.staff import Role, Staff

MOMENT = TypeAdapter(datetime)
WORDS = ("跟进", "跟进记录", "记跟进", "记一次跟进")
A_DAY = timedelta(days=1)
LATER_DAYS = (1, 3)


class FollowUpForm(BaseModel):
    """A contact with the customer, how much they want it, and when they are contacted again."""

    words: Annotated[str, Words(clears=("next",), leads=("：", ":"))]
    grade: Annotated[str, Pick(in_line=False, clears=("next",))] = Grade.B
    next: Annotated[datetime, At(in_line=False, at_opening=True)]


def log(ctx: Context, word: str, rest: str) -> Answer:
    """跟进 李女士 电话聊了，周六再来."""
    action = f"follow_up:words:{ctx.inbox_id}" if rest.strip() else "follow_up:log"
    found = naming.find(ctx, rest, action=action)
    return _open(ctx, found.case, found.rest)


def press_words(ctx: Context, press: Press) -> Answer:
    """One of several of that name was meant: what was said about it is not asked again."""
    if not (press.rest.isascii() and press.rest.isdigit()):
        raise Refusal("desk.no_such_button", audited="desk.forged_button")
    case = naming.pressed(ctx, Press(int(press.rest)))
    said = inbox.text_of(ctx.session, press.subject_id, lane=f"staff:{ctx.me.id}")
    command = match_command(said, WORDS)
    line = command.rest if command else said
    behind = segments(line)[1:]
    return _open(ctx, case, line[behind[0].start :] if behind else "")


def press_log(ctx: Context, press: Press) -> Answer:
    return _open(ctx, naming.pressed(ctx, press), "")


def _open(ctx: Context, case: Case, line: str) -> Answer:
    _require(ctx, case)
    return open_form(ctx, LOGGING, answers=naming.own_words("words", line), about={"case": case.id})


def _require(ctx: Context, case: Case) -> None:
    """The case is open, and the person one of those who speak with its customer."""
    if not cards.may_contact(ctx, case, ctx.me):
        raise Refusal("follow_up.not_yours", **cards.facts(ctx, case), audited="customers.not_allowed", ends_form=True)
    if case.state != CaseState.OPEN:
        raise Refusal("customers.closed_already", **cards.facts(ctx, case), ends_form=True)


def look(ctx: Context, answers: Answers, about: Mapping[str, Any]) -> Reading:
    """The next date is the one in the words, else the grade's; it can be changed at the read-back."""
    case = _case(ctx, about)
    _require(ctx, case)
    grade = Grade(answers.get("grade", case.grade))
    said = said_moment(answers.get("words", ""), ctx.now, ctx.rules.working)
    by_grade = rules.next_contact(grade, ctx.now, ctx.rules.customers, ctx.rules.working)
    grades = tuple(Option(str(one), "customers.button_grade", {"grade": str(one)}, names=(str(one),)) for one in Grade)
    days = _days(ctx, by_grade)
    questions = {
        "grade": Question(options=grades, default=str(grade)),
        "next": Question(options=days, default=_stored(said or by_grade)),
    }
    is_too_far = "next" in answers and MOMENT.validate_python(answers["next"]) - ctx.now > rules.FARTHEST
    objection = Objection("next", notice("follow_up.too_far"), days) if is_too_far else None
    return Reading(ctx.now, ctx.rules.working, questions, objection)


def _days(ctx: Context, by_grade: datetime) -> tuple[Option, ...]:
    """Tomorrow, in three days, or as the grade says."""
    days = [rules.on_day(ctx.today() + timedelta(days=ahead), ctx.rules.working) for ahead in LATER_DAYS]
    return tuple(Option(_stored(at), "follow_up.button_day", {"at": at}) for at in dict.fromkeys([*days, by_grade]))


def _stored(at: datetime) -> Any:
    return MOMENT.dump_python(at, mode="json")


def readback(ctx: Context, form: FollowUpForm, about: Mapping[str, Any]) -> Mapping[str, Any]:
    case = _case(ctx, about)
    said = said_moment(form.words, ctx.now, ctx.rules.working)
    known = cards.facts(ctx, case) | {"grade": form.grade}
    return {**known, "said": form.words, "next_at": form.next, "by_words": said == form.next}


def submit(ctx: Context, form: FollowUpForm, about: Mapping[str, Any]) -> Answer:
    """The contact is kept, the next one set; whoever looks after the customer hears of a colleague's."""
    case = _case(ctx, about)
    _require(ctx, case)
    contact = FollowUp(
        store_id=ctx.store.id, case_id=case.id, by_id=ctx.me.id, at=ctx.now, words=form.words, next_at=form.next
    )
    customers.add_follow_up(ctx.session, contact)
    if case.grade != form.grade:
        customers.set_grade(ctx.session, case, Grade(form.grade))
    set_next(ctx, case, form.next)
    after = {"next": form.next.isoformat(), "grade": form.grade}
    ctx.record("follow_up.logged", case.subject, by=ctx.me, rule="HANDBOOK 2.3", after=after)
    for person in responsible(ctx, case):
        if person.id != ctx.me.id:
            ctx.tell(person.id, cards.told("follow_up.told", ctx, case, by=ctx.me.name, said=form.words))
    return cards.told("follow_up.logged", ctx, case, next_at=form.next)


def later(ctx: Context, press: Press) -> Answer:
    """明天再说: it rings again when the store opens next."""
    case = naming.pressed(ctx, press)
    _require(ctx, case)
    if case.follow_up_at is not None and case.follow_up_at > ctx.now:
        return notice("follow_up.set_already", **cards.facts(ctx, case), next_at=case.follow_up_at)
    at = rules.on_day(ctx.today() + A_DAY, ctx.rules.working)
    set_next(ctx, case, at)
    return notice("follow_up.later", **cards.facts(ctx, case), next_at=at)


def said_moment(words: str, now: datetime, calendar: Calendar) -> datetime | None:
    """The moment to come that the words name: 电话聊了，周六再来; what is past, and how long it took, is none."""
    for part in (words, *(one.text for one in reversed(segments(words)))):
        found = find_time(part, now=now, calendar=calendar, want="any")
        if found is None or isinstance(found.value, Misread | Duration):
            continue
        at = opening_of(found.value, now, calendar)
        if now < at < now + rules.FARTHEST:
            return at
    return None


def begin(scene: Scene, case: Case) -> None:
    """A new case, or one that goes on: its customer is contacted within a day (HANDBOOK 2.3)."""
    set_next(scene, case, rules.first_contact(scene.now, scene.rules.customers, scene.rules.working))


def set_next(scene: Scene, case: Case, at: datetime) -> None:
    """When the customer is contacted next; what was planned before rings no more."""
    customers.set_follow_up(scene.session, case, at)
    _plan(scene, case)
    scene.refresh(_subject(case))
    scene.refresh(case.subject)


def end(scene: Scene, case: Case) -> None:
    """The case is over: nothing rings about it any more."""
    scene.forget("follow_up", _subject(case))
    scene.refresh(_subject(case))


def _plan(scene: Scene, case: Case) -> None:
    if case.follow_up_at is not None:
        scene.remind("follow_up", _subject(case), rules.at_work(case.follow_up_at, scene.rules.working))


def told_by_list(scene: Scene, case: Case) -> None:
    """The morning's list has said it to all who do it: it is not said singly too, and is there again tomorrow."""
    scene.forget("follow_up", _subject(case))


def _subject(case: Case) -> str:
    """What the reminder is about, and its card."""
    return f"follow_up:{case.id}"


def ring(scene: Scene, reminder: Reminder) -> None:
    """It is time to contact the customer, unless that was done, put off, or the case is over."""
    case = customers.lock(scene.session, scene.store.id, int(reminder.subject.partition(":")[2]))
    if case is None or case.state != CaseState.OPEN or case.follow_up_at is None:
        return
    at = rules.at_work(max(case.follow_up_at, scene.now), scene.rules.working)
    if at > scene.now:
        scene.remind("follow_up", reminder.subject, at)
        return
    told = notice("follow_up.due", subject=reminder.subject, **_facts(scene, case))
    for person in responsible(scene, case):
        scene.tell(person.id, told, urgent=True, dedupe=f"follow_up|{case.id}|{case.revision}")


def responsible(scene: Scene, case: Case) -> Sequence[Staff]:
    """The case's client manager; where they have left, the others, or the GM office."""
    manager_id = customers.team_of(scene.session, case.id).get(Role.CLIENT_MANAGER)
    manager = staff.get(scene.session, manager_id or case.opened_by_id)
    return [manager] if manager.active else front_desk(scene, manager)


def _facts(scene: Scene, case: Case) -> dict[str, Any]:
    last = next(iter(customers.follow_ups_of(scene.session, case.id, most=1)), None)
    return cards.facts(scene, case) | {
        "last_at": last.at if last else None,
        "last_words": last.words if last else "",
        "next_at": case.follow_up_at,
    }


def card(scene: Scene, case_id: int, viewer: Staff | None) -> Notice | None:
    """The reminder as it stands: due with its buttons, or what has become of it."""
    case = customers.get(scene.session, scene.store.id, case_id)
    if case is None or viewer is None or not cards.may_contact(scene, case, viewer):
        return None
    return notice("follow_up.card", buttons=_buttons(scene, case), subject=_subject(case), **_facts(scene, case))


def _buttons(scene: Scene, case: Case) -> Buttons:
    due = case.state == CaseState.OPEN and case.follow_up_at is not None and case.follow_up_at <= scene.now
    verbs = ("log_once", "later") if due else ()
    pressed = {"log_once": "log", "later": "later"}
    return row(*(Button(f"follow_up.button_{verb}", f"follow_up:{pressed[verb]}:{case.id}") for verb in verbs))


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """What would ring in closed hours now rings when the store opens; nobody need hear that."""
    for case in customers.open_of(scene.session, scene.store.id, most=10_000):
        if case.follow_up_at is not None and case.follow_up_at > scene.now and _still_rings(scene, case):
            _plan(scene, case)
    return []


def _still_rings(scene: Scene, case: Case) -> bool:
    subject = _subject(case)
    at = reminders.at_of(scene.session, store_id=scene.store.id, feature="follow_up", subject=subject)
    return at is not None


def _case(ctx: Context, about: Mapping[str, Any]) -> Case:
    case = customers.lock(ctx.session, ctx.store.id, about["case"])
    if case is None:
        raise LookupError(about["case"])
    return case


LOGGING = Form("follow_up.logging", FollowUpForm, look=look, submit=submit, readback=readback)

feature = Feature(
    name="follow_up",
    commands=(Command("follow_up.log", WORDS, log, roles=(Role.CLIENT_MANAGER, Role.DESIGNER), takes_next=True),),
    forms=(LOGGING,),
    buttons={"log": press_log, "words": press_words, "later": later},
    rings=ring,
    card=card,
    rules_changed=rules_changed,
)
