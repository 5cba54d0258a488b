"""Invented names, phones and identity numbers: right in form and check digit, of an area that does not exist."""

from datetime import date
from typing import Any, Final

from stdnum.cn import ric, uscc

from lendmill.people.identity import MADE_UP_AREA

NO_SUCH_PHONE: Final = "154"  # no operator has this prefix
ORGANISATION_WEIGHTS: Final = (3, 7, 9, 10, 5, 8, 4, 2)

FIRST_WORDS: Final = (
    "云杉", "青禾", "南枝", "木棉", "初晴", "北屿", "白鹿", "知秋", "晨光里", "小满",
    "橙子", "山谷", "海棠", "半夏", "听雨", "三月", "拾光", "麦田", "星河", "松果",
    "一隅", "蓝鲸", "暖阳", "未央", "良辰", "禾木", "溪谷", "鹿鸣", "青柠", "芳草",
)  # fmt: skip
TRADE_WORDS: Final = {
    "apparel": "服饰", "home": "家居", "food": "零食", "beauty": "美妆", "electronics": "数码", "toys": "玩具",
    "sports": "户外", "books": "书坊", "pets": "宠物", "crafts": "手作",
}  # fmt: skip
LAST_WORDS: Final = ("小店", "铺子", "优选", "工坊", "生活馆", "专营店", "小铺", "集市")


def shop_name(chance: Any, trade: str, kind: str) -> str:
    """A name such as a small shop has."""
    first = FIRST_WORDS[int(chance.integers(len(FIRST_WORDS)))]
    last = LAST_WORDS[int(chance.integers(len(LAST_WORDS)))]
    return f"{first}{TRADE_WORDS[trade]}{'商贸有限公司' if kind == 'firm' else last}"


def person_number(index: int, born_on: date) -> str:
    """A resident's number (GB 11643) that nobody has; no two sellers of a market share one.

    >>> person_number(7, date(1990, 5, 17))
    '690007199005170003'
    """
    body = f"{MADE_UP_AREA}{index % 10_000:04d}{born_on:%Y%m%d}{index // 10_000 % 1000:03d}"
    return body + ric.calc_check_digit(f"{body}0")


def firm_number(index: int) -> str:
    """A unified social credit code (GB 32100) that no firm has."""
    body = f"M{index % 10_000_000:07d}"
    weighed = sum(
        weight * (int(sign) if sign.isdigit() else ord(sign) - 55)
        for weight, sign in zip(ORGANISATION_WEIGHTS, body, strict=True)
    )
    check = "0123456789X"[-weighed % 11]
    code = f"91{MADE_UP_AREA}0100{body}{check}"
    return code + uscc.calc_check_digit(code)


def phone(index: int) -> str:
    """A number that rings nowhere."""
    return f"{NO_SUCH_PHONE}{index % 100_000_000:08d}"
