"""Files: what somebody sends goes to the step they have in hand, is kept with its case, and can be had again."""

from __future__ import annotations

from functools import partial

import pytest
from sqlmodel import Session

from bot.channels.webchat.channel import WebChat
from bot.feature import Scene
from bot.rules.workflow import Need, StepKey
from bot.talk import DeliveryError
from storage import customers
from storage.customers import Case
from storage.files import CaseFile, SentFile, SentState
from tests.chat import Person, StoreAtWork, rows
from tests.chats.case_rows import begin_step, put_on_record, scene_of
from tests.chats.customer_steps import LI, registers
from tests.chats.steps import open_other_store, raw_messages, verbs

ZHANG = "登记 张先生 13900000002 路过 云锦里 90平 两室一厅 2口人"


def gives(zhou: Person, designer: str, *lines: str) -> None:
    """Each line is a customer whom that designer gets: their first step begins."""
    for line in lines:
        registers(zhou, line)
        zhou.presses("选设计师")
        zhou.presses(designer)


def begins_the_budget(store: StoreAtWork) -> None:
    """赵倩 makes the budget of the first case."""

    def begin(session: Session) -> None:
        scene = scene_of(store, session)
        begin_step(scene, first_case(scene), StepKey.BUDGET, "zhao")

    store.write(begin)


def presents_the_budget(store: StoreAtWork) -> None:
    """The customer has seen it."""

    def present(session: Session) -> None:
        scene = scene_of(store, session)
        put_on_record(scene, first_case(scene), Need.BUDGET_MEETING_HELD)

    store.write(present)


def first_case(scene: Scene) -> Case:
    case = customers.get(scene.session, scene.store.id, 1)
    assert case is not None
    return case


def kept(store: StoreAtWork) -> list[tuple[int, str, int, bytes]]:
    """What the cases have, as (case, name, version, content)."""
    found: list[CaseFile] = store.query(partial(rows, table=CaseFile))
    return [(one.case_id, one.name, one.version, one.content) for one in found]


def sent(store: StoreAtWork) -> list[SentState]:
    found: list[SentFile] = store.query(partial(rows, table=SentFile))
    return [SentState(one.state) for one in found]


def files_in_chat(store: StoreAtWork, who: str) -> list[tuple[str, bytes]]:
    """What the bot has sent to somebody."""
    found = [one["file"] for one in raw_messages(store, who) if one["file"] and one["from"] == "bot"]
    return [(one["name"], store.get(one["url"], {"as": who}).content) for one in found]


def test_a_file_goes_to_the_one_step_that_its_sender_has_in_hand(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    gives(zhou, "王磊", LI)

    wang.sends_file("平面图.pdf", b"plan")

    assert wang.last().text == "✅ 收到，存到 2026-0001 平面方案：平面图.pdf（第 1 版）"
    assert kept(store) == [(1, "平面图.pdf", 1, b"plan")]
    assert "files.kept" in verbs(store)


def test_the_same_name_is_the_next_version_and_the_same_content_is_kept_once(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    gives(zhou, "王磊", LI)
    wang.sends_file("平面图.pdf", b"plan")

    wang.sends_file("平面图.pdf", b"better plan")
    second = wang.last().text
    wang.sends_file("图的副本.pdf", b"plan")

    assert second == "✅ 收到，存到 2026-0001 平面方案：平面图.pdf（第 2 版）"
    assert wang.last().text == "2026-0001 里已经有了，没有再存：平面图.pdf（第 1 版）"
    assert [one[:3] for one in kept(store)] == [(1, "平面图.pdf", 1), (1, "平面图.pdf", 2)]


def test_with_several_steps_a_button_says_to_which(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI, ZHANG)
    wang.sends_file("效果图.png", b"picture")
    assert wang.hears("收到效果图.png。存到哪里？", buttons=["2026-0001 平面方案", "2026-0002 平面方案", "不存"])
    assert kept(store) == []

    wang.presses("2026-0002 平面方案", on="存到哪里")

    assert wang.last().text == "✅ 收到，存到 2026-0002 平面方案：效果图.png（第 1 版）"
    assert [one[:3] for one in kept(store)] == [(2, "效果图.png", 1)]


def test_a_second_press_and_a_forged_one_change_nothing(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    gives(zhou, "王磊", LI, ZHANG)
    wang.sends_file("效果图.png", b"picture")
    asked = wang.last()
    chen.says("菜单")

    chen.sends_press(chen.last().id, asked.actions[0])
    wang.presses("不存")
    wang.sends_press(asked.id, asked.actions[0])

    assert chen.hears("这个按钮用不了")
    assert wang.hears("好，没有存：效果图.png", buttons=[])
    assert wang.last().text == "这个文件已经办好了，看上面的消息。"
    assert (kept(store), sent(store)) == ([], [SentState.DROPPED])


def test_a_file_belongs_to_the_form_that_is_open(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI, ZHANG)
    wang.presses("量完房了", on="2026-0001")

    wang.sends_file("现场.jpg", b"picture")

    assert wang.last().text == "✅ 收到，存到 2026-0001 平面方案：现场.jpg（第 1 版）"


def test_the_cases_number_in_the_name_says_where_it_goes(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI, ZHANG)

    wang.sends_file("2026-0002 平面图.pdf", b"plan")
    zhou.sends_file("2026-0001 合影.jpg", b"picture")

    assert wang.last().text == "✅ 收到，存到 2026-0002 平面方案：2026-0002 平面图.pdf（第 1 版）"
    assert zhou.last().text == "✅ 收到，存到 2026-0001：2026-0001 合影.jpg（第 1 版）"


def test_the_number_of_a_case_that_is_not_yours_says_nothing(store: StoreAtWork, zhou: Person, chen: Person) -> None:
    gives(zhou, "王磊", LI)

    chen.sends_file("2026-0001.pdf", b"plan")

    assert chen.last().text.startswith("收到2026-0001.pdf，不过您手上现在没有客户的步骤，我没有存。")
    assert (kept(store), sent(store)) == ([], [])


def test_a_file_in_the_group_is_nobodys_and_ignored(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI)
    before = len(wang.sees(chat="store"))

    wang.sends_file("平面图.pdf", b"plan", chat="store")

    assert [one.sender for one in wang.sees(chat="store")[before:]] == ["wang"]
    assert sent(store) == []


def test_a_cases_files_are_listed_and_sent_again(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI)
    wang.sends_file("平面图.pdf", b"plan")
    wang.sends_file("平面图.pdf", b"better plan")

    zhou.says("文件 2026-0001")
    listed = zhou.last()
    zhou.presses("平面图.pdf（第 1 版）")

    assert listed.text.splitlines() == [
        "2026-0001 李女士 锦绣花园 的文件，点一下再发给您：",
        "· 平面图.pdf（第 2 版） · 平面方案 · 王磊 10:00",
        "· 平面图.pdf（第 1 版） · 平面方案 · 王磊 10:00",
    ]
    assert files_in_chat(store, "zhou") == [("平面图.pdf", b"plan")]


def test_a_long_list_goes_on_backwards(store: StoreAtWork, zhou: Person, wang: Person) -> None:
    gives(zhou, "王磊", LI)
    for number in range(14):
        wang.sends_file(f"照片 {number}.jpg", b"%d" % number)

    wang.says("资料 2026-0001")
    newest = wang.last()
    wang.presses("更早的")

    assert (newest.buttons[0], newest.buttons[-2:]) == ("照片 13.jpg（第 1 版）", ("照片 2.jpg（第 1 版）", "更早的"))
    assert wang.last().buttons == ("照片 1.jpg（第 1 版）", "照片 0.jpg（第 1 版）")


def test_who_may_not_see_the_case_has_none_of_its_files(
    store: StoreAtWork, zhou: Person, wang: Person, chen: Person
) -> None:
    gives(zhou, "王磊", LI)
    wang.sends_file("平面图.pdf", b"plan")
    open_other_store(store)
    feng = store.person("feng")

    chen.says("文件 2026-0001")
    refused = chen.last()
    feng.says("文件 2026-0001")
    unknown = feng.last()
    for person in (chen, feng):
        for action in ("files:get:1", "files:of:1"):
            person.sends_press(person.last().id, action)

    assert refused.text == "这位客户不是您经手的。有事请找周敏。"
    assert "没有" in unknown.text
    assert "平面图" not in chen.transcript() + feng.transcript()
    assert files_in_chat(store, "chen") == files_in_chat(store, "feng") == []


def test_what_cannot_be_had_is_said_and_can_be_sent_again(
    store: StoreAtWork, zhou: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives(zhou, "王磊", LI)

    async def refuse(_chat: WebChat, _file: str) -> None:
        raise DeliveryError("gone", permanent=True)

    with monkeypatch.context() as patched:
        patched.setattr(WebChat, "fetch", refuse)
        wang.sends_file("平面图.pdf", b"plan")
    told = [one.text for one in wang.sees()][-2:]
    wang.sends_file("平面图.pdf", b"plan")

    assert sorted(told) == ["⚠ 平面图.pdf 没有取到，没有存下。请再发一次。", "⚠ 没有存下：平面图.pdf"]
    assert wang.last().text == "✅ 收到，存到 2026-0001 平面方案：平面图.pdf（第 1 版）"


def test_what_is_too_large_is_said(
    store: StoreAtWork, zhou: Person, wang: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    gives(zhou, "王磊", LI)
    monkeypatch.setattr("bot.scheduler.fetching.LARGEST_BYTES", 3)

    wang.sends_file("图.zip", b"four")

    assert wang.hears("⚠ 图.zip 超过 20 MB，存不了。请压缩或者拆开再发。")
    assert kept(store) == []


def test_what_shows_the_budget_waits_until_the_customer_has_seen_it(
    store: StoreAtWork, zhou: Person, wang: Person, zhao: Person
) -> None:
    """A designer knows no total before (HANDBOOK E6); who makes it and who leads does."""
    gives(zhou, "王磊", LI)
    begins_the_budget(store)
    zhao.sends_file("预算.xlsx", b"12.8")

    wang.says("文件 2026-0001")
    listed = wang.last()
    wang.sends_press(listed.id, "files:get:1")
    refused = wang.last()
    zhou.says("文件 2026-0001")
    presents_the_budget(store)
    wang.says("文件 2026-0001")
    wang.presses("预算.xlsx（第 1 版）")

    assert listed.text.splitlines()[1:] == ["还有 1 个要等预算讲给客户以后才能看。"]
    assert (listed.buttons, refused.text) == ((), "这个文件有预算总价，要等预算讲给客户以后才能看。")
    assert zhou.last().buttons == ("预算.xlsx（第 1 版）",)
    assert files_in_chat(store, "wang") == [("预算.xlsx", b"12.8")]


def test_what_comes_by_the_cases_number_while_there_is_a_budget_may_be_the_budget(
    store: StoreAtWork, zhou: Person, wang: Person
) -> None:
    """周敏 has no step of the case in hand when she sends it (HANDBOOK E6)."""
    gives(zhou, "王磊", LI)
    zhou.sends_file("2026-0001 现场.jpg", b"before")
    store.move(minutes=1)
    begins_the_budget(store)
    zhou.sends_file("2026-0001 预算.xlsx", b"12.8")
    wang.sends_file("2026-0001 图纸.pdf", b"own")

    wang.says("文件 2026-0001")
    listed = wang.last()
    wang.sends_press(listed.id, "files:get:2")
    refused = wang.last()
    presents_the_budget(store)
    wang.says("文件 2026-0001")

    assert listed.buttons == ("2026-0001 图纸.pdf（第 1 版）", "2026-0001 现场.jpg（第 1 版）")
    assert refused.text == "这个文件有预算总价，要等预算讲给客户以后才能看。"
    assert "2026-0001 预算.xlsx（第 1 版）" in wang.last().buttons
