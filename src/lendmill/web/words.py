"""The words on the pages, in Chinese and in English; the translations are read once, at the start."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

from babel.messages.pofile import read_po

from lendmill.credit.reasons import Reason
from lendmill.money import yuan
from lendmill.products.publishing.files import FileMistake
from lendmill.refusals import InBoth, Refusal
from lendmill.shops.industries import INDUSTRY_NAMES
from lendmill.web.allowed import ALLOWED, found_in

CHINESE: Final = "zh-Hans"
ENGLISH: Final = "en"
NAMES: Final = {CHINESE: "简体中文", ENGLISH: "English"}


@cache
def translations() -> dict[str, str]:
    """Every English sentence with its Chinese one, from `languages/zh-Hans.po`."""
    with (files("lendmill.web") / "languages" / f"{CHINESE}.po").open("rb") as file:
        catalog = read_po(file, locale="zh_Hans", abort_invalid=True)
    return dict(INDUSTRY_NAMES.values()) | {
        str(each.id): str(each.string) for each in catalog if each.id and each.string
    }


@dataclass(frozen=True)
class Words:
    """Says things in one language."""

    language: str

    def say(self, text: str, **facts: Any) -> str:
        """A sentence in this language, its blanks filled.

        >>> Words("en").say("Page {n}", n=2)
        'Page 2'
        """
        sentence = translations().get(text, text) if self.language == CHINESE else text
        return sentence.format(**facts) if facts else sentence

    def files(self, n: int) -> str:
        """How many files.

        >>> Words("en").files(1), Words("en").files(1_200)
        ('1 file', '1,200 files')
        """
        return self.say("1 file") if n == 1 else self.say("{n} files", n=f"{n:,}")

    def heads(self, *texts: str) -> list[str]:
        """The heads of a table's columns."""
        return [self.say(text) for text in texts]

    def refusal(self, refusal: Refusal) -> str:
        """A refusal as a sentence: its template translated first, amounts written as money and days as days."""
        sentence = translations().get(refusal.template(), "") if self.language == CHINESE else ""
        sentence = sentence or refusal.template().replace("_cents} cents", "_cents}")
        return sentence.format(**{name: self._fact(name, fact) for name, fact in refusal.facts.items()})

    def allowed(self, text: str) -> str:
        """What a field must be, as documents tell it.

        >>> Words("zh-Hans").allowed("at least 18"), Words("en").allowed("at least 18")
        ('不低于 18', 'at least 18')
        """
        sentence, blanks = found_in(text)
        if self.language != CHINESE or sentence not in ALLOWED:
            return text
        return self.say(sentence, **{name: self.allowed(said) for name, said in blanks.items()})

    def mistake(self, told: FileMistake) -> str:
        """Something wrong in a file, with its place."""
        if self.language != CHINESE:
            return str(told)
        where = self.say("line {n}", n=told.line) if told.line else f"{told.sheet} {told.cell}".strip()
        field, allowed = self.allowed(told.called), self.allowed(told.allowed)
        return f"{where}：{field} 为 {told.value or self.say('left open')}，应为：{allowed}"

    def _fact(self, name: str, fact: Any) -> Any:
        if isinstance(fact, InBoth):
            return fact.zh if self.language == CHINESE else fact
        if isinstance(fact, str) and (
            name in ("allowed", "what") or fact in ("in this file", "in this form", "left open")
        ):
            return self.allowed(fact)
        if name.endswith("_cents") and isinstance(fact, int):
            return self.money(fact)
        if isinstance(fact, date):
            return self.day(fact)
        return fact

    def reasons(self, codes: Iterable[str]) -> list[str]:
        """Reason codes of a decision as sentences."""
        return [Reason.of(code).sentence(self.language) for code in codes]

    def money(self, amount_cents: int) -> str:
        """An amount with its sign.

        >>> Words("en").money(-700050)
        '-¥7,000.50'
        """
        written = yuan(amount_cents)
        return f"-¥{written[1:]}" if written.startswith("-") else f"¥{written}"

    def booked(self, amount: int | Decimal, unit: str) -> str:
        """An amount of the books in yuan; an exact accrual comes as a numerator over its unit's denominator.

        >>> Words("en").booked(1680000000, "CNY/1000000"), Words("en").booked(-1680, "CNY")
        ('16.80', '-16.80')
        """
        _, _, den = unit.partition("/")
        return f"{Decimal(amount) / int(den or 1) / 100:,.2f}"

    def round_money(self, amount_cents: int) -> str:
        """An amount without its cents where they are nought, for headlines.

        >>> Words("en").round_money(2800000)
        '¥28,000'
        """
        return self.money(amount_cents).removesuffix(".00")

    def day(self, day: date | None) -> str:
        """A day as people write it.

        >>> Words("en").day(date(2026, 1, 5)), Words("zh-Hans").day(date(2026, 1, 5))
        ('5 Jan 2026', '2026年1月5日')
        """
        if day is None:
            return "—"
        if self.language == CHINESE:
            return f"{day.year}年{day.month}月{day.day}日"
        return f"{day.day} {day:%b %Y}"

    def near(self, day: date | None, today: date) -> str:
        """A day near today, its year left out where it goes without saying.

        >>> Words("zh-Hans").near(date(2026, 1, 5), date(2026, 3, 1))
        '1月5日'
        """
        if day is None or day.year != today.year:
            return self.day(day)
        return f"{day.month}月{day.day}日" if self.language == CHINESE else f"{day.day} {day:%b}"

    def percent(self, share: Decimal | float | int, digits: int = 2) -> str:
        """A share as a percentage.

        >>> Words("en").percent(Decimal("0.219"))
        '21.90%'
        """
        return f"{Decimal(str(share)) * 100:.{digits}f}%"


def marked(*texts: str) -> tuple[str, ...]:
    """Sentences that are translated where they are shown."""
    return texts


def language_of(cookie: str | None, accept: str, otherwise: str) -> str:
    """The language somebody chose, else the first one their browser asks for that we have, else the house's own.

    >>> language_of(None, "fr;q=0.9, en-GB;q=0.8", "zh-Hans"), language_of("zh-Hans", "en", "en")
    ('en', 'zh-Hans')
    """
    if cookie in NAMES:
        return str(cookie)
    for wanted in _by_preference(accept):
        if wanted.startswith("zh"):
            return CHINESE
        if wanted.startswith("en"):
            return ENGLISH
    return otherwise


def _by_preference(accept: str) -> list[str]:
    def weight(part: str) -> float:
        _, _, q = part.partition("q=")
        try:
            return -float(q or 1)
        except ValueError:
            return 0.0

    return [part.split(";")[0].strip().lower() for part in sorted(accept.split(","), key=weight) if part.strip()]
