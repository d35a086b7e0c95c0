"""A whole case from the door to the contract: two rounds of changes, a pause, more time, another designer."""

from __future__ import annotations

from tests.transcripts.conftest import Shop
from tests.transcripts.speakers import Speaker

CASE = "2026-0001 李女士"
DESIGNING = ["交接", "等客户", "需要延期", "转给别人", "怎么做"]
WHERE = f"""{CASE} 锦绣花园 120㎡
✅ 平面方案 陈静 周四 11月26日 10:00
✅ 估算表 赵倩 周四 11月26日 10:00
✅ 约客户看方案 周敏 周四 11月26日 10:00
✅ 讲解方案和估算 陈静 16:00
✅ 调整方案和估算 陈静 16:00
✅ 约客户看方案（第 2 轮） 周敏 16:00
✅ 讲解方案和估算（第 2 轮） 陈静 16:00
✅ 签设计协议、收设计费 周敏 16:00
✅ 施工图纸 陈静 16:00
✅ 预算 赵倩 16:00
✅ 审核预算 孙强 16:00
✅ 讲解图纸和预算 周敏 16:00
✅ 调整图纸和预算 陈静 16:00
✅ 讲解图纸和预算（第 2 轮） 周敏 16:00
✅ 签施工合同 周敏 16:00"""


def a_customer_comes_in_and_signs_the_contract(shop: Shop) -> None:
    from_the_door_to_the_contract(shop)
    _what_is_said_afterwards(shop)


def from_the_door_to_the_contract(shop: Shop) -> None:
    _the_reception(shop)
    _the_plan_with_a_pause_more_time_and_another_designer(shop)
    _the_estimate(shop)
    shop.moves_to("11-28 16:00")
    _the_plan_is_shown_twice(shop)
    _the_drawings_and_the_budget(shop)
    _the_budget_is_shown_twice(shop)
    _the_contract(shop)


def _says(person: Speaker, button: str, *said: str) -> None:
    """A button whose form is answered and confirmed."""
    person.presses(button)
    for words in said:
        person.says(words)
    person.presses("确认")


def _the_reception(shop: Shop) -> None:
    shop.zhou.says("登记 李女士 13900000001 老客户介绍 锦绣花园 120平 三室两厅 4口人")
    shop.zhou.presses("客户同意")
    shop.zhou.presses("确认")
    shop.zhou.presses("选设计师")
    shop.zhou.presses("王磊")
    shop.wang.hears("量完房就开始计时：2 个工作日内交给预算员", button="量完房了")


def _the_plan_with_a_pause_more_time_and_another_designer(shop: Shop) -> None:
    _says(shop.wang, "量完房了", "9点半")
    shop.wang.hears("请在 周五 11月27日 17:30 前交给预算员（量房后 2 个工作日内）")
    _says(shop.wang, "材料选好了", "地砖东鹏，橱柜欧派")
    shop.wang.presses("等客户")
    shop.wang.says("等客户定厨房")
    shop.wang.says("周一")
    shop.moves_to("11-26 10:00")
    shop.wang.presses("客户已回复")
    shop.wang.hears("✅ 接着计时：2026-0001 平面方案，周六 11月28日 17:30 前交给预算员。")
    _says(shop.wang, "需要延期", "下周一中午12点", "客户改了户型")
    shop.zhou.presses("同意", on="王磊 申请延期")
    shop.wang.hears("周敏 同意了：2026-0001 平面方案 延到 周一 11月30日 12:00。")
    shop.wang.presses("转给别人", on="平面方案 · 2026-0001")
    shop.wang.presses("陈静 · 手上 0 个")
    shop.wang.says("我休假")
    shop.chen.hears("王磊 把这一步转给您了：我休假", buttons=DESIGNING)


def _the_estimate(shop: Shop) -> None:
    _says(shop.chen, "交接", "平面图 3 张", "跳过")
    shop.zhao.hears("陈静 交来平面方案，交接表 HO-2026-0001")
    shop.zhao.hears("请在 今天（周四 11月26日）15:15 前交给周敏（收到 10:00 + 3 小时 15 分，午休不算）")
    shop.zhao.presses("收下")
    shop.chen.hears("赵倩 收下了平面方案")
    _says(shop.zhao, "交接", "12.8万", "跳过", "跳过")
    shop.zhou.presses("收下")
    shop.zhou.presses("核对过了")
    _says(shop.zhou, "约好了", "周六下午3点")
    shop.chen.hears("客户来：周六 11月28日 15:00")


def _the_plan_is_shown_twice(shop: Shop) -> None:
    _says(shop.chen, "完成", "要调整", "厨房改开放式")
    shop.chen.hears("要调整：厨房改开放式", buttons=DESIGNING)
    _says(shop.chen, "交接", "13万", "跳过", "跳过")
    shop.zhou.presses("收下")
    shop.zhou.presses("核对过了")
    _says(shop.zhou, "约好了", "周一上午10点")
    _says(shop.chen, "完成", "刚才", "同意")
    shop.zhou.hears("签设计协议、收设计费 · 2026-0001", button="签了协议")


def _the_drawings_and_the_budget(shop: Shop) -> None:
    _says(shop.zhou, "签了协议", "XY-001")
    _says(shop.zhou, "收了设计费", "7200")
    shop.chen.hears("请在 周六 12月5日 17:30 前交给赵倩（签约付款后 7 天内）", buttons=DESIGNING)
    _says(shop.chen, "交接", "跳过", "跳过")
    shop.zhao.presses("收下")
    _says(shop.zhao, "交接", "15万", "跳过", "跳过")
    shop.zhao.hears("⚠ 比估算高 15.4%，超过限度")
    shop.sun.presses("退回")
    shop.sun.says("超过了百分之十")
    _says(shop.zhao, "交接", "13.5万", "跳过", "跳过")
    shop.sun.hears("估算 13 万元 · 预算 13.5 万元（高 3.8%）")
    shop.sun.presses("收下")
    shop.sun.presses("审核通过")
    _says(shop.sun, "安排预交底", "周一上午10点")
    shop.wu.hears("预交底")


def _the_budget_is_shown_twice(shop: Shop) -> None:
    shop.chen.hears_nothing_of("13.5")
    _says(shop.zhou, "约好了", "周二下午3点")
    _says(shop.zhou, "完成", "刚才", "要调整", "换木地板")
    shop.chen.hears("要调整：换木地板", buttons=DESIGNING)
    _says(shop.chen, "交接", "13.2万", "跳过", "跳过")
    shop.zhou.presses("收下")
    _says(shop.zhou, "约好了", "周三下午3点")
    _says(shop.zhou, "完成", "刚才", "同意")


def _the_contract(shop: Shop) -> None:
    shop.zhou.hears("签施工合同 · 2026-0001", button="预算逐项讲完")
    shop.zhou.presses("预算逐项讲完")
    _says(shop.zhou, "完成", "HT-1", "13.2万")
    shop.zhou.hears(f"✅ 恭喜，{CASE} 签约了：13.2 万元，合同 HT-1。")
    shop.wu.hears("签了施工合同，轮到您安排开工。交接表 HO-2026-0008，请收下。")
    shop.wu.presses("收下")
    shop.zhou.hears("吴刚 收下了合同（2026-0001 李女士）。")


def _what_is_said_afterwards(shop: Shop) -> None:
    shop.zhou.says("流程 2026-0001")
    shop.zhou.hears(WHERE)
    shop.moves_to("12-08 10:00")
    for person in shop.people.values():
        person.hears_nothing_of("⚠ 2026-0001")
        person.hears_nothing_of("13900000001")
