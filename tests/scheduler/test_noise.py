"""No storm and no night calls: digests in groups, quiet hours, and what is urgent all the same."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest_asyncio

from tests.scheduler.office import Office, office_at, shown

DAY_TIME = datetime.fromisoformat("2026-11-25T10:00:00+08:00")
EVENING = datetime.fromisoformat("2026-11-25T21:00:00+08:00")
MORNING = datetime.fromisoformat("2026-11-26T08:00:00+08:00")


@pytest_asyncio.fixture
async def office(database_url: str) -> AsyncIterator[Office]:
    async with office_at(database_url) as opened:
        yield opened


async def at(office: Office, moment: datetime) -> None:
    """The store's time comes to that moment."""
    office.clock.move_to(moment)
    await office.works()


async def test_several_notices_to_a_group_within_a_minute_are_one_message(office: Office) -> None:
    for second, said in enumerate(("一", "二", "三")):
        await at(office, DAY_TIME + timedelta(seconds=20 * second))
        office.tell_group(said)
        await office.works()
    before = list(office.channel.sent)

    await at(office, DAY_TIME + timedelta(seconds=60))

    assert before == []
    assert office.channel.told("store") == ["\n".join(shown(said) for said in ("一", "二", "三"))]


async def test_what_comes_after_a_digest_went_is_gathered_anew(office: Office) -> None:
    office.tell_group("一")
    await at(office, office.clock.now() + timedelta(seconds=60))
    office.tell_group("二")

    await at(office, office.clock.now() + timedelta(seconds=60))

    assert office.channel.told("store") == [shown("一"), shown("二")]


async def test_what_is_urgent_for_a_group_goes_at_once_and_alone(office: Office) -> None:
    office.tell_group("等等")
    office.tell_group("急", urgent=True)

    await office.works()

    assert office.channel.told("store") == [shown("急")]


async def test_what_is_not_urgent_rests_at_night_and_goes_at_eight(office: Office) -> None:
    await at(office, EVENING)
    office.tell(office.shop.wang, "不急", urgent=False)
    await at(office, MORNING - timedelta(seconds=1))
    by_night = list(office.channel.sent)

    await at(office, MORNING)

    assert by_night == []
    assert office.channel.told("wang") == [shown("不急")]


async def test_what_is_urgent_goes_at_night(office: Office) -> None:
    await at(office, EVENING)
    office.tell(office.shop.wang, "不急", urgent=False)
    office.tell(office.shop.wang, "急")

    await office.works()

    assert office.channel.told("wang") == [shown("急")]


async def test_a_minute_before_the_quiet_hours_what_is_not_urgent_still_goes(office: Office) -> None:
    await at(office, EVENING - timedelta(minutes=1))
    office.tell(office.shop.wang, "不急", urgent=False)

    await office.works()

    assert office.channel.told("wang") == [shown("不急")]


async def test_a_groups_notices_of_a_night_are_one_message_in_the_morning(office: Office) -> None:
    await at(office, EVENING - timedelta(seconds=30))
    office.tell_group("晚上")
    await at(office, MORNING - timedelta(hours=3))
    office.tell_group("凌晨")
    by_night = list(office.channel.sent)

    await at(office, MORNING)

    assert by_night == []
    assert office.channel.told("store") == [f"{shown('晚上')}\n{shown('凌晨')}"]


async def test_a_notice_with_the_same_key_is_told_once(office: Office) -> None:
    office.tell(office.shop.wang, "一", dedupe="nudge|1")
    office.tell(office.shop.chen, "一", dedupe="nudge|1")
    office.tell(office.shop.wang, "一", dedupe="nudge|1")

    await office.works()

    assert office.channel.told("wang") == [shown("一")]
    assert office.channel.told("chen") == [shown("一")]
