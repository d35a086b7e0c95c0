"""Colleagues in what people type: 王磊外出 said by a manager means 王磊; one who has no phone is spoken for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.feature import Context, Scene
from storage import staff
from storage.staff import Role, Staff, with_role

FOR = "帮替给"


def named(ctx: Context, said: str) -> Staff | None:
    """The colleague whose name or key the words begin with; of 王磊 and 王磊明 the longer."""
    others = [one for one in ctx.people() if one.id != ctx.me.id]
    begun = [one for one in others if said.strip().startswith((one.name, f"{one.key} "))]
    return max(begun, key=lambda one: len(one.name), default=None)


def before_the_word(ctx: Context, word: str) -> Staff | None:
    """The colleague for whom the command is said: 帮王磊请假."""
    return named(ctx, ctx.said.partition(word)[0].strip().lstrip(FOR))


def without_name(person: Staff, rest: str) -> str:
    """What is said about the person, without their name and what stands before it (帮王磊)."""
    said = rest.strip()
    said = said[1:] if said.startswith(tuple(f"{word}{person.name}" for word in FOR)) else said
    return said.removeprefix(person.name) if said.startswith(person.name) else said.removeprefix(f"{person.key} ")


def about(ctx: Context, person: Staff | None) -> dict[str, Any]:
    """What a form is opened for when it is for somebody else."""
    return {"for": person.id} if person is not None and person.id != ctx.me.id else {}


def whose(ctx: Context, about: Mapping[str, Any]) -> Staff:
    """The person whom a form is about."""
    return staff.get(ctx.session, about["for"]) if "for" in about else ctx.me


def front_desk(scene: Scene, person: Staff) -> list[Staff]:
    """Who must know where somebody is: the client managers (A5); the GM office too where they are all away, or where

    it is one of them who goes.
    """
    managers = [one for one in with_role(scene.people(), Role.CLIENT_MANAGER) if one.id != person.id]
    away = scene.away_now()
    if any(one.id not in away for one in managers) and not person.has(Role.CLIENT_MANAGER):
        return managers
    office = [one for one in with_role(scene.people(), Role.GM_OFFICE) if one.id != person.id]
    return [*managers, *(one for one in office if one not in managers)]
