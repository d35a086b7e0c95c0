"""Out of the store in a real browser: a trip by the GM office's button, a slip that a human decides."""

from __future__ import annotations

from pathlib import Path

from playwright.async_api import Browser

from tests.journeys.pages import DESK, PHONE, demo, window, windows

CONFIRM = ("确认", "修改", "取消")
DECIDE = ("同意", "不同意", "稍后提醒")
THURSDAY = "明天（周四 11月26日）8:30–17:30"


async def test_a_trip_goes_from_a_sentence_to_the_gm_offices_button_and_back_home(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser, PHONE) as wangs, windows(browser, DESK) as lius:
        store, deciding = await window(wangs, front.url), await window(lius, front.url)
        await store.becomes("wang")

        await store.types("出城 周四 成都 看材料")

        await store.sees("周四 11月26日 几点出发？")
        await store.presses("08:30")
        await store.sees("出城，对吗？", THURSDAY, "出县城要先由刘总同意")
        await store.is_offered(*CONFIRM)
        await store.presses("确认")

        await store.sees("已请 刘总 决定", "同意之前请先不要出城")
        await store.looks_up()
        await store.has_news("liu")

        await deciding.becomes("liu")
        await deciding.sees("王磊 申请出县城", THURSDAY, "成都 · 看材料", "请在 今天（周三 11月25日）")
        await deciding.is_offered(*DECIDE)
        await deciding.presses("同意", on="王磊 申请出县城")
        await deciding.sees("王磊 出城", "✅ 刘总 已同意")

        await store.sees("✅ 刘总 同意了", THURSDAY)
        await store.moves_clock("P1D")
        await store.presses("已出发")
        await store.sees("一路平安，回来请按“回来了”")
        await store.presses("回来了")
        await store.sees("回来，记下了。辛苦了。")
        assert (store.complaints, deciding.complaints) == ([], [])


async def test_who_leaves_town_unasked_hears_the_rule_first_and_the_slip_is_a_humans_to_decide(
    browser: Browser, folder: Path
) -> None:
    async with demo(folder) as front, windows(browser) as mine:
        store = await window(mine, front.url)
        await store.becomes("chen")
        await store.types("出城 现在到下午5点 绵阳 送样品")
        await store.presses("确认")
        await store.types("已出发")

        await store.sees("还没有同意您去 绵阳", "先听您说明，由人决定")
        await store.presses("确认", on="还没有同意您去 绵阳")

        await store.sees("照实记下了", "没有得到同意")
        await store.presses("说明情况")
        await store.types("客户等着，电话没打通")
        await store.sees("会和经过一起交给决定的人")

        await store.becomes("zhou")
        await store.sees("陈静 的过失单要您决定", "本人说明：客户等着，电话没打通")
        await store.presses("只谈话提醒")
        await store.sees("周敏 决定只谈话提醒")

        await store.becomes("chen")
        await store.sees("周敏 决定不记过失单")
        await store.sees("过失单", chat="store", times=0)
        assert store.complaints == []
