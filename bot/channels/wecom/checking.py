"""What `qiantai doctor` finds out about the app: its corp, its secret, and what WeCom lets it do from here."""

from __future__ import annotations

import re
from collections.abc import Iterable

import httpx

from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import ASKED_IN_VAIN, NO_CALLBACK, NO_ROBOT, NOT_PERMITTED, Trouble, WeComError, failure
from bot.channels.wecom.robot import Robot
from bot.notices import Notice, notice

WRONG = {
    40001: "doctor.wecom_secret",
    40091: "doctor.wecom_secret",
    40013: "doctor.wecom_corp",
    40056: "doctor.wecom_agent",
    301002: "doctor.wecom_agent",
    60020: "doctor.wecom_address",
    NOT_PERMITTED: "doctor.wecom_rights",
    NO_CALLBACK: "doctor.wecom_callback",
    50003: "doctor.wecom_closed",
    48006: "doctor.wecom_unused",
    45009: "doctor.wecom_too_often",
    NO_ROBOT: "doctor.wecom_robot",
}
ADDRESS = re.compile(r"from ip: ([0-9A-Fa-f.:]+)")


async def robot_trouble(robot: Robot) -> Notice | None:
    """The same of a group's robot; nobody in the group sees anything of it."""
    try:
        await robot.try_key()
    except ASKED_IN_VAIN as error:
        return told(error)
    return None


async def trouble(client: Client) -> Notice | None:
    """What is wrong, in words, or None. Changes nothing at WeCom."""
    try:
        async with client:
            return None if await client.is_open() else notice("doctor.wecom_closed")
    except ASKED_IN_VAIN as error:
        return told(error)


def found_by_sending(refusals: Iterable[str]) -> Notice | None:
    """What WeCom tells nobody who only asks: that it has no address of ours. Refusals are as deliveries keep them."""
    vain = str(failure(WeComError(NO_CALLBACK)))
    return told(WeComError(NO_CALLBACK)) if any(one.startswith(vain) for one in refusals) else None


def told(error: WeComError | Trouble) -> Notice:
    """What a refusal means, and where in WeCom's admin console it is set right."""
    if not isinstance(error, WeComError):
        # Its own words may hold the address, and that holds the secret.
        return notice("doctor.wecom_unreached", problem=_kind(error))
    found = ADDRESS.search(error.said)
    key = WRONG.get(error.code)
    if key is None:
        return notice("doctor.wecom_refused", code=error.code)
    return notice(key, code=error.code, address=found[1] if found else "")


def _kind(error: Trouble) -> str:
    return f"HTTP {error.response.status_code}" if isinstance(error, httpx.HTTPStatusError) else type(error).__name__
