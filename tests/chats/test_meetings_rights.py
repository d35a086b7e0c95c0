"""Who may do what with a meeting: every command and button by role, another store's ids, and hostile words."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.handlers import FEATURES
from storage.audit import Audit
from storage.meetings import Meeting, MeetingPerson
from storage.meetings_written import MeetingAction, MeetingItem
from storage.staff import Contact
from tests.chat import Person, Prepared, StoreAtWork, going_on, prepared, rows
from tests.chats.meeting_steps import calls, meetings_of, people_of
from tests.chats.steps import not_done, open_other_store, raw_messages, verbs
from tests.chats.test_hostile import CLEANED, NASTY, is_shown_escaped

NOT_INVITED = "这个会没有请您"
NOT_YOURS = "这个会由 周敏 主持"
NO_BUTTON = "这个按钮用不了"
BEGINS = "2026-11-27T16:00:00+08:00"

# What each button answers to 陈静, who is asked to the meeting, to 吴刚, who is not, and to 刘总, a manager who is not.
# "" where it does what it says.
BUTTONS = [
    # button, of it, not of it, manager
    ("yes", "", NOT_INVITED, NOT_INVITED),
    ("no", "", NOT_INVITED, NOT_INVITED),
    ("late", "", NOT_INVITED, NOT_INVITED),
    ("calendar", "", NOT_INVITED, NOT_INVITED),
    ("agenda", "", NOT_INVITED, ""),
    ("show", "", "", ""),
    ("change", NOT_YOURS, NOT_YOURS, ""),
    ("cancel", NOT_YOURS, NOT_YOURS, ""),
    ("roll", NOT_YOURS, NOT_YOURS, ""),
    ("tick", NOT_YOURS, NOT_YOURS, ""),
    ("minutes", NOT_YOURS, NOT_YOURS, ""),
    ("action", NOT_YOURS, NOT_YOURS, ""),
    ("drop_note", NOT_YOURS, NOT_YOURS, ""),
    ("send_minutes", NOT_YOURS, NOT_YOURS, ""),
    ("read_minutes", "", NOT_INVITED, ""),
    ("drop_item", "这条议题是别人加的", "这条议题是别人加的", ""),
]
RESTS = {"tick": "rest"}
REFUSED = (NOT_INVITED, NOT_YOURS, NO_BUTTON, "这条议题是别人加的")


def is_about_to_begin(store: StoreAtWork) -> None:
    """The designers' meeting, half an hour before it begins: an agenda item, a note and an action stand there."""
    zhou = store.person("zhou")
    calls(zhou)
    store.move_to("2026-11-27T15:30:00+08:00")
    zhou.says("加议题 灯光")
    zhou.says("纪要 太暗")
    zhou.says("行动项 王磊 周日前 量灯")
    zhou.presses("确认")


@pytest.fixture(scope="module")
def before_it_begins(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepared(sample, tmp_path_factory.mktemp("held"), is_about_to_begin)


@pytest.fixture
def held(before_it_begins: Prepared, tmp_path: Path) -> Iterator[StoreAtWork]:
    """Half an hour before the designers' meeting begins."""
    with going_on(before_it_begins, tmp_path) as store:
        yield store


def presses(store: StoreAtWork, key: str, action: str) -> str:
    """The answer to an action, whether or not a button offers it."""
    person = store.person(key)
    person.says("菜单")
    person.sends_press(person.last().id, action)
    return person.last().text


@pytest.mark.parametrize(("verb", "of_it", "not_of_it", "manager"), BUTTONS, ids=[row[0] for row in BUTTONS])
def test_a_button_does_what_the_persons_role_allows(
    held: StoreAtWork, verb: str, of_it: str, not_of_it: str, manager: str
) -> None:
    action = f"meetings:{verb}:1:{RESTS.get(verb, '')}".rstrip(":")

    for key, expected in (("chen", of_it), ("wu", not_of_it), ("liu", manager)):
        answer = presses(held, key, action)
        assert answer.startswith(expected) if expected else not answer.startswith(REFUSED), key

    assert not_done(held) == []


def test_the_table_names_every_button() -> None:
    assert {row[0] for row in BUTTONS} == FEATURES["meetings"].buttons.keys()


def test_what_somebody_took_on_is_closed_by_them_or_by_whoever_gave_it(held: StoreAtWork) -> None:
    answers = [presses(held, key, "meetings_actions:done:1") for key in ("chen", "wu")]
    answers += [presses(held, "wang", "meetings_actions:drop:1")]

    assert answers == ["这是别人的行动项。"] * 2 + ["这件事是别人交给您的，不做的话请和交给您的人说。"]


# Who may call whom: the managers anybody, the others their own department and colleagues by name.
CALLS = [
    ("开会 周五下午4点 全店 年底冲刺", {"zhou", "liu"}),
    ("开会 周五下午4点 设计部 讨论样板间", {"zhou", "liu", "wang"}),
    ("开会 周五下午4点 工程部 安全", {"zhou", "liu", "sun", "wu"}),
    ("开会 周五下午4点 设计师 出图", {"zhou", "liu"}),
    ("开会 周五下午4点 陈静 对图", {"zhou", "liu", "wang", "sun", "wu", "zhao"}),
]


@pytest.mark.parametrize(("line", "allowed"), CALLS, ids=[row[0] for row in CALLS])
def test_who_may_call_whom(store: StoreAtWork, line: str, allowed: set[str]) -> None:
    keys = ("zhou", "liu", "wang", "sun", "wu", "zhao")

    store.everybody_says({key: [line] for key in keys})

    assert {key for key in keys if store.person(key).last().text.startswith("开会，对吗？")} == allowed


# What everybody may say, and how the answer begins when there is nothing to do.
COMMANDS = [
    "会议",
    "周会",
    "月会",
    "纪要",
    "我的行动项",
    "点名",
    "加议题 灯",
    "行动项 我 明天前 查",
    "取消会议",
    "会议改期",
]


@pytest.mark.parametrize("key", ["liu", "zhou", "wang", "zhao", "sun", "wu"])
def test_every_command_answers_everybody(store: StoreAtWork, key: str) -> None:
    person = store.person(key)

    store.everybody_says({key: COMMANDS})

    answers = [one.text for one in person.sees() if one.sender == "bot"]
    assert len(answers) >= len(COMMANDS)
    assert [text for text in answers if not text or text.startswith("没听懂")] == []
    assert not_done(store) == []


def test_the_table_names_every_command() -> None:
    words = [word for line in [*COMMANDS, "开会"] for word in [line.partition(" ")[0]]]

    missing = [one.name for one in FEATURES["meetings"].commands if not set(one.words) & set(words)]

    assert missing == []


def test_another_stores_ids_are_as_good_as_none(held: StoreAtWork) -> None:
    open_other_store(held)
    before = _everything(held)
    verbs_here = [f"meetings:{verb}:1:{RESTS.get(verb, '')}".rstrip(":") for verb in FEATURES["meetings"].buttons]
    actions = [*verbs_here, "meetings_actions:done:1", "meetings_actions:drop:1", "meetings:tick:1:3:late"]

    answers = {(key, action): presses(held, key, action) for key in ("qian", "feng") for action in actions}

    assert [asked for asked, answer in answers.items() if not answer.startswith(f"{NO_BUTTON}，")] == []
    assert _everything(held) == before
    assert verbs(held)[-len(actions) * 2 :] == ["desk.forged_button"] * (2 * len(actions))


def test_another_stores_commands_see_nothing_of_it(held: StoreAtWork) -> None:
    open_other_store(held)
    feng = held.person("feng")

    named = ["点名 王磊 迟到", "纪要 换灯", "行动项 王磊 明天前 换灯", "开会 周五下午5点 设计部 换灯"]

    held.everybody_says({"feng": [line for command in [*COMMANDS, *named] for line in (command, "取消")]})

    heard = "\n".join(one.text for one in feng.sees() if one.sender == "bot")
    assert not any(word in heard for word in ("部门会（设计部）", "太暗", "量灯", "周敏"))
    assert len(meetings_of(held)) == 1


def _everything(store: StoreAtWork) -> list[object]:
    tables = (Meeting, MeetingPerson, MeetingItem, MeetingAction)
    return [
        one.model_dump(warnings=False)
        for table in tables
        for one in store.query(lambda session, t=table: rows(session, t))
    ]


@pytest.fixture(scope="module")
def talked(long_day: StoreAtWork) -> StoreAtWork:
    """周敏's meeting with the designers, to be talked about in hostile words."""
    calls(long_day.person("zhou"))
    return long_day


@pytest.mark.parametrize("said", NASTY.values(), ids=NASTY)
def test_a_topic_is_shown_as_it_was_typed(long_day: StoreAtWork, said: str) -> None:
    zhou, parked = long_day.person("zhou"), not_done(long_day)
    zhou.says("取消")
    zhou.says("开会 周五下午4点 设计部")

    zhou.says(said)

    assert f"议题：{said}" in zhou.last().text
    assert is_shown_escaped(long_day, "zhou", said)
    assert not_done(long_day) == parked


@pytest.mark.parametrize("name", ["script", "jinja", "sql", "notice", "format", "emoji"])
def test_hostile_words_go_through_every_part_of_a_meeting(talked: StoreAtWork, name: str) -> None:
    said, zhou, wang = NASTY[name], talked.person("zhou"), talked.person("wang")
    parked = not_done(talked)
    wang.says("会议")
    for verb in ("agenda", "no", "late"):
        wang.sends_press(wang.last().id, f"meetings:{verb}:1")
        wang.says(said)

    assert people_of(talked)["wang"].said == said[:60]
    assert is_shown_escaped(talked, "zhou", said)
    assert is_shown_escaped(talked, "wang", said)
    zhou.says("会议")
    assert not_done(talked) == parked


@pytest.mark.parametrize(("said", "kept"), CLEANED.values(), ids=CLEANED)
def test_what_no_screen_can_show_is_left_out_of_an_agenda(talked: StoreAtWork, said: str, kept: str) -> None:
    wang = talked.person("wang")
    wang.says("会议")
    wang.sends_press(wang.last().id, "meetings:agenda:1")

    wang.says(said)

    assert f"条议题：{kept}（部门会" in wang.last().text


def test_five_hundred_characters_fit_and_more_are_asked_to_be_shorter(talked: StoreAtWork) -> None:
    wang = talked.person("wang")
    wang.says("会议")
    wang.sends_press(wang.last().id, "meetings:agenda:1")

    wang.says("灯" * 501)

    assert "请缩短到 500 字以内" in wang.last().text

    wang.says("灯" * 500)

    assert "灯" * 500 in wang.last().text


def test_an_agenda_has_an_end(store: StoreAtWork, zhou: Person) -> None:
    calls(zhou)
    store.everybody_says({"zhou": [f"加议题 第{number}件" for number in range(30)]})

    zhou.says("加议题 还有一件")

    assert zhou.last().text == "一个会最多 30 条议题，请放到下次。"


def test_somebody_without_a_chat_is_named_to_the_host(store: StoreAtWork, zhou: Person) -> None:
    def without_chat(session: object) -> None:
        for contact in rows(session, Contact):  # type: ignore[arg-type]
            if contact.address == "wang":
                contact.staff_id = None

    store.write(without_chat)

    calls(zhou)

    assert zhou.hears("⚠ 王磊 还没有加入聊天，请当面告诉。")
    assert people_of(store).keys() == {"zhou", "wang", "chen"}


def test_reasons_are_in_no_group_and_in_no_audit(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    calls(zhou)
    wang.presses("请假")
    wang.says("看心理医生")
    store.move_to(BEGINS)

    assert not [one for one in raw_messages(store, "zhou", "store") if "心理" in one["text"]]
    audit: list[Audit] = store.query(lambda session: rows(session, Audit))
    assert not [one for one in audit if "心理" in str(one.after)]
