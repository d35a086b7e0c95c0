"""A group's robot: it speaks and calls people by name, and never tells its key."""

from __future__ import annotations

import traceback
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from structlog.testing import capture_logs

from bot.channels.wecom.robot import CHAT, Robot, account_of
from bot.talk import Address, DeliveryError, File, Message, Pressable
from tests.services import free_port
from tests.telegram.clocks import StandingClock
from tests.wecom import FakeWeCom, Person, Seen
from tests.wecom.things import Group

KEY = "693a91f6-7xxx-4bc4-97a0-0ec2sifa5aaa"
AT = datetime(2026, 11, 26, 2, 0, tzinfo=UTC)
TO = Address("wecom_robot", account_of(KEY), CHAT, group=True)
SHEET = File("报价单.xlsx", b"what it holds")
CALLED = {7: "wanglei"}


class Corner:
    """The group with the robot in it, and the channel that speaks as it."""

    def __init__(self, fake: FakeWeCom, clock: StandingClock) -> None:
        self.fake = fake
        self.clock = clock
        self.wang: Person = fake.member("WangLei")
        self.group: Group = fake.robot(KEY, self.wang, fake.member("chenjing"))
        self.robot = Robot(KEY, base_url=fake.base_url)

    async def says(self, markup: str, **more: object) -> str:
        return await self.robot.send(TO, Message(markup, **more), at=AT)  # type: ignore[arg-type]

    async def cannot_say(self, markup: str = "早", **more: object) -> DeliveryError:
        with pytest.raises(DeliveryError) as told:
            await self.says(markup, **more)
        assert KEY not in "".join(traceback.format_exception(told.value))
        return told.value

    def seen(self) -> list[Seen]:
        return self.wang.sees_in(self.group)


@pytest.fixture
def corner() -> Iterator[Corner]:
    clock = StandingClock()
    with FakeWeCom(clock) as fake:
        yield Corner(fake, clock)
        assert fake.complaints == []


async def test_the_group_reads_what_the_robot_says(corner: Corner) -> None:
    ref = await corner.says("早上好，周四 11月26日\n今天到期：平面方案 &lt;一&gt;")

    assert [(one.kind, one.text) for one in corner.seen()] == [
        ("text", "早上好，周四 11月26日\n今天到期：平面方案 <一>"),
    ]
    assert ref == ""


async def test_whom_a_text_names_is_called(corner: Corner) -> None:
    await corner.says('<at staff="7">王磊</at> 外出，<at staff="8">刘总</at> 已知道', people=CALLED)

    assert [(one.text, one.mentioned) for one in corner.seen()] == [("王磊 外出，刘总 已知道", ("wanglei",))]


async def test_who_is_named_in_bold_words_is_called_by_them(corner: Corner) -> None:
    await corner.says('<b>早</b>\n<at staff="7">王磊</at> <at staff="8">刘总</at>', people=CALLED)

    assert [(one.kind, one.text, one.mentioned) for one in corner.seen()] == [
        ("markdown", "**早**\n<@wanglei> 刘总", ("wanglei",)),
    ]


async def test_what_somebody_typed_calls_nobody(corner: Corner) -> None:
    await corner.says("<b>早</b> &lt;@wanglei&gt; *重要*", people=CALLED)

    assert [(one.kind, one.text, one.mentioned) for one in corner.seen()] == [("text", "早 <@wanglei> *重要*", ())]


@pytest.mark.parametrize(("begin", "kind", "most"), [("", "text", 2048), ("<b>早</b>", "markdown", 4096)])
async def test_what_is_long_comes_in_parts_that_wecom_takes(corner: Corner, begin: str, kind: str, most: int) -> None:
    lines = "\n".join(f"{number:03} 一二三四五六七八九十" for number in range(200))

    await corner.says(f"{begin}\n{lines}")

    sizes = [len(one.text.encode()) for one in corner.seen()]
    assert {one.kind for one in corner.seen()} == {kind}
    assert max(sizes) <= most < max(sizes) + 40
    assert [words for one in corner.seen() for words in one.text.split("\n") if words[:3].isdigit()] == [
        *lines.split("\n")
    ]


async def test_a_file_follows_the_words(corner: Corner) -> None:
    await corner.says("报价", file=SHEET, buttons=((Pressable("同意", "ok"),),))

    assert [(one.kind, one.text, one.file) for one in corner.seen()] == [
        ("text", "报价", ""),
        ("file", "", "报价单.xlsx"),
    ]


async def test_a_file_whose_name_wecom_cannot_read_is_given_in_plain_letters(corner: Corner) -> None:
    corner.fake.faults.refusals.append(("webhook/upload_media", 44001))

    await corner.says("报价", file=SHEET)

    assert [one.file for one in corner.seen()] == ["", "file.xlsx"]


async def test_what_broke_off_is_taken_up_where_it_stopped(corner: Corner) -> None:
    corner.fake.faults.refusals.append(("webhook/upload_media", -1))
    await corner.cannot_say("报价", file=SHEET)

    await corner.says("报价", file=SHEET)

    assert [one.kind for one in corner.seen()] == ["text", "file"]


async def test_the_twenty_first_message_of_a_minute_waits(corner: Corner) -> None:
    for number in range(20):
        await corner.says(str(number))

    told = await corner.cannot_say()
    corner.clock.passes(60)
    await corner.says("20")

    assert (told.retry_after, told.unreached) == (60, True)
    assert [one.text for one in corner.seen()] == [str(number) for number in range(21)]


# The code; whether nothing ever arrives again, whether the message is wrong itself, and after how many seconds.
REFUSALS = [(93000, True, False, None), (40058, False, True, None), (45009, False, False, 60)]


@pytest.mark.parametrize(("code", "permanent", "refused", "after"), REFUSALS)
async def test_a_code_says_what_became_of_it(
    corner: Corner, code: int, permanent: bool, refused: bool, after: float | None
) -> None:
    corner.fake.faults.refusals.append(("webhook/send", code))

    told = await corner.cannot_say()

    assert (told.permanent, told.refused, told.retry_after) == (permanent, refused, after)


async def test_a_robot_that_was_taken_out_of_the_group_speaks_nowhere(corner: Corner) -> None:
    corner.fake.world.robots.clear()

    assert (await corner.cannot_say()).permanent
    assert (await corner.cannot_say(file=SHEET)).permanent


async def test_while_wecom_is_away_or_nowhere_nothing_is_said_and_no_key_told(corner: Corner) -> None:
    corner.fake.faults.away = True
    away = await corner.cannot_say()
    corner.robot = Robot(KEY, base_url=f"http://127.0.0.1:{free_port()}")
    nowhere = await corner.cannot_say()

    assert (away.unreached, str(away)) == (True, "HTTP 502")
    assert (nowhere.unreached, str(nowhere)) == (True, "ConnectError")


async def test_a_message_whose_answer_is_lost_may_have_been_read(corner: Corner) -> None:
    corner.fake.faults.lost.append("webhook/send")

    told = await corner.cannot_say()

    assert (told.unreached, told.permanent, told.refused) == (False, False, False)


async def test_what_nobody_foresaw_is_a_failed_try_that_tells_no_key(
    corner: Corner, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise LookupError(KEY)

    monkeypatch.setattr("bot.channels.wecom.robot.checked", breaks)
    with capture_logs() as logs:
        told = await corner.cannot_say()

    assert (str(told), told.permanent, told.refused, told.unreached) == ("LookupError", False, False, False)
    assert [one["error_type"] for one in logs] == ["LookupError"]


async def test_nothing_is_changed_fetched_or_said_elsewhere(corner: Corner) -> None:
    with pytest.raises(DeliveryError) as changed:
        await corner.robot.edit(TO, "1", Message("早"), at=AT)
    with pytest.raises(DeliveryError) as fetched:
        await corner.robot.fetch("1")
    with pytest.raises(DeliveryError) as elsewhere:
        await corner.robot.send(Address("wecom_robot", TO.account, "wanglei"), Message("早"), at=AT)
    with pytest.raises(DeliveryError) as by_another:
        await corner.robot.send(Address("wecom_robot", "another", CHAT, group=True), Message("早"), at=AT)

    assert by_another.value.permanent
    assert (changed.value.refused, fetched.value.refused, elsewhere.value.permanent) == (True, True, True)
    assert corner.fake.calls == []


def test_a_robot_is_called_something_from_which_nobody_learns_its_key() -> None:
    robot = Robot(KEY)

    assert (robot.account, robot.name) == (account_of(KEY), "wecom_robot")
    assert len(robot.account) == 12
    assert (robot.can.edit, robot.can.buttons) == (False, False)
