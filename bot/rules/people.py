"""The people of a store: who may change whom, what must stay true of them, and what keys and codes look like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import timedelta

from storage.staff import Role, Staff

MANAGER_ROLES = frozenset({Role.CLIENT_MANAGER, Role.GM_OFFICE})
# What people call the roles; the first word is the glossary's.
ROLE_WORDS: Mapping[Role, tuple[str, ...]] = {
    Role.GM_OFFICE: ("总经办", "总经理"),
    Role.CLIENT_MANAGER: ("客户经理", "前台", "店面主管"),
    Role.DESIGNER: ("设计师", "设计"),
    Role.ESTIMATOR: ("预算员", "预算"),
    Role.ENGINEERING_MANAGER: ("工程部经理", "工程经理"),
    Role.PROJECT_MANAGER: ("项目经理",),
}
BETWEEN_ROLES = re.compile(r"[\s、，,；;/+和兼]+")
ROLE_LEAD = re.compile(r"^(?:岗位|角色|职位)?(?:是|为|改为|改成)?[:：]?")

LONGEST_NAME = 20
NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·A-Za-z0-9.\-]+(?: [A-Za-z.\-]+)*")
DEPARTMENT = re.compile(r"[\w·]{1,18}(?:部|组|室|办|中心|店|处|队)")

# Without 0 O 1 I L, which look alike: 31 ** 8 codes, of which a stranger may try TRIES within TRIES_WITHIN.
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 8
CODE_LASTS = timedelta(days=7)
TRIES = 5
TRIES_WITHIN = timedelta(hours=1)
# A stranger hears the polite sentence once in so long.
GREETED_EVERY = timedelta(minutes=10)
JOIN = "加入"
LONGEST_JOINING = 60


def is_manager(roles: Iterable[str]) -> bool:
    return not MANAGER_ROLES.isdisjoint(roles)


def may_change(me: Staff, person: Staff) -> bool:
    """Managers and the GM office are the GM office's to change, others any manager's; one's own entry is one's own."""
    if me.has(Role.GM_OFFICE):
        return True
    return me.has(Role.CLIENT_MANAGER) and (person.id == me.id or not is_manager(person.roles))


def may_give(me: Staff, before: Collection[str], after: Collection[str]) -> bool:
    """Whether `me` may turn these roles into those: only the GM office makes, or unmakes, a manager (HANDBOOK R1)."""
    if set(before) == set(after) or me.has(Role.GM_OFFICE):
        return True
    return me.has(Role.CLIENT_MANAGER) and not is_manager([*before, *after])


def missing_role(people: Iterable[Staff]) -> Role | None:
    """The role that a store cannot be without and these people do not have; nobody decides for themselves (R1 A9)."""
    held = {role for person in people if person.active for role in person.roles}
    return next((role for role in (Role.CLIENT_MANAGER, Role.GM_OFFICE) if role not in held), None)


def namesake(name: str, people: Iterable[Staff], *, but: int | None = None) -> Staff | None:
    """Somebody else who works here and is found by that name: the front desk would take one for the other."""
    return next((one for one in people if one.active and one.id != but and name in (one.name, one.key)), None)


def is_name(name: str) -> bool:
    """Whether people can be called so: up to 20 letters, 欧阳娜 or Tom Li, and no bare number."""
    return len(name) <= LONGEST_NAME and NAME.fullmatch(name) is not None and any(char.isalpha() for char in name)


def roles_in(said: str) -> list[Role]:
    """The roles of `设计师、预算员`, in that order; none if any of it is no role."""
    words = [word for word in BETWEEN_ROLES.split(ROLE_LEAD.sub("", said.strip())) if word]
    by_word = {word: role for role, known in ROLE_WORDS.items() for word in known}
    if not words or any(word not in by_word for word in words):
        return []
    return list(dict.fromkeys(by_word[word] for word in words))


def proposed_keys(number: int) -> Iterator[str]:
    """Keys for somebody new, whose name need not be spelled in Latin letters: p12, then p12_2, p12_3, …"""
    yield f"p{number}"
    attempt = 2
    while True:
        yield f"p{number}_{attempt}"
        attempt += 1


def grouped(code: str) -> str:
    """The code as it is read out: 7K3M-Q9XA."""
    return f"{code[:4]}-{code[4:]}"


def code_in(said: str) -> str | None:
    """The code of `加入 7k3m q9xa`, of any width and case; empty if none stands there, None if it is no 加入 at all."""
    spelled = unicodedata.normalize("NFKC", said[:LONGEST_JOINING]).strip(" /").upper()
    if not spelled.startswith(JOIN):
        return None
    code = re.sub(r"[\s\-–—_.:。,，]", "", spelled.removeprefix(JOIN))
    return code if re.fullmatch(rf"[0-9A-Z]{{{CODE_LENGTH}}}", code) else ""
