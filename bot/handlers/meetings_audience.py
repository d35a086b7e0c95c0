"""Who a meeting is for: the whole store, departments, roles or single people, as they are typed, kept and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.feature import MANAGERS, Scene
from bot.notices import Notice, notice
from bot.questions import Pick, Place, Reading
from bot.reading import Misread
from bot.reading.find import SURNAMES
from storage import staff
from storage.staff import Role, Staff

STORE = "store"
WHOLE = ("全店", "全体", "全员", "所有人", "大家")
OWN = ("本部门", "我们部门", "我部门")
ROLES = {
    "总经办": Role.GM_OFFICE,
    "客户经理": Role.CLIENT_MANAGER,
    "店面主管": Role.CLIENT_MANAGER,
    "设计师": Role.DESIGNER,
    "预算员": Role.ESTIMATOR,
    "工程部经理": Role.ENGINEERING_MANAGER,
    "工程经理": Role.ENGINEERING_MANAGER,
    "项目经理": Role.PROJECT_MANAGER,
}
LEADS = "(?:叫上?|请|通知|召集|喊|找|和|跟|与|给|让|全体|所有)"
BETWEEN = r"[\s、，,和与跟及]*"
TAILS = "(?:全体|所有)?(?:的?(?:同事们?|人员|成员|人)|们)?(?:一起|都来|都)?"
# 王总 and 李工, each for itself: people whom the store does not know by that name.
STRANGERS = re.compile(
    rf"(?<![^\s，、,和与跟叫请])[{''.join(sorted(SURNAMES))}]"
    r"[\u4e00-\u9fff]?(?:总监?|工|经理|主任|老师)(?=[\s，、,和与跟]|$)"
)
NEVER = re.compile(r"(?!)")


@dataclass(frozen=True)
class Audience(Pick):
    """Names of departments, roles and people that the question knows: 设计部, 陈静、赵倩, 叫上设计部和赵倩."""

    def read(self, said: str, reading: Reading, name: str) -> tuple[str, ...]:
        known = reading.question(name).known
        if not _pattern(known).fullmatch(said.strip()):
            raise Misread("meetings.nobody_called_so", said=said.strip()[:20])
        return tuple(dict.fromkeys(_any(known).findall(said)))

    def place(self, words: str, reading: Reading, name: str) -> Place | None:
        """At the beginning only: in 讨论王磊的方案 nobody is meant to come."""
        found = _pattern(reading.question(name).known).match(words)
        if found is None or words[found.end() : found.end() + 1] == "的":
            return None
        return Place(0, found.end())


def _any(known: Sequence[str]) -> re.Pattern[str]:
    longest_first = sorted(known, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first))) if known else NEVER


def _pattern(known: Sequence[str]) -> re.Pattern[str]:
    one = _any(known).pattern
    return re.compile(rf"\s*(?:{LEADS}\s*)*(?:{one})(?:{BETWEEN}(?:{one}))*{TAILS}")


def names(scene: Scene, me: Staff) -> tuple[str, ...]:
    """Every word that means somebody of the store."""
    people = scene.people()
    own = OWN if me.department else ()
    return (*WHOLE, *own, *departments(people), *ROLES, *(one.name for one in people))


def take_strangers(scene: Scene, me: Staff, line: str) -> tuple[str, list[str]]:
    """The line without people's titles that nobody of the store goes by, and these."""
    known = names(scene, me)
    found = [name for name in STRANGERS.findall(line) if name not in known]
    for name in found:
        line = line.replace(name, " ", 1)
    return line, found


def departments(people: Iterable[Staff]) -> list[str]:
    return list(dict.fromkeys(one.department for one in people if one.department))


def tokens(scene: Scene, me: Staff, said: Iterable[str]) -> list[str]:
    """What the names mean, as the meeting keeps it; the whole store takes in everybody else."""
    people = scene.people()
    found = [_token(people, me, name) for name in said]
    return [STORE] if STORE in found else list(dict.fromkeys(token for token in found if token))


def _token(people: Sequence[Staff], me: Staff, name: str) -> str:
    if name in WHOLE:
        return STORE
    person = next((one for one in people if one.name == name), None)
    if person is not None:
        return f"person:{person.id}"
    if name in OWN or name in departments(people):
        return f"department:{me.department if name in OWN else name}"
    return f"role:{ROLES[name]}" if name in ROLES else ""


def spoken(scene: Scene, audience: Iterable[str]) -> list[str]:
    """The names that mean these tokens, for a form that is opened again."""
    words = {str(role): word for word, role in reversed(ROLES.items())}
    kinds = [token.partition(":")[::2] for token in audience]
    return [
        WHOLE[0]
        if kind == STORE
        else staff.get(scene.session, int(key)).name
        if kind == "person"
        else words.get(key, key)
        for kind, key in kinds
    ]


def labels(scene: Scene, audience: Iterable[str]) -> list[Any]:
    """The audience as texts show it."""
    return [_label(scene, *token.partition(":")[::2]) for token in audience]


def _label(scene: Scene, kind: str, key: str) -> Notice | str:
    if kind == STORE:
        return notice("meetings.whole_store")
    if kind == "role":
        return notice(f"staff.role_{key}")
    return staff.get(scene.session, int(key)).name if kind == "person" else key


def people(scene: Scene, audience: Iterable[str]) -> list[Staff]:
    """Those who work here and are meant, in the order they came."""
    wanted = set(audience)
    return [one for one in scene.people() if wanted & _all_tokens(one)]


def _all_tokens(person: Staff) -> set[str]:
    roles = {f"role:{role}" for role in person.roles}
    return {STORE, f"person:{person.id}", f"department:{person.department}"} | roles


def is_single_people(audience: Iterable[str]) -> bool:
    """Whether only people by their names are meant: what they meet about is their own business."""
    return all(token.startswith("person:") for token in audience)


def is_department(audience: Sequence[str]) -> bool:
    return len(audience) == 1 and audience[0].startswith("department:")


def may_call(me: Staff, audience: Iterable[str]) -> bool:
    """Managers call anybody; everybody else their own department and colleagues by name."""
    if any(me.has(role) for role in MANAGERS):
        return True
    own = f"department:{me.department}" if me.department else ""
    return all(token == own or token.startswith("person:") for token in audience)
