"""The product as a person meets it: a real `qiantai demo` and a real browser, on a desk and on a phone."""

from __future__ import annotations

import asyncio
import json
import signal
from pathlib import Path

from playwright.async_api import Browser, expect

from tests.journeys.pages import DESK, PATIENCE_MS, PHONE, Served, demo, window, windows
from tests.sources import ROOT

CONFIRM = ("确认", "修改", "取消")
DECIDE = ("同意", "不同意", "稍后提醒")
FRIDAY = "周五 11月27日 14:00–17:30"
SUNDAY = "周日 11月29日）9:00–17:30"
NASTY = "<img src=x onerror=\"document.title='owned'\"><script>document.title='owned'</script> <b>粗</b> &lt; {{ 7*7 }}"


async def test_a_leave_goes_from_a_typed_sentence_to_the_managers_button_and_every_card_changes_in_place(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser, PHONE) as wangs, windows(browser, DESK) as zhous:
        store, deciding = await window(wangs, front.url), await window(zhous, front.url)
        await store.becomes("wang")

        await store.types("请假 周五下午 家里有事")

        await store.sees("王磊 · 调休 · 半天", FRIDAY, "家里有事", "代班：陈静", "138****0003")
        await store.is_offered(*CONFIRM)

        await store.presses("确认")

        await store.sees("已交给 周敏", FRIDAY)
        await store.looks_up()
        await store.has_news("zhou")

        await deciding.becomes("zhou")
        await deciding.sees("王磊 想调休半天", FRIDAY, "家里有事")
        await deciding.is_offered(*DECIDE)
        await deciding.presses("同意", on="王磊 想调休半天")

        await deciding.sees("王磊 调休半天", "✅ 周敏 已同意")
        await deciding.sees("王磊 想调休半天", times=0)

        await store.sees("王磊 调休半天", "✅ 周敏 已同意")
        await store.sees("✅ 周敏 同意了", FRIDAY)
        await store.looks_up()
        await store.has_news("chen")
        assert (store.complaints, deciding.complaints) == ([], [])


async def test_saturday_is_refused_with_the_next_free_day_and_what_nobody_answers_is_reminded_and_escalated(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser, PHONE) as wangs, windows(browser, DESK) as managers:
        asking, deciding = await window(wangs, front.url), await window(managers, front.url)
        await asking.becomes("wang")

        await asking.types("请假 周六 家里有事")

        await asking.sees("周六 11月28日", "全店不休假", "特殊情况")
        await asking.is_offered("周日 11月29日", "周一 11月30日", "说明特殊情况", "取消")

        await asking.presses("周日 11月29日")
        await asking.is_offered(*CONFIRM)
        await asking.presses("确认")
        await asking.sees("已交给 周敏", "周日 11月29日")
        await asking.moves_clock("P1D")

        await asking.looks_up()
        await asking.has_news("zhou")

        await deciding.becomes("zhou")
        await deciding.sees("⏰ 还等您答复", "王磊 调休 1 天", times=2)
        await deciding.moves_clock("P1D", "P1D", "PT4H", "PT1H")

        await deciding.looks_up()
        await deciding.has_news("liu")

        await deciding.becomes("liu")
        await deciding.sees("周敏 还没答复", "王磊 想调休 1 天", SUNDAY)
        await deciding.is_offered(*DECIDE)
        assert (asking.complaints, deciding.complaints) == ([], [])


async def test_a_page_outlives_the_process_sends_again_what_was_said_meanwhile_and_the_request_is_decided_after_all(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser, PHONE) as wangs, windows(browser, DESK) as zhous:
        store = await window(wangs, front.url)
        await store.becomes("wang")
        await store.types("请假 周五下午 家里有事")
        async with store.page.expect_response("**/api/chat/presses"):
            await store.presses("确认")
        await front.stop(signal.SIGKILL)
        await expect(store.line()).not_to_be_empty(timeout=PATIENCE_MS)
        await store.types("我的假")
        unsent = store.page.locator('[data-outgoing][data-state="failed"]')
        await expect(unsent).to_contain_text("我的假", timeout=PATIENCE_MS)

        await front.open()

        await expect(store.line()).to_be_empty(timeout=PATIENCE_MS)
        await store.sees("已交给 周敏")

        await unsent.locator("[data-again]").click()

        await store.sees("您有 1 个假", FRIDAY, "等 周敏 答复")
        await expect(unsent).to_have_count(0)

        deciding = await window(zhous, front.url)
        await deciding.becomes("zhou")
        await deciding.sees("王磊 想调休半天", FRIDAY)
        await deciding.presses("同意", on="王磊 想调休半天")
        await deciding.sees("王磊 调休半天", "✅ 周敏 已同意")

        await store.sees("✅ 周敏 同意了", FRIDAY)
        assert (store.complaints, deciding.complaints) == ([], [])


async def test_a_button_pressed_in_two_windows_at_once_and_twice_in_each_decides_once(
    browser: Browser, folder: Path
) -> None:
    async with (
        demo(folder) as front,
        windows(browser) as wangs,
        windows(browser, PHONE) as zhous,
        windows(browser) as hers,
    ):
        asking, one, other = [await window(each, front.url) for each in (wangs, zhous, hers)]
        await asking.becomes("wang")
        await asking.types("请假 周五下午 家里有事")
        await asking.presses("确认")
        buttons = []
        for deciding in (one, other):
            await deciding.becomes("zhou")
            await deciding.is_offered(*DECIDE)
            buttons.append(deciding.page.locator('[data-message] button:text-is("同意")'))

        await asyncio.gather(*(button.evaluate("one => { one.click(); one.click(); }") for button in buttons))

        await one.sees("已经同意过了")
        await one.sees("王磊 调休半天", "✅ 周敏 已同意")
        await asking.sees("✅ 周敏 同意了", FRIDAY)
        assert [each.complaints for each in (asking, one, other)] == [[], [], []]


async def test_what_a_person_types_is_shown_as_they_typed_it_and_never_run(browser: Browser, folder: Path) -> None:
    async with demo(folder) as front, windows(browser) as mine:
        store = await window(mine, front.url)
        await store.becomes("wang")

        await store.types(NASTY, chat="store")
        await store.types(f"请假 周五下午 {NASTY}")

        await store.is_offered(*CONFIRM)
        await store.sees(NASTY, chat="store")
        await store.sees("王磊 · 调休 · 半天", "事由：<img", "<b>粗</b>")
        await expect(store.page.locator(".log :is(img, script, .said b)")).to_have_count(0)
        await expect(store.page).not_to_have_title("owned")
        assert store.complaints == []


async def test_news_comes_over_the_poll_that_was_held_and_a_dot_says_so_until_it_was_seen(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser) as wangs, windows(browser) as zhous:
        speaking, listening = [await window(each, front.url) for each in (wangs, zhous)]
        await speaking.becomes("wang")
        await listening.becomes("zhou")

        async with listening.page.expect_response(lambda one: "chat=store" in one.url and "wait=20" in one.url) as held:
            await speaking.types("大家好", chat="store")

        assert "大家好" in await (await held.value).text()
        await listening.sees("大家好", chat="store")

        await speaking.types("请假 周五下午 家里有事")
        await speaking.presses("确认")
        await speaking.has_news("zhou")
        await expect(speaking.page).to_have_title("● 锦上装饰（城南店） · 前台")
        await speaking.becomes("zhou")

        await speaking.has_news("zhou", news=False)


async def test_the_whole_way_is_open_to_somebody_with_a_keyboard_only(browser: Browser, tmp_path: Path) -> None:
    async with demo(tmp_path) as front, windows(browser) as mine:
        store = await window(mine, front.url)

        await store.tabs_to('[data-person="liu"]')
        for key in ("ArrowRight", "ArrowRight"):
            await store.page.keyboard.press(key)
        await store.opened()
        await store.tabs_to("#composer-private textarea")
        await store.page.keyboard.insert_text("请假 周五下午 家里有事")
        await store.page.keyboard.press("Enter")
        await store.is_offered(*CONFIRM)
        await store.tabs_to(".button-line button.yes", key="Shift+Tab")
        await store.page.keyboard.press("Enter")
        await store.sees("已交给 周敏")
        await store.tabs_to('[data-person="wang"]', key="Shift+Tab")
        await store.page.keyboard.press("ArrowLeft")
        await store.is_offered(*DECIDE)
        await store.tabs_to(".button-line button.yes")
        await store.page.keyboard.press("Space")

        await store.sees("王磊 调休半天", "✅ 周敏 已同意")
        assert store.complaints == []


async def test_every_button_is_big_enough_for_a_thumb_and_nothing_sticks_out_sideways(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser, DESK) as desks, windows(browser, PHONE) as phones:
        desk, phone = await window(desks, front.url), await window(phones, front.url)
        for store in (desk, phone):
            await store.becomes("wang")
        await phone.types("请假 周六 " + "家里有事" * 20)
        for store in (desk, phone):
            await store.is_offered("周日 11月29日", "周一 11月30日", "说明特殊情况", "取消")
            await store.turns_to("store")
        await phone.types("w" * 500, chat="store")
        for store in (desk, phone):
            await store.sees("www", chat="store")
            await store.moves_clock("next")

        low = {store.phone: await store.small_buttons() for store in (desk, phone)}
        wide = {store.phone: await store.sticking_out() for store in (desk, phone)}

        assert low == {False: [], True: []}
        assert wide == {False: [], True: []}
        assert (desk.complaints, phone.complaints) == ([], [])


async def test_a_link_is_shown_by_opening_it_used_up_by_its_button_and_the_page_is_then_that_persons_own(
    browser: Browser, folder: Path
) -> None:
    front = Served(folder)
    await front.command("load", str(ROOT / "stores" / "demo.toml"))
    link = json.loads(await front.command("invite", "王磊", "--json"))["link"]
    try:
        await front.open()
        async with windows(browser, PHONE) as preview, windows(browser, PHONE) as mine:
            await (await window(preview, link)).page.goto(link)
            joining = await window(mine, link)

            await joining.page.get_by_role("button", name="我是 王磊").click()

            await joining.opened()
            await expect(joining.page.locator("[data-person]")).to_have_count(1)
            await expect(joining.person("wang")).to_be_disabled()
            await joining.types("我的假")
            await joining.sees("您现在没有请假")
            other = await mine.request.get(f"{front.url}/api/chat/messages?as=zhou&chat=private&after=0")
            assert other.status == 403

            late = await window(preview, link)

            await expect(late.page.locator("main")).to_contain_text("已经用过或过期")
            assert (await preview.request.post(link)).status == 404
            stranger = await window(preview, front.url)
            await expect(stranger.page.locator("main")).to_contain_text("加入链接")
    finally:
        await front.end()
