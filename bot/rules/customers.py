"""Customers: how they found the store, which designer suits them, when they are contacted again (HANDBOOK W1 T5 2)."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from bot.rules.calendar import Calendar
from bot.rules.customers_limits import Budget, CustomerRules, DesignerProfile
from storage.customers import Grade
from storage.staff import Staff


class Source(StrEnum):
    """How the customer came to know of the store (HANDBOOK T5 2.1)."""

    WALK_IN = "walk_in"
    REFERRAL = "referral"
    ESTATE = "estate"
    WEB = "web"
    ADVERT = "advert"
    FAIR = "fair"
    PARTNER = "partner"
    STAFF = "staff"
    OTHER = "other"


# As people say them; the first word is the one on the button.
SOURCE_WORDS: Mapping[Source, tuple[str, ...]] = {
    Source.WALK_IN: ("自然到店", "路过", "进店", "到店", "自己来的", "上门", "自然进店"),
    Source.REFERRAL: ("老客户介绍", "转介绍", "朋友介绍", "客户介绍", "老客户", "亲戚介绍", "邻居介绍", "熟人介绍"),
    Source.ESTATE: ("小区推广", "小区活动", "扫楼", "地推", "小区", "样板间"),
    Source.WEB: (
        "网络",
        "抖音",
        "小红书",
        "短视频",
        "网上",
        "微信",
        "朋友圈",
        "公众号",
        "视频号",
        "百度",
        "美团",
        "直播",
    ),
    Source.ADVERT: ("广告", "传单", "电梯广告", "户外广告", "单页", "海报"),
    Source.FAIR: ("展会", "活动", "家博会", "家装节", "团购会"),
    Source.PARTNER: ("建材店", "合作商家", "商家介绍", "建材商介绍", "中介", "开发商"),
    Source.STAFF: ("员工介绍", "同事介绍", "内部介绍"),
    Source.OTHER: ("其他", "其它", "别的"),
}
SOURCE_LEAD = re.compile(r"^(?:来源|渠道)?[:：]?(?:是|从|在|通过|看到|看|听)*")
SOURCE_TAIL = re.compile(r"(?:上)?(?:看到|知道|了解|找到|来|推荐|认识)?(?:的|来的|过来的)?$")
# Too short, or too much like the name of an estate, to be found inside other words.
ONLY_ALONE = frozenset({"小区", "活动", "网上", "上门", "别的", "其他", "其它", "到店"})

DWELLINGS = ("新房", "二手房", "旧房翻新", "别墅", "商铺办公")
SCOPES = ("半包", "全包", "清包", "只做设计")
STYLES = ("现代简约", "新中式", "轻奢", "北欧", "奶油风", "法式", "美式", "日式原木")
LOST_REASONS = ("选了别家", "价格高", "暂时不装", "联系不上", "预算没讲细")
# Why a case ends whose customer wants to be forgotten; nobody chooses it otherwise.
ASKED_TO_BE_FORGOTTEN = "客户要求删除"
WISHES = (
    *("referrer", "dwelling", "family", "budget", "scope", "style", "materials", "needs"),
    *("starts", "compared", "decides", "contact_time", "remarks"),
)

TITLES = (
    "先生",
    "女士",
    "小姐",
    "太太",
    "老师",
    "医生",
    "阿姨",
    "叔叔",
    "大哥",
    "大姐",
    "老板",
    "经理",
    "总",
    "哥",
    "姐",
    "姨",
    "叔",
)
TITLED = re.compile(rf"[\u3400-\u9fff]{{1,4}}?(?:{'|'.join(TITLES)})")
DOUBLE_SURNAMES = frozenset(
    {
        *("欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容"),
        *("令狐", "司徒", "夏侯", "端木", "南宫", "长孙", "宇文", "轩辕", "独孤"),
    }
)
ESTATE_ENDS = ("苑", "小区", "家园", "花园", "公馆", "广场", "新村", "大厦", "公寓")
# People may be called so, too, but not in so many characters.
LONG_ESTATE_ENDS = ("园", "城", "府", "湾", "庭", "里", "庄", "阁", "邸", "居", "轩", "郡", "坊", "馆")
LONG = 4
LONGEST_NAME = 20
MOBILE = re.compile(r"(?<!\d)1[3-9]\d{9}(?!\d)")
NAME = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff·A-Za-z.\-]+(?: [A-Za-z.\-]+)*")
HIDDEN = "**"

CASE_NUMBER = re.compile(r"(?<!\d)(20\d\d)\s*[-–—_]\s*(\d{1,4})(?!\d)")
BUDGETS = (
    (100_000, Budget.UP_TO_10),
    (200_000, Budget.UP_TO_20),
    (300_000, Budget.UP_TO_30),
    (500_000, Budget.UP_TO_50),
)
FARTHEST = timedelta(days=366)


def source_of(said: str) -> Source | None:
    """The channel that somebody means: 抖音上看到的 is the web."""
    spelled = unicodedata.normalize("NFKC", said).replace(" ", "")
    by_word = {word: source for source, words in SOURCE_WORDS.items() for word in words}
    bare = SOURCE_LEAD.sub("", spelled)
    return next((by_word[one] for one in (spelled, bare, SOURCE_TAIL.sub("", bare)) if one in by_word), None)


def source_inside(words: str) -> tuple[int, int] | None:
    """Where the longest known word for a channel stands in words without spaces."""
    known = [word for many in SOURCE_WORDS.values() for word in many if word in words and word not in ONLY_ALONE]
    if not known:
        return None
    longest = max(known, key=len)
    start = words.index(longest)
    return start, start + len(longest)


def is_name(said: str) -> bool:
    """Whether a customer can be called so: 李女士, 欧阳娜, Tom Li; no number, no estate."""
    estate = said.endswith(ESTATE_ENDS) or (len(said) >= LONG and said.endswith(LONG_ESTATE_ENDS))
    return len(said) <= LONGEST_NAME and NAME.fullmatch(said) is not None and not estate


def discreet_name(name: str) -> str:
    """As it may be written wherever others read it too: 李女士 for 李女士 and 李芳女士, 李** for 李芳 (HANDBOOK 4)."""
    surname = name[:2] if name[:2] in DOUBLE_SURNAMES else name[:1]
    title = next((title for title in TITLES if name.endswith(title) and len(name) > len(title)), "")
    return surname + (title or HIDDEN)


def case_number_in(said: str) -> tuple[int, int] | None:
    """The year and the serial of 2026-0031, if the words hold one."""
    found = CASE_NUMBER.search(unicodedata.normalize("NFKC", said))
    return (int(found[1]), int(found[2])) if found else None


def without_case_number(said: str) -> str:
    return " ".join(CASE_NUMBER.sub(" ", unicodedata.normalize("NFKC", said), count=1).split())


def band(yuan: int) -> Budget:
    """The budget band of an amount."""
    return next((budget for most, budget in BUDGETS if yuan <= most), Budget.MORE)


class Good(StrEnum):
    """Why a designer suits a customer."""

    STYLE = "style"
    BUDGET = "budget"
    OWN = "own"
    FREE = "free"


@dataclass(frozen=True)
class Strength:
    """One thing that speaks for a designer; `word` is the style, or the strength in the store's own words."""

    kind: Good
    word: str = ""


@dataclass(frozen=True)
class Wishes:
    """What matters for the choice of a designer, as far as it was said."""

    style: str = ""
    budget: int | None = None


@dataclass(frozen=True)
class Recommended:
    """A designer, at most two things that speak for them, their open cases, whether they are out of the store."""

    staff_id: int
    strengths: tuple[Strength, ...]
    load: int
    away: bool
    design_fee: int


MOST_STRENGTHS = 2


def recommend(
    designers: Sequence[Staff],
    wishes: Wishes,
    *,
    profiles: Sequence[DesignerProfile],
    load: Mapping[int, int],
    away: Collection[int],
) -> list[Recommended]:
    """The designers, whoever suits best first (HANDBOOK 2.2).

    The style decides, then the budget band, then who is here, then who has the fewest open cases.
    """
    by_key = {profile.key: profile for profile in profiles}
    least = min((load.get(one.id, 0) for one in designers), default=0)
    ranked = []
    for one in designers:
        profile, cases = by_key.get(one.key, DesignerProfile.model_construct(key=one.key)), load.get(one.id, 0)
        styles, suits = _styles(profile, wishes), _suits_budget(profile, wishes)
        strengths = tuple(_strengths(profile, styles, suits=suits, free=cases == least))[:MOST_STRENGTHS]
        order = (not styles, not suits, one.id in away, cases, one.id)
        ranked.append((order, Recommended(one.id, strengths, cases, one.id in away, profile.design_fee)))
    return [found for _, found in sorted(ranked, key=lambda pair: pair[0])]


def _styles(profile: DesignerProfile, wishes: Wishes) -> list[str]:
    said = wishes.style
    return [style for style in profile.styles if said and (style in said or said in style)]


def _suits_budget(profile: DesignerProfile, wishes: Wishes) -> bool:
    return wishes.budget is not None and band(wishes.budget) in profile.budgets


def _strengths(profile: DesignerProfile, styles: Sequence[str], *, suits: bool, free: bool) -> Iterator[Strength]:
    yield from (Strength(Good.STYLE, style) for style in styles[:1])
    if suits:
        yield Strength(Good.BUDGET)
    yield from (Strength(Good.OWN, word) for word in profile.strengths)
    if free:
        yield Strength(Good.FREE)


def first_contact(opened_at: datetime, rules: CustomerRules, calendar: Calendar) -> datetime:
    """When a new customer is contacted first: the last session that begins within the hours (HANDBOOK 2.3).

    Where the store is closed all that time it is the next session.
    """
    last = opened_at + timedelta(hours=rules.first_within_hours)
    day, starts = opened_at.astimezone(calendar.zone).date(), []
    while day <= last.astimezone(calendar.zone).date():
        starts += [session.start for session in calendar.sessions(day) if opened_at < session.start <= last]
        day += timedelta(days=1)
    return starts[-1] if starts else at_work(last, calendar)


def next_contact(grade: Grade, now: datetime, rules: CustomerRules, calendar: Calendar) -> datetime:
    """When the customer is contacted again, if nobody says: so many days on by the grade, when the store opens."""
    days = {Grade.A: rules.days_a, Grade.B: rules.days_b, Grade.C: rules.days_c}[Grade(grade)]
    return on_day(now.astimezone(calendar.zone).date() + timedelta(days=days), calendar)


def on_day(day: date, calendar: Calendar) -> datetime:
    """The opening of that day, or of the next one that is open."""
    return calendar.opens(day if calendar.is_open(day) else calendar.next_working_day(day))


def at_work(at: datetime, calendar: Calendar) -> datetime:
    """The moment itself in working hours, otherwise the beginning of the next session."""
    if calendar.is_working(at):
        return at
    local = at.astimezone(calendar.zone)
    today = [session.start for session in calendar.sessions(local.date()) if session.start >= at]
    return today[0] if today else calendar.opens(calendar.next_working_day(local.date()))
