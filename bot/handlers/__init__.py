"""Everything the front desk can do: a file per feature, listed here."""

from collections.abc import Mapping

from bot import filling
from bot.feature import Feature
from bot.handlers import (
    appointments,
    approvals,
    behalf,
    calendar,
    customers,
    customers_changing,
    customers_clearing,
    extension,
    files,
    follow_up,
    handover,
    help,
    leave,
    leave_withdrawal,
    meetings,
    meetings_actions,
    meetings_minutes,
    meetings_roll,
    missed_punch,
    morning,
    notifications,
    outing,
    people,
    process,
    rulebook,
    sanctions,
    trip,
    workflow,
    workflow_away,
)

FEATURES: Mapping[str, Feature] = {
    feature.name: feature
    for feature in (
        leave.feature,
        leave_withdrawal.feature,
        outing.feature,
        trip.feature,
        missed_punch.feature,
        meetings.feature,
        meetings_roll.feature,
        meetings_minutes.feature,
        meetings_actions.feature,
        morning.feature,
        workflow.feature,
        workflow_away.feature,
        appointments.feature,
        handover.feature,
        extension.feature,
        process.feature,
        customers.feature,
        files.feature,
        follow_up.feature,
        customers_changing.feature,
        customers_clearing.feature,
        approvals.feature,
        sanctions.feature,
        behalf.feature,
        help.feature,
        calendar.feature,
        rulebook.feature,
        people.feature,
        notifications.feature,
        filling.feature,
    )
}
