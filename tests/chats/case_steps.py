"""Steps of a case as its people do them: from the door to the estimate, and each hand-over."""

from __future__ import annotations

from functools import partial

from sqlmodel import Session, col, select

from bot.handlers import workflow_steps
from bot.rules.workflow import StepKey
from bot.rules.workflow_record import Fact
from storage import workflow
from storage.handover import HandoverForm
from storage.workflow import CaseMark, CaseStep, StepState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.case_rows import begin_step, id_of, open_case, put_on_record, scene_of
from tests.chats.customer_steps import registers

PHONE = "13900000001"
NEW = ["量完房了", "材料选好了", "交接", "等客户", "转给别人", "怎么做"]
DESIGNING = ["交接", "等客户", "需要延期", "转给别人", "怎么做"]


def takes_a_designer(zhou: Person, name: str = "王磊") -> None:
    """A customer who has just come and takes this designer."""
    registers(zhou)
    zhou.presses("选设计师")
    zhou.presses(name)


def measures(wang: Person, when: str = "9点半") -> None:
    wang.presses("量完房了")
    wang.says(when)
    wang.presses("确认")


def chooses_materials(wang: Person) -> None:
    wang.presses("材料选好了")
    wang.says("地砖东鹏，橱柜欧派")
    wang.presses("确认")


def hands_over(person: Person, *, total: str = "", items: str = "跳过", remarks: str = "跳过") -> None:
    person.presses("交接")
    for said in filter(None, (total, items, remarks)):
        person.says(said)
    person.presses("确认")


def books(person: Person, when: str = "周六下午3点") -> None:
    person.presses("约好了")
    person.says(when)
    person.presses("确认")


def up_to_the_survey(store: StoreAtWork) -> None:
    """王磊 has measured."""
    takes_a_designer(store.person("zhou"))
    measures(store.person("wang"))


def up_to_the_plan(store: StoreAtWork) -> None:
    """王磊 has measured; the materials are chosen."""
    up_to_the_survey(store)
    chooses_materials(store.person("wang"))


def up_to_the_estimate(store: StoreAtWork) -> None:
    """赵倩 has the plan, and has not said that she took it."""
    up_to_the_plan(store)
    hands_over(store.person("wang"), items="平面图 3 张")


def up_to_the_booking(store: StoreAtWork) -> None:
    """周敏 has the estimate of 12.8 万元, and has not said that she took it."""
    up_to_the_estimate(store)
    store.person("zhao").presses("收下")
    hands_over(store.person("zhao"), total="12.8万")


def comes_to(
    store: StoreAtWork, key: StepKey, owner: str, *marks: str, done: StepKey, estimate: str = "", budget: str = ""
) -> None:
    """李女士's case comes to this step after `done`; its owner gets the card, and these stand on record."""

    def come(session: Session) -> None:
        scene = scene_of(store, session)
        case = open_case(scene)
        put_on_record(scene, case, *marks)
        before = begin_step(scene, case, done, "wang")
        workflow.change(session, before, {"state": StepState.DONE, "done_at": scene.now, "done_by_id": before.owner_id})
        for fact, amount in ((Fact.ESTIMATE_TOTAL, estimate), (Fact.BUDGET_TOTAL, budget)):
            if amount:
                put_on_record(scene, case, fact)
                workflow.marks_of(session, case.id)[fact].values = {"amount": amount}
        started_at = scene.now if owner != "zhou" else None
        workflow_steps.begin(scene, case, key, owner_id=id_of(session, owner), started_at=started_at)

    store.write(come)
    store.settle()


def steps(store: StoreAtWork) -> list[CaseStep]:
    found: list[CaseStep] = store.query(partial(rows, table=CaseStep))
    return found


def states(store: StoreAtWork) -> list[tuple[str, int, str]]:
    """What steps there were, which round each is of, and how each stands."""
    return [(one.step, one.round, str(one.state)) for one in steps(store)]


def forms(store: StoreAtWork) -> list[HandoverForm]:
    found: list[HandoverForm] = store.query(partial(rows, table=HandoverForm))
    return found


def standing(store: StoreAtWork) -> set[str]:
    """What stands on record about any case."""

    def look(session: Session) -> set[str]:
        return set(session.exec(select(CaseMark.mark).where(col(CaseMark.void_at).is_(None))))

    found: set[str] = store.query(look)
    return found
