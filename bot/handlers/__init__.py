"""Everything the front desk can do: a file per feature, listed here."""

from collections.abc import Mapping

from bot import filling
from bot.feature import Feature
from bot.handlers import approvals, calendar, help, leave, leave_withdrawal

FEATURES: Mapping[str, Feature] = {
    feature.name: feature
    for feature in (
        leave.feature,
        leave_withdrawal.feature,
        approvals.feature,
        help.feature,
        calendar.feature,
        filling.feature,
    )
}
