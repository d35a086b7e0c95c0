"""The WeCom app as a channel at work beside the strict fake: what it handed on, what a member sees."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

from bot.channels.wecom import WeCom
from bot.channels.wecom.callback import fields
from bot.talk import Address, Incoming, Message, Pressable, Tone
from storage.card_codes import CardCode
from storage.database import Database
from tests.channels.wecom_office import WeComOffice, wecom_office
from tests.storage.shop import all_rows
from tests.wecom.fake import AGENT, CORP
from tests.wecom.sealing import xml

DAY = 24 * 3600
AT = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)
TO = Address("wecom", f"{CORP}/{AGENT}", "wanglei")
YES, NO = Pressable("同意", "approvals:approve:1", Tone.GOOD), Pressable("不同意", "approvals:refuse:1", Tone.BAD)
ASKED = Message("王磊 想调休半天\n周五 14:00–17:30", ((YES, NO),))
RENAMED = {"Event": "change_contact", "ChangeType": "update_user"}
DECIDED = Message("✅ 周敏 已同意（10:00）\n周五 14:00–17:30")


class Station:
    """The channel at work: `heard` is what it handed on."""

    def __init__(self, office: WeComOffice, database: Database) -> None:
        self.office = office
        self.database = database
        self.channel = WeCom(office.client, database, office.real, home="https://qiantai.example.com")
        self.channel._receive = self._receive
        self.heard: list[Incoming] = []

    def after_restart(self) -> Station:
        """Another process on the same rows."""
        return Station(self.office, self.database)

    async def _receive(self, *incoming: Incoming) -> bool:
        self.heard += incoming
        return True

    async def is_told(self, said: Mapping[str, Any]) -> None:
        await self.channel.take(fields(xml(said)))

    async def sends(self, message: Message, to: Address = TO) -> str:
        return await self.channel.send(to, message, at=AT)

    async def edits(self, ref: str, message: Message) -> str:
        return await self.channel.edit(TO, ref, message, at=AT)

    def sees(self) -> list[tuple[str, tuple[str, ...]]]:
        return [(one.text, one.labels) for one in self.office.wang.sees()]

    def presses_code(self) -> str:
        """The code of a press that nobody has told us of yet."""
        return str(self.office.wang.presses("同意")["ResponseCode"])

    def renamed(self, before: str, now: str) -> dict[str, Any]:
        """What the corp's directory calls with."""
        said = {"ToUserName": CORP, "FromUserName": "sys", "CreateTime": int(self.office.clock()), "AgentID": AGENT}
        return {**said, "MsgType": "event", **RENAMED, "UserID": before, "NewUserID": now}

    def codes(self) -> list[tuple[bool, bool]]:
        """Of each code whether a press brought it, and whether it is spent."""
        return [(one.pressed, one.spent) for one in all_rows(self.database, CardCode)]


@asynccontextmanager
async def station_at(url: str) -> AsyncIterator[Station]:
    """On a new database."""
    database = Database(url)
    async with wecom_office() as office:
        yield Station(office, database)
        assert office.fake.complaints == []
    database.close()
