"""The vocabulary of days."""

from __future__ import annotations

import re

from bot.reading.source import Words, words

FIRST_YEAR, LAST_YEAR = 1950, 2099

RELATIVE = Words(
    {
        "今天 今日 今儿 今儿个": 0,
        "明天 明日 明儿 明儿个": 1,
        "后天 后日 后儿 后儿个": 2,
        "大后天 外后天 老后天": 3,
        "大大后天": 4,
        "昨天 昨日 昨儿 昨儿个": -1,
        "前天 前日 前儿 前儿个": -2,
        "大前天 上前天 先前天": -3,
    }
)
NEAR = Words({"今": 0, "明": 1, "昨": -1})
RUNS = Words(
    {
        "明后天 明后两天 明后": (1, 2),
        "今明 今明两天 今明天 今天明天 这两天 今明两日": (0, 2),
        "今明后三天 今明后 这三天": (0, 3),
        "昨今两天": (-1, 2),
    }
)
FOLLOWING = words("接下来 接下来的 未来 往后 后面 后面的 随后")
WEEKDAY_WORDS = words("周 星期 礼拜")
WEEKDAYS = dict(zip("一二三四五六日天1234567", (0, 1, 2, 3, 4, 5, 6, 6, *range(7)), strict=True))
LISTED = frozenset("二三四五六日")
AFTER_A_LIST = frozenset("点时分号月天十个小刻周年楼栋室:百半人常子0123456789")
WEEK_COUNTS = Words(
    {
        "这 本 这个 这一 本个": 0,
        "下 下个 下一 下一个": 1,
        "下下 下下个": 2,
        "下下下 下下下个": 3,
        "上 上个 上一 上一个": -1,
        "上上 上上个": -2,
    }
)
WEEKEND = words("末")
BARE_WEEKEND = words("周末 双休日")
MONTH_COUNTS = Words(
    {
        "本月 这个月 这月 当月": 0,
        "下个月 下月 下一个月": 1,
        "下下个月 下下月": 2,
        "上个月 上月 上一个月": -1,
        "上上个月 上上月": -2,
    }
)
MONTH_WORDS = words("月 月份")
DAY_WORDS = words("号 日")
MONTH_PARTS = Words(
    {
        "初 月初": (1, 1),
        "中 月中": (15, 15),
        "底 末 尾 月底 月末 月尾": (31, 31),
        "上旬": (1, 10),
        "中旬": (11, 20),
        "下旬": (21, 31),
    }
)
BARE_MONTH_PARTS = Words(
    {"月初": (1, 1), "月中": (15, 15), "月底 月末 月尾": (31, 31), "上旬": (1, 10), "中旬": (11, 20), "下旬": (21, 31)}
)
YEARS = Words({"今年 本年": 0, "明年": 1, "后年": 2, "去年": -1, "前年": -2})
YEAR_EDGES = Words({"年底 年末 底": (12, 31), "年初 初": (1, 1)})
BARE_YEAR_EDGES = Words({"年底 年末": (12, 31)})
LATER = Words({"后 以后 之后 过后": 1, "前 以前 之前": -1})
PASSING = words("过 再过")
NEXT_DAY = words("次日 第二天 隔天 翌日")
SHIFTS = Words(
    {
        "前一天 前1天 头一天 头天": -1,
        "前两天": -2,
        "后一天 后1天 第二天 次日 后第一天": 1,
        "后两天 后第二天": 2,
        "当天 那天 这天 当日": 0,
    }
)
ISO = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?![\d-])", re.ASCII)
COMPACT = re.compile(r"(20\d\d)(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)", re.ASCII)
NUMERIC = re.compile(r"(\d{1,2})([-/.])(\d{1,2})(?!\d)", re.ASCII)
