"""The fake WeCom's cards, updates, recalls and media: each row is one that a client could run into."""

from __future__ import annotations

from typing import Any

import pytest

from tests.channels.wecom_in_process import CARD, HOUR, LISTS, NEWS, NOTICE, OPTIONS, VOTE, InProcess
from tests.wecom.media import uploads
from tests.wecom.refusals import JSON
from tests.wecom.things import Upload

FIELD = {"keyname": "事由", "value": "有事"}


@pytest.fixture
def wecom() -> InProcess:
    return InProcess()


# Cards (check 9).


CARDS: list[tuple[JSON, int]] = [
    (CARD, 0),
    (NOTICE, 0),
    (CARD | {"card_type": "x"}, 42031),
    (CARD | {"task_id": ""}, 42014),
    (CARD | {"task_id": "a:b"}, 42014),
    (CARD | {"task_id": "x" * 129}, 42014),
    (CARD | {"task_id": "x" * 128}, 0),
    (CARD | {"main_title": {"desc": "好"}}, 42033),
    (CARD | {"button_list": []}, 42038),
    (CARD | {"button_list": [{"text": str(one), "key": str(one)} for one in range(7)]}, 42038),
    (CARD | {"button_list": [{"key": "ok"}]}, 42038),
    (CARD | {"button_list": [{"text": "好"}]}, 42039),
    (CARD | {"button_list": [{"text": "好", "key": "请" * 341}]}, 0),
    (CARD | {"button_list": [{"text": "好", "key": "请" * 342}]}, 42039),
    (CARD | {"button_list": [{"text": "好", "key": "ok"}, {"text": "也好", "key": "ok"}]}, 42039),
    (CARD | {"button_list": [{"text": "好", "type": 1, "url": "example.com"}]}, 42028),
    (CARD | {"horizontal_content_list": [FIELD] * 6}, 0),
    (CARD | {"horizontal_content_list": [FIELD] * 7}, 42035),
    (CARD | {"horizontal_content_list": [{"value": "x"}]}, 42027),
    (CARD | {"horizontal_content_list": [FIELD | {"type": 1}]}, 42028),
    (CARD | {"horizontal_content_list": [FIELD | {"type": 2}]}, 42029),
    (CARD | {"horizontal_content_list": [FIELD | {"type": 3}]}, 42050),
    (CARD | {"button_selection": {"option_list": [{"id": "1", "text": "一"}]}}, 42043),
    (CARD | {"button_selection": {"question_key": "k", "option_list": []}}, 42037),
    (CARD | {"button_selection": {"question_key": "k", "option_list": [{"text": "一"}]}}, 42040),
    (CARD | {"button_selection": {"question_key": "k", "option_list": [{"id": "1"}]}}, 42041),
    (CARD | {"button_selection": {"question_key": "k", "option_list": [{"id": "1", "text": "一"}] * 2}}, 42040),
    (CARD | {"action_menu": {"action_list": []}}, 42051),
    (CARD | {"action_menu": {"action_list": [{"text": "一", "key": "a"}] * 2}}, 42051),
    (NOTICE | {"card_action": {}}, 42045),
    (NOTICE | {"card_action": {"type": 1}}, 42028),
    (NOTICE | {"card_action": {"type": 2}}, 42030),
    (NOTICE | {"main_title": {}}, 42033),
    (NOTICE | {"main_title": {}, "sub_title_text": "好"}, 0),
    (NOTICE | {"jump_list": [{}] * 4}, 42042),
    (NOTICE | {"action_menu": {"action_list": [{"text": "一", "key": "a"}]}}, 42014),
    (NEWS, 0),
    (NEWS | {"main_title": {}, "sub_title_text": "好"}, 42033),
    (NEWS | {"card_image": {}}, 42044),
    (NEWS | {"card_image": {}, "image_text_area": {"image_url": "https://example.com/a.png"}}, 0),
    (NEWS | {"vertical_content_list": [{"title": "一"}] * 5}, 42036),
    (NEWS | {"vertical_content_list": [{"desc": "一"}]}, 42033),
    (NEWS | {"jump_list": [{}] * 4}, 42042),
    (NEWS | {"card_action": {}}, 42045),
    (VOTE, 0),
    (VOTE | {"task_id": ""}, 42014),
    (VOTE | {"main_title": {}}, 42033),
    (VOTE | {"checkbox": {}}, 42043),
    (VOTE | {"checkbox": {"question_key": "day", "option_list": []}}, 42037),
    (VOTE | {"checkbox": {"question_key": "day", "option_list": OPTIONS * 2}}, 42040),
    (VOTE | {"submit_button": {"key": "submit"}}, 42049),
    (VOTE | {"submit_button": {"text": "交"}}, 42046),
    (LISTS, 0),
    (LISTS | {"select_list": []}, 42047),
    (LISTS | {"select_list": [{"question_key": str(one), "option_list": OPTIONS} for one in range(4)]}, 42047),
    (LISTS | {"select_list": [{"question_key": "day", "option_list": OPTIONS}] * 2}, 42043),
    (LISTS | {"select_list": [{"question_key": "day", "option_list": [{"id": "1"}]}]}, 42041),
    (LISTS | {"submit_button": {}}, 42049),
]


@pytest.mark.parametrize(("card", "code"), CARDS)
def test_a_card_is_taken_or_refused_by_its_code(wecom: InProcess, card: JSON, code: int) -> None:
    assert wecom.sends_card(card)["errcode"] == code


def test_a_picture_of_another_shape_is_overlooked_and_told(wecom: InProcess) -> None:
    for shape in (1.3, 1.5, 2):
        wecom.sends_card(NEWS | {"card_image": {"url": "https://example.com/a.png", "aspect_ratio": shape}})

    assert wecom.fake.complaints == ["aspect_ratio is not between 1.3 and 2.25"]


def test_what_is_chosen_on_a_card_comes_with_its_press(wecom: InProcess) -> None:
    wecom.sends_card(VOTE)

    pressed = wecom.wang.presses("交", {"day": ["1", "2"]})

    assert (pressed["EventKey"], pressed["CardType"]) == ("submit", "vote_interaction")
    assert pressed["SelectedItems"] == {
        "SelectedItem": [{"QuestionKey": "day", "OptionIds": {"OptionId": ["1", "2"]}}],
    }


def test_a_task_is_used_once_by_an_app(wecom: InProcess) -> None:
    assert [wecom.sends_card(CARD)["errcode"] for _ in range(2)] == [0, 42014]


def test_an_app_without_an_address_sends_no_card_that_calls_back(wecom: InProcess) -> None:
    wecom.fake.app.calls_back = False

    assert [wecom.sends_card(one)["errcode"] for one in (CARD, NOTICE)] == [43012, 0]


def test_only_a_card_that_calls_back_has_a_code(wecom: InProcess) -> None:
    assert wecom.sends_card(CARD)["response_code"]
    assert "response_code" not in wecom.sends_card(NOTICE)
    assert "response_code" not in wecom.sends()


# Updates (checks 10 and 11).


UPDATES: list[tuple[dict[str, Any], int]] = [
    ({}, 0),
    ({"userids": ["WANGLEI", "nobody"]}, 0),
    ({"userids": "wanglei"}, 82101),
    ({"userids": []}, 82101),
    ({"userids": ["chenjing"]}, 82102),
    ({"userids": [], "atall": 1}, 0),
    ({"agentid": "1"}, 40056),
    ({"response_code": "x"}, 60140),
    ({"template_card": None}, 40063),
    ({"template_card": None, "button": {"replace_name": "已同意"}}, 0),
    ({"template_card": CARD | {"button_list": []}}, 42038),
    ({"template_card": {**CARD, "task_id": "not here"}}, 42014),
]


@pytest.mark.parametrize(("other", "code"), UPDATES)
def test_an_update_is_taken_or_refused_by_its_code(wecom: InProcess, other: dict[str, Any], code: int) -> None:
    given = wecom.sends_card(CARD)["response_code"]

    assert wecom.updates(given, **other)["errcode"] == code


def test_a_code_is_spent_by_a_success_only_and_then_for_ever(wecom: InProcess) -> None:
    given = wecom.sends_card(CARD)["response_code"]

    codes = [wecom.updates(given, userids=["chenjing"])["errcode"]]
    codes += [wecom.updates(given)["errcode"] for _ in range(2)]

    assert codes == [82102, 0, 60140]


def test_a_code_lives_three_days(wecom: InProcess) -> None:
    given = wecom.sends_card(CARD)["response_code"]
    wecom.clock.passes(72 * HOUR + 1)

    assert wecom.updates(given)["errcode"] == 60140


def test_a_card_is_changed_by_its_own_app_only(wecom: InProcess) -> None:
    given = wecom.sends_card(CARD)["response_code"]
    other = wecom.fake.add_app(1000003, "another")
    body = {"userids": ["wanglei"], "agentid": 1000003, "response_code": given, "template_card": NOTICE}

    told = wecom.asks("message/update_template_card", body, wecom.fake.world.token(other).value)

    assert told["errcode"] == 42015


def test_a_press_has_a_code_of_its_own_and_a_notice_has_no_buttons_to_replace(wecom: InProcess) -> None:
    given = wecom.sends_card(CARD)["response_code"]
    pressed = wecom.wang.presses("同意")["ResponseCode"]

    assert wecom.updates(given)["errcode"] == 0
    assert wecom.updates(pressed, template_card=None, button={"replace_name": "好"})["errcode"] == 42031


# Recall and media (checks 12 and 13).


def test_a_message_is_taken_back_within_a_day_by_its_own_app(wecom: InProcess) -> None:
    first, second = wecom.sends()["msgid"], wecom.sends()["msgid"]
    other = wecom.fake.world.token(wecom.fake.add_app(1000003, "another")).value

    codes = [
        wecom.asks("message/recall", {"msgid": first}, other)["errcode"],
        wecom.asks("message/recall", {"msgid": first})["errcode"],
        wecom.asks("message/recall", {"msgid": "x"})["errcode"],
    ]
    wecom.clock.passes(24 * HOUR + 1)
    codes.append(wecom.asks("message/recall", {"msgid": second})["errcode"])

    assert codes == [40058, 0, 42052, 42052]
    assert len(wecom.wang.sees()) == 1


def part(content: bytes = b"what it holds", field: str = "media", name: str = 'filename="a.txt"') -> Upload:
    head = f'Content-Disposition: form-data; name="{field}"; {name}\r\n\r\n'.encode()
    [found] = uploads("multipart/form-data; boundary=xyz", b"--xyz\r\n" + head + content + b"\r\n--xyz--\r\n")
    return found


UPLOADS: list[tuple[str, Upload, int]] = [
    ("file", part(), 0),
    ("file", part(name='filename="报价.xlsx"'), 0),
    ("file", part(name="filename*=utf-8''%E6%8A%A5.xlsx"), 44001),
    ("file", part(name="filename=\"a.txt\"; filename*=utf-8''%E6%8A%A5.xlsx"), 44001),
    ("file", part(name="x=1"), 44001),
    ("file", part(field="file"), 44001),
    ("file", part(b"12345"), 40006),
    ("file", part(b"123456"), 0),
    ("file", part(bytes(20 * 1024 * 1024 + 1)), 45001),
    ("image", part(), 40005),
    ("image", part(b"\xff\xd8\xff a picture"), 0),
    ("voice", part(b"#!AMR" + bytes(2 * 1024 * 1024)), 45001),
    ("sheet", part(), 40004),
]


@pytest.mark.parametrize(("kind", "given", "code"), UPLOADS, ids=range(len(UPLOADS)))
def test_a_file_is_taken_or_refused_by_its_code(wecom: InProcess, kind: str, given: Upload, code: int) -> None:
    assert wecom.uploads(kind, given)["errcode"] == code


def test_a_file_is_sent_as_what_it_was_uploaded_and_for_three_days(wecom: InProcess) -> None:
    media = wecom.uploads("file", part())["media_id"]
    as_image = wecom.sends(msgtype="image", text=None, image={"media_id": media})
    as_file = wecom.sends(msgtype="file", text=None, file={"media_id": media})
    wecom.clock.passes(73 * HOUR)
    too_late = wecom.sends(msgtype="file", text=None, file={"media_id": media})

    assert [one["errcode"] for one in (as_image, as_file, too_late)] == [40007, 0, 40007]
