"""Whether people and groups can be reached: who blocked the bot, who has no chat, which group sent it away or moved."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from sqlmodel import Session

from bot.feature import Feature, Scene
from bot.notices import Notice, notice
from bot.stores import open_store
from bot.talk import PRIVATE, Address, Incoming, Said
from storage import group_chats, staff
from storage.staff import Contact, Role, Staff


class Reach:
    """What the store learns of its people's and its groups' chats."""

    def __init__(self, features: Mapping[str, Feature]) -> None:
        self._features = features

    def hear(self, session: Session, news: Incoming, contact: Contact, now: datetime) -> None:
        """What the platform says of a chat itself: it has another address, or the bot was sent away or let in."""
        chat = contact.address if news.chat == PRIVATE else news.chat
        to = Address(news.channel, news.account, chat, group=news.chat != PRIVATE)
        match news.kind:
            case Said.MOVED if not to.group:
                staff.move_contact(session, contact, news.text)
            case Said.MOVED:
                place = {"channel": to.channel, "account": to.account}
                group_chats.move_chat(session, **place, old=to.chat, new=news.text, now=now)
            case Said.SENT_AWAY:
                self.lost(session, to, now)
            case Said.LET_IN if not to.group:
                staff.unblock(session, contact.id)

    def lost(self, session: Session, to: Address, now: datetime) -> None:
        """Nothing can be sent there any more: the client managers hear it once."""
        if to.group:
            self._lost_groups(session, to, now)
        else:
            self._lost_person(session, to, now)

    def _lost_person(self, session: Session, to: Address, now: datetime) -> None:
        """They hear it once, until the person speaks again."""
        known = staff.contact(session, channel=to.channel, account=to.account, address=to.chat)
        blocked = staff.block(session, known.id)
        if blocked is None or blocked.staff_id is None:
            return
        person = staff.get(session, blocked.staff_id)
        said = notice("desk.unreachable", name=person.name)
        self._tell_managers(self._scene(session, person.store_id, now), said, person)

    def _lost_groups(self, session: Session, to: Address, now: datetime) -> None:
        """Once a day, as long as something is said to it; who leaves a group leaves its topics."""
        for group in group_chats.groups_in(session, channel=to.channel, account=to.account, address=to.chat):
            scene = self._scene(session, group.store_id, now)
            said = notice("desk.group_lost", name=group.name)
            self._tell_managers(scene, said, dedupe=f"group lost|{group.id}|{scene.today()}")

    def chatless(self, session: Session, staff_id: int, now: datetime) -> None:
        """Somebody has no chat yet, so a notice went nowhere: those who can invite them hear it once a day."""
        person = staff.get(session, staff_id)
        if not person.active or staff.has_chat(session, staff_id):
            return
        scene = self._scene(session, person.store_id, now)
        said = notice("people.no_chat", name=person.name)
        self._tell_managers(scene, said, person, dedupe=f"no chat|{staff_id}|{scene.today()}")

    def _scene(self, session: Session, store_id: int, now: datetime) -> Scene:
        return open_store(session, store_id, now, self._features)

    def _tell_managers(
        self, scene: Scene, said: Notice, but: Staff | None = None, *, dedupe: str | None = None
    ) -> None:
        for manager in managers_but(scene, but):
            scene.tell(manager.id, said, dedupe=dedupe)


def managers_but(scene: Scene, person: Staff | None) -> list[Staff]:
    """Who hears of somebody's trouble: the client managers, or the GM office where it is their own."""
    people = [one for one in scene.people() if person is None or one.id != person.id]
    return staff.with_role(people, Role.CLIENT_MANAGER) or staff.with_role(people, Role.GM_OFFICE)
