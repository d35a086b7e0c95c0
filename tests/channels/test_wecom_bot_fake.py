"""The fake of the AI bot's server, called in process: each row is one that a client could run into."""

from __future__ import annotations

import pytest

from tests.channels.wecom_bot_in_process import CARD, HOUR, NOTICE, WORDS, InProcess, Wire
from tests.wecom.refusals import JSON
from tests.wecom_bot.things import Callback


@pytest.fixture
def world() -> InProcess:
    return InProcess()


# Subscribing (check 28).


def test_nothing_is_asked_before_subscribing(world: InProcess) -> None:
    stranger = Wire(world.fake)

    assert [stranger.code("ping"), stranger.sends(), world.wire.code("ping")] == [846609, 846609, 0]


def test_the_bot_and_its_secret_are_looked_at(world: InProcess) -> None:
    stranger = Wire(world.fake)

    assert [stranger.subscribes(secret="x"), stranger.subscribes(bot_id="x"), stranger.subscribes()] == [
        853000,
        853000,
        0,
    ]


def test_whoever_subscribes_again_and_again_is_refused(world: InProcess) -> None:
    codes = [Wire(world.fake).subscribes() for _ in range(20)]
    world.clock.passes(61)

    assert (codes[:19], codes[19], Wire(world.fake).subscribes()) == ([0] * 19, 45009, 0)


def test_another_connection_throws_the_older_one_out_and_tells_it(world: InProcess) -> None:
    newer = Wire(world.fake)
    newer.subscribes()

    event, code = world.wire.posted
    assert isinstance(event, dict)
    assert (event["body"]["event"], code) == ({"eventtype": "disconnected_event"}, 1000)
    assert [world.wire.code("ping"), newer.code("ping")] == [846609, 0]


def test_a_command_that_nobody_knows_is_refused(world: InProcess) -> None:
    assert world.wire.code("aibot_dance") == 40066


# Answers (check 30).


def test_only_a_message_can_be_answered_and_for_a_day(world: InProcess) -> None:
    said, entered = world.wang.says("好"), world.wang.enters()

    codes = [world.wire.code("aibot_respond_msg", WORDS, one) for one in (said.number, entered.number, "x")]
    world.clock.passes(24 * HOUR + 1)
    codes.append(world.wire.code("aibot_respond_msg", WORDS, said.number))

    assert codes == [0, 846605, 846604, 846604]


def test_a_welcome_is_for_who_enters_within_five_seconds_and_once(world: InProcess) -> None:
    world.wang.says("好")
    said, first, second = world.wang.says("好"), world.wang.enters(), world.wang.enters()
    words = {"msgtype": "text", "text": {"content": "您好"}}

    codes = [world.wire.code("aibot_respond_welcome_msg", words, one.number) for one in (said, first, first)]
    world.clock.passes(6)
    codes.append(world.wire.code("aibot_respond_welcome_msg", words, second.number))

    assert codes == [846605, 0, 846605, 846604]


def pressed(world: InProcess) -> Callback:
    world.wang.says("好")
    world.wire.sends_card()
    return world.wang.presses("同意")


@pytest.mark.parametrize(
    ("card", "other", "code"),
    [
        (NOTICE, {}, 0),
        (CARD, {}, 0),
        (NOTICE | {"task_id": "t2"}, {}, 42014),
        ({name: value for name, value in NOTICE.items() if name != "task_id"}, {}, 42014),
        (NOTICE | {"card_action": {}}, {}, 42045),
        (NOTICE, {"response_type": "update"}, 40008),
    ],
)
def test_a_card_is_changed_as_the_one_that_was_pressed(
    world: InProcess, card: JSON, other: dict[str, str], code: int
) -> None:
    assert world.wire.updates(pressed(world), card, **other) == code


def test_a_press_changes_its_card_once_and_within_five_seconds(world: InProcess) -> None:
    first, second = pressed(world), world.wang.presses("不同意")

    codes = [world.wire.updates(first), world.wire.updates(first)]
    world.clock.passes(5.5)
    codes.append(world.wire.updates(second))

    assert codes == [0, 846605, 846604]
    assert [one.kind for one in world.wang.sees()] == ["text_notice"]


def test_in_a_group_a_card_may_change_for_some(world: InProcess) -> None:
    group = world.fake.group("wrk1", world.wang, world.chen)
    world.wang.says("好", group)
    world.wire.sends_card(chat="wrk1")

    code = world.wire.updates(world.chen.presses("同意", group), userids=["chenjing"])

    assert code == 0
    assert [one.sees(group)[0].kind for one in (world.wang, world.chen)] == ["button_interaction", "text_notice"]


def test_what_happens_while_nobody_is_connected_is_sent_to_nobody(world: InProcess) -> None:
    world.fake.left(world.wire.session)
    world.wang.says("好")

    newer = Wire(world.fake)
    newer.subscribes()

    assert (newer.posted, len(world.fake.world.missed)) == ([], 1)


# Messages and chats (check 31).


def test_only_where_somebody_spoke_the_bot_may_speak(world: InProcess) -> None:
    world.fake.group("wrk1", world.wang)
    before = [world.wire.sends(), world.wire.sends("wrk1"), world.wire.sends("wrk2")]
    world.wang.says("好")

    assert before == [846607, 846607, 93006]
    assert [world.wire.sends(), world.wire.sends("wanglei"), world.wire.sends("wrk1")] == [0, 93006, 846607]


@pytest.mark.parametrize(
    ("other", "code"),
    [
        ({"markdown": {"content": "请" * 6826}}, 0),
        ({"markdown": {"content": "请" * 6827}}, 45002),
        ({"markdown": {"content": " "}}, 44004),
        ({"msgtype": "text", "text": {"content": "好"}, "markdown": None}, 40008),
        ({"msgtype": "file", "file": {"media_id": "x"}, "markdown": None}, 40007),
        ({"chat_type": 1}, 0),
    ],
)
def test_a_message_is_taken_or_refused_by_its_code(world: InProcess, other: JSON, code: int) -> None:
    world.wang.says("好")
    body = {"chatid": "WangLei", **WORDS} | other

    found = world.wire.code("aibot_send_msg", {name: value for name, value in body.items() if value is not None})

    assert found == code


@pytest.mark.parametrize(
    ("card", "code"),
    [
        (CARD, 0),
        (CARD | {"button_list": [{"text": str(one), "key": str(one)} for one in range(7)]}, 42038),
        (CARD | {"task_id": "a:b"}, 42014),
        (CARD | {"horizontal_content_list": [{"keyname": "附件", "type": 2, "value": "a", "media_id": "m"}]}, 42029),
    ],
)
def test_a_card_is_taken_or_refused_by_its_code(world: InProcess, card: JSON, code: int) -> None:
    world.wang.says("好")

    assert world.wire.sends_card(card) == code


def test_a_button_that_jumps_is_overlooked_and_told(world: InProcess) -> None:
    world.wang.says("好")
    world.wire.sends_card(CARD | {"button_list": [{"text": "好", "type": 0, "key": "ok"}]})

    assert world.fake.complaints == ["template_card.button_list[].type is unknown"]


def test_a_task_is_used_once(world: InProcess) -> None:
    world.wang.says("好")

    assert [world.wire.sends_card(), world.wire.sends_card()] == [0, 42014]


def test_thirty_a_minute_go_into_a_chat_answers_with_them(world: InProcess) -> None:
    said = world.wang.says("好")
    world.chen.says("好")
    answers = [world.wire.code("aibot_respond_msg", WORDS, said.number) for _ in range(10)]
    pushes = [world.wire.sends() for _ in range(21)]
    elsewhere = world.wire.sends("chenjing")
    world.clock.passes(61)

    assert (answers, pushes, elsewhere, world.wire.sends()) == ([0] * 10, [0] * 20 + [45009], 0, 0)


def test_a_thousand_an_hour_go_into_a_chat(world: InProcess) -> None:
    world.wang.says("好")
    codes = []
    for _ in range(34):
        codes += [world.wire.sends() for _ in range(30)]
        world.clock.passes(61)

    assert (codes[:1000], set(codes[1000:])) == ([0] * 1000, {45009})


# Streams (check 32).


def test_a_stream_grows_until_it_ends(world: InProcess) -> None:
    said, other = world.wang.says("好"), world.wang.says("好")

    codes = [
        world.wire.streams(said, "一"),
        world.wire.streams(other, "一二"),
        world.wire.streams(said, "一二", finish=True),
        world.wire.streams(said, "一二三"),
    ]

    assert codes == [0, 846605, 0, 846605]
    assert [one.text for one in world.wang.sees()] == ["一二"]


def test_a_stream_lives_six_minutes(world: InProcess) -> None:
    said = world.wang.says("好")

    codes = [world.wire.streams(said, "一"), world.wire.streams(said, "请" * 6827)]
    world.clock.passes(361)
    codes.append(world.wire.streams(said, "一二"))

    assert codes == [0, 45002, 846608]


# Answers that come late or never (check 34).


def test_the_next_request_of_a_number_waits_for_the_answer_to_the_one_before(world: InProcess) -> None:
    frame = {"cmd": "ping", "headers": {"req_id": "n1"}}
    world.fake.faults.late.append(("ping", 3.0))

    first = world.fake.answer(world.wire.session, frame)
    world.fake.answer(world.wire.session, frame)

    assert (first and first.after) == 3.0
    assert world.fake.complaints == ["a request did not wait for the one before it"]


def test_an_answer_gets_lost_and_what_was_asked_is_done(world: InProcess) -> None:
    world.wang.says("好")
    world.fake.faults.lost.append("aibot_send_msg")
    frame = {"cmd": "aibot_send_msg", "headers": {"req_id": "n1"}, "body": {"chatid": "WangLei", **WORDS}}

    answer = world.fake.answer(world.wire.session, frame)

    assert answer is None
    assert [one.text for one in world.wang.sees()] == ["好"]


def test_a_request_without_a_number_is_told(world: InProcess) -> None:
    assert world.fake.answer(world.wire.session, {"cmd": "ping"}) is None
    assert world.fake.complaints == ["a request has no req_id"]
