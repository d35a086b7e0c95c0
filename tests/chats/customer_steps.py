"""Steps that the stories about customers share."""

from __future__ import annotations

from functools import partial

from storage.customers import Case, DesignerOffer, FollowUp, TeamMember
from tests.chat import Person, StoreAtWork, rows

LI = "登记 李女士 13900000001 老客户介绍 锦绣花园 120平 三室两厅 4口人"
CARD = ["记跟进", "看电话", "改资料", "选设计师", "流失"]


def registers(person: Person, line: str = LI) -> None:
    """A customer in one line, who consents."""
    person.says(line)
    person.presses("客户同意")
    person.presses("确认")


def cases(store: StoreAtWork) -> list[Case]:
    found: list[Case] = store.query(partial(rows, table=Case))
    return found


def contacts(store: StoreAtWork) -> list[str]:
    """What was written down of contacts, oldest first."""
    found: list[FollowUp] = store.query(partial(rows, table=FollowUp))
    return [one.words for one in found]


def team(store: StoreAtWork) -> list[tuple[int, str, int]]:
    """Who does which role's part of which case."""
    found: list[TeamMember] = store.query(partial(rows, table=TeamMember))
    return [(one.case_id, str(one.role), one.staff_id) for one in found]


def offers(store: StoreAtWork) -> list[tuple[int, int, bool]]:
    """Who was offered, in which order, and who was taken."""
    found: list[DesignerOffer] = store.query(partial(rows, table=DesignerOffer))
    return [(one.rank, one.staff_id, one.taken) for one in found]
