"""What becomes of the meetings and action items of somebody who leaves the store."""

from __future__ import annotations

from bot.feature import Context
from bot.notices import notice
from storage import meetings, meetings_written
from storage.staff import Staff


def gone(ctx: Context, person: Staff) -> None:
    """Whoever lets them go holds their meetings from now on, and hears what they had promised to do."""
    for meeting in meetings.ahead(ctx.session, ctx.store.id, now=ctx.now):
        if meeting.host_id != person.id:
            continue
        meetings.note(ctx.session, meeting, host_id=ctx.me.id)
        staying = [one.staff_id for one in meetings.people_of(ctx.session, meeting.id) if one.staff_id != person.id]
        meetings.invite(ctx.session, meeting, [*staying, ctx.me.id])
        ctx.record("meetings.new_host", meeting.subject, by=ctx.me, before={"host": person.key})
        ctx.tell(ctx.me.id, notice("meetings.yours_now", name=person.name, subject=meeting.subject))
        ctx.refresh(meeting.subject)
    open_actions = meetings_written.open_actions(ctx.session, ctx.store.id, person.id)
    for taken in open_actions:
        meetings_written.drop_action(ctx.session, taken)
        ctx.forget("meetings_actions", taken.subject)
    if open_actions:
        promised = [{"what": one.words, "due": one.due_on} for one in open_actions]
        ctx.tell(ctx.me.id, notice("meetings.promised", name=person.name, promised=promised))
