"""Who is in the corp, as far as the app sees it: what WeCom calls them, and whether they can be reached."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bot.channels.wecom.answers import User
from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import UNKNOWN_MEMBER, WeComError


class Standing(StrEnum):
    """What a member is to WeCom."""

    ACTIVE = "active"
    DISABLED = "disabled"
    NOT_ACTIVATED = "not_activated"
    LEFT = "left"


STANDINGS = {1: Standing.ACTIVE, 2: Standing.DISABLED, 4: Standing.NOT_ACTIVATED, 5: Standing.LEFT}


@dataclass(frozen=True)
class Member:
    """`userid` in small letters, as addresses are; WeCom tells no phone number."""

    userid: str
    name: str
    standing: Standing

    @property
    def active(self) -> bool:
        return self.standing is Standing.ACTIVE


async def member(client: Client, userid: str) -> Member | None:
    """None if there is no such member, or none any more. Raises WeComError, or what the network does."""
    try:
        return _member(await client.user(userid))
    except WeComError as error:
        if error.code not in UNKNOWN_MEMBER:
            raise
    return None


async def members(client: Client) -> list[Member]:
    """Everybody whom the app sees, each once; who leaves meanwhile is not among them. A call for each of them."""
    listed = [user for department in await client.departments() for user in await client.users_of(department)]
    found = [await member(client, userid) for userid in dict.fromkeys(one.userid.lower() for one in listed)]
    return [one for one in found if one is not None]


def _member(user: User) -> Member:
    """A standing that nobody knows yet is none in which messages are read."""
    return Member(user.userid.lower(), user.name, STANDINGS.get(user.status, Standing.DISABLED))
