"""What an outing or trip sets off: who hears of it, when it rings, how it ends."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot import approvals
from bot.colleagues import front_desk
from bot.feature import MANAGERS, Change, Context, Scene
from bot.handlers import outing_cards
from bot.notices import notice
from bot.rules import outing as rules
from bot.rules.book import Rulebook
from storage import outing, staff
from storage.outing import LIVE, OUT, Outing, OutingState
from storage.reminders import Reminder
from storage.staff import Staff

GROUP = "group"
SOON = timedelta(hours=24)


def begin(scene: Scene, out: Outing) -> None:
    """It holds: the front desk hears it at once, the group on its day, and it rings when it begins or ends."""
    person = staff.get(scene.session, out.staff_id)
    for one in front_desk(scene, person):
        if one.id != out.entered_by_id:
            scene.tell(
                one.id, outing_cards.told("outing.told_front_desk", scene, out), urgent=out.starts_at <= scene.now
            )
    hears_at = rules.group_hears_at(out.starts_at, scene.now, scene.rules)
    if hears_at > scene.now:
        scene.remind(str(out.kind), out.subject, hears_at, occurrence=GROUP)
    else:
        tell_group(scene, out)
    plan(scene, out)


def tell_group(scene: Scene, out: Outing) -> None:
    """The store's group hears where somebody is and until when, not why (HANDBOOK A5)."""
    scene.tell_group(notice("outing.in_group", **outing_cards.facts(scene, out)), dedupe=f"out|{out.id}|{out.version}")


def group_knows(scene: Scene, out: Outing) -> bool:
    """Whether the group has heard of it."""
    return out.state in OUT and rules.group_hears_at(out.starts_at, out.created_at, scene.rules) <= scene.now


def untell_group(scene: Scene, out: Outing) -> None:
    """What the group has heard does not hold any more."""
    scene.tell_group(notice("outing.called_off_in_group", **outing_cards.facts(scene, out)))


def plan(scene: Scene, out: Outing) -> None:
    """The next moment at which something about it changes by itself."""
    if out.state in OUT:
        scene.remind(str(out.kind), out.subject, _next(scene, out))
    _managers_away(scene, out)


def _next(scene: Scene, out: Outing) -> datetime:
    moments = [out.starts_at]
    if rules.ends_by_itself(out.ends_at, scene.rules.working):
        moments += [out.ends_at]
    else:
        ends = out.ends_at
        moments += [f(ends, scene.rules) for f in (rules.asked_at, rules.front_desk_hears_at, rules.given_up_at)]
    return next((at for at in moments if at > scene.now), scene.now)


def _managers_away(scene: Scene, out: Outing) -> None:
    """Where an approver goes out or comes back, requests are asked of others."""
    person = staff.get(scene.session, out.staff_id)
    if out.starts_at <= scene.now and any(person.has(role) for role in MANAGERS):
        approvals.look_again(scene)


def ring(scene: Scene, reminder: Reminder, out: Outing | None) -> None:
    """It begins, it ends by itself, or the person is not back and is asked, then the front desk hears."""
    if out is None or out.state not in OUT:
        return
    if reminder.occurrence == GROUP:
        if scene.now < out.ends_at:
            tell_group(scene, out)
        return
    scene.refresh(out.subject)
    if scene.now < out.starts_at or _settled(scene, out):
        _managers_away(scene, out)
        if out.state in OUT:
            plan(scene, out)
        return
    _ask_back(scene, out)
    plan(scene, out)


def _settled(scene: Scene, out: Outing) -> bool:
    """Whether it is over without anybody's word: out until closing, or asked after in vain all day."""
    if rules.ends_by_itself(out.ends_at, scene.rules.working):
        over_at = out.ends_at
    else:
        over_at = rules.given_up_at(out.ends_at, scene.rules)
    if scene.now < over_at:
        return False
    outing.come_back(scene.session, out, over_at, went_home=True)
    scene.record("outing.ended_by_itself", out.subject, rule="HANDBOOK A5", after={"at": over_at.isoformat()})
    return True


def _ask_back(scene: Scene, out: Outing) -> None:
    if scene.now < rules.asked_at(out.ends_at, scene.rules):
        return
    once = f"late|{out.id}|{out.version}"
    facts = outing_cards.facts(scene, out)
    scene.tell(
        out.staff_id, notice("outing.overdue", subject=out.subject, now=scene.now, **facts), urgent=True, dedupe=once
    )
    if scene.now >= rules.front_desk_hears_at(out.ends_at, scene.rules):
        for one in front_desk(scene, staff.get(scene.session, out.staff_id)):
            scene.tell(one.id, notice("outing.overdue_front_desk", **facts), urgent=True, dedupe=once)


def finish(ctx: Context, out: Outing, *, home: bool) -> bool:
    """The person is back, or went home; False if that was known."""
    if not outing.come_back(ctx.session, out, ctx.now, went_home=home):
        return False
    forget(ctx, out)
    behalf = out.staff_id if out.staff_id != ctx.me.id else None
    verb = "outing.home" if home else "outing.back"
    ctx.record(verb, out.subject, by=ctx.me, on_behalf_of_id=behalf, rule="HANDBOOK A5")
    ctx.refresh(out.subject)
    _managers_away(ctx, out)
    return True


def call_off(ctx: Context, out: Outing) -> bool:
    """It does not take place: whoever heard of it hears that; False if it was over."""
    held, group_knew = out.state in OUT, group_knows(ctx, out)
    if not outing.move(ctx.session, out, OutingState.WITHDRAWN, while_in=LIVE):
        return False
    approvals.withdraw_request(ctx, out.subject)
    forget(ctx, out)
    ctx.record("outing.called_off", out.subject, by=ctx.me, rule="HANDBOOK A5")
    facts = outing_cards.facts(ctx, out)
    for person_id in _concerned(ctx, out) if held else ():
        ctx.tell(person_id, notice("outing.called_off_told", **facts), urgent=out.starts_at - ctx.now < SOON)
    if group_knew:
        untell_group(ctx, out)
    ctx.refresh(out.subject)
    return True


def _concerned(ctx: Context, out: Outing) -> list[int]:
    """Who hears of a change: the person if another made it, the front desk, and who agreed to a trip."""
    decided_by = approvals.card_values(ctx, out.subject)["by"]
    desk = [one.id for one in front_desk(ctx, staff.get(ctx.session, out.staff_id))]
    agreed = [one.id for one in ctx.people() if decided_by and one.name == decided_by]
    return [one for one in dict.fromkeys([out.staff_id, *desk, *agreed]) if one != ctx.me.id]


def settle_overdue(ctx: Context, person: Staff, *, but: int | None = None) -> None:
    """Outings whose end has passed without a word are over when the next one begins, or another is ended."""
    for out in outing.unfinished_of(ctx.session, person.id):
        if out.id != but and out.state in OUT and out.ends_at <= ctx.now:
            outing.come_back(ctx.session, out, out.ends_at)
            forget(ctx, out)
            ctx.record("outing.ended_by_itself", out.subject, by=ctx.me, rule="HANDBOOK A5")
            ctx.refresh(out.subject)


def tell_moved(ctx: Context, out: Outing) -> None:
    """The person is back later, or earlier, than they said: the front desk hears it, cards and reminders follow."""
    if out.state in OUT:
        told = notice("outing.moved_told", **outing_cards.facts(ctx, out))
        for person_id in _concerned(ctx, out):
            ctx.tell(person_id, told, urgent=out.starts_at <= ctx.now, dedupe=f"moved|{out.id}|{out.version}")
        plan(ctx, out)
    ctx.refresh(out.subject)


def rules_changed(scene: Scene, before: Rulebook) -> list[Change]:
    """Who is out is asked after by the new hours; nobody need hear that."""
    for out in outing.out_in_store(scene.session, scene.store.id):
        plan(scene, out)
    return []


def forget(scene: Scene, out: Outing) -> None:
    scene.forget(str(out.kind), out.subject)


def give_way(ctx: Context, *, staff_id: int, start: datetime, end: datetime) -> None:
    """Who is ill goes nowhere: outings and trips in the time of sick leave are called off, or end."""
    for out in outing.live_of(ctx.session, staff_id, start=start, end=end):
        told = notice("outing.gave_way", **outing_cards.facts(ctx, out))
        if out.state in OUT and out.starts_at <= ctx.now:
            finish(ctx, out, home=True)
        else:
            call_off(ctx, out)
        ctx.tell(staff_id, told, urgent=True)
