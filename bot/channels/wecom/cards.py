"""Cards that were sent: the codes that change them, each once, and the old ones that nothing can change any more."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

import httpx
import structlog
from sqlmodel import Session

from bot.channels.wecom.client import Client
from bot.channels.wecom.errors import WeComError, failure, is_spent
from bot.channels.wecom.reading import NAME
from bot.channels.wecom.writing import Part
from bot.texts import plain, text
from storage import card_codes
from storage.database import Database

log = structlog.get_logger()


class Cards:
    """The cards of one app; `real` is the time that codes live by."""

    def __init__(self, client: Client, database: Database, account: str, real: Callable[[], datetime]) -> None:
        self._client = client
        self._database = database
        self._place: dict[str, Any] = {"channel": NAME, "account": account}
        self._real = real
        # Codes that may have been used: nobody answered.
        self._unsure: set[str] = set()

    async def came_with(self, card: str, code: str) -> None:
        await self._database.write(partial(self._keep, card, code, pressed=False))

    async def was_pressed(self, card: str, code: str) -> bool:
        """Keeps the code; True if the card is an old one, beside which something newer stands."""
        return await self._database.write(partial(self._keep, card, code, pressed=True), first=True)

    async def outdate(self, card: str) -> None:
        await self._database.write(partial(card_codes.set_outdated, **self._place, card=card, outdated=True))

    async def close(self, member: str, code: str) -> None:
        """An old card loses its buttons by the code of its press; if that fails the next press does it."""
        words = plain(text("desk.card_outdated"))
        try:
            await self._client.close_buttons(code, [member], words)
        except WeComError as error:
            log.info("old card not closed", code=error.code)
        except httpx.HTTPError as error:
            log.info("old card not closed", error_type=type(error).__name__)
        await self._database.write(partial(card_codes.spend, **self._place, code=code))

    async def change(self, member: str, card: str, part: Part) -> bool:
        """Whether the member's card says it now; False when there is no code for it, or WeCom does not take it."""
        while (code := await self._database.read(partial(self._usable, card))) is not None:
            was_unsure = code in self._unsure
            try:
                missed = await self._client.update_card(code, [member], part.content)
            except WeComError as error:
                if not failure(error).refused:
                    raise
                # If nobody had answered, but the card was changed, its code is spent.
                is_changed = is_spent(error) and was_unsure
                log.info("card not changed", code=error.code)
            except httpx.HTTPError:
                self._unsure.add(code)
                raise
            else:
                is_changed = member.lower() not in missed
            self._unsure.discard(code)
            await self._database.write(partial(self._used, card, code, is_changed=is_changed))
            if is_changed:
                return True
        return False

    def _keep(self, card: str, code: str, session: Session, *, pressed: bool) -> bool:
        place: dict[str, Any] = {**self._place, "card": card}
        card_codes.keep(session, **place, code=code, pressed=pressed, given_at=self._real())
        return card_codes.is_outdated(session, **place)

    def _usable(self, card: str, session: Session) -> str | None:
        return card_codes.usable(session, **self._place, card=card, real=self._real())

    def _used(self, card: str, code: str, session: Session, *, is_changed: bool) -> None:
        card_codes.spend(session, **self._place, code=code)
        if is_changed:
            card_codes.set_outdated(session, **self._place, card=card, outdated=False)
