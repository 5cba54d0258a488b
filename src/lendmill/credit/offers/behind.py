"""What stands behind an offer: which cap set its amount, what else was looked at and held, and what it waits for."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lendmill.credit.decide import Decision
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.credit.rules.rule import ANY_SOURCE
from lendmill.credit.why import rule_name
from lendmill.credit.words import spoken
from lendmill.money import yuan

# What every offer is held to, whatever the policy.
ALWAYS: Final = (
    "record", "history", "not banned", "nothing late with us", "worst lateness with us", "grade not declined",
    "grade not referred", "age of the rating", "facts the card can read",
)  # fmt: skip
# What tells of the lender's capital, of others who belong to the borrower, or of when a person looks: for staff only.
OF_THE_HOUSE: Final = frozenset({
    "one borrower's share of the lender", "a group's share of the lender", "largest limit of a group",
    "amount a person looks at", "amount on a short record",
})  # fmt: skip
AT_PRESENT: Final = ("The most we can offer at present", "目前可提供的最高额度")
AMOUNT: Final = ("{rule}: {amount} yuan", "{rule}：{amount} 元")
LESS_SET_BY: Final = ("What can be lent is set by this: {set_by}.", "可授信额度由以下因素决定：{set_by}。")


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """As kept with the offer: each cap with its cents in their order, and what of the policy is about this shop.

    `sources` are those that know the shop; `aside` the rules that are not about its file; `conditions` what is asked
    for before anything can be drawn.
    """

    caps: tuple[tuple[str, int], ...]
    sources: tuple[str, ...]
    aside: tuple[str, ...]
    conditions: tuple[str, ...]

    @property
    def binding(self) -> str:
        """The cap that set the amount: the first of the tightest."""
        return min(self.caps, key=lambda cap: cap[1])[0]


@dataclass(frozen=True, slots=True)
class CapTold:
    """One cap in words, with its cents, and whether it is the one that set the amount."""

    name: str
    cents: int
    binding: bool


@dataclass(frozen=True, slots=True)
class BehindTold:
    """What stands behind an offer, in the reader's language: what set the amount, every cap, checks, conditions."""

    set_by: str
    caps: tuple[CapTold, ...]
    held: tuple[str, ...]
    conditions: tuple[str, ...]


def behind_of(kept: Any) -> Behind | None:
    """What was kept with an offer; the offers of before kept nothing."""
    return msgspec.convert(kept, Behind) if isinstance(kept, dict) else None


def told(behind: Behind, policy: Policy, language: str, *, to_staff: bool) -> BehindTold:
    """The same in words, under the version of the policy that the offer was made by.

    The seller is not told of the lender's own capital, nor what others were granted who belong together with them.
    """
    zh = spoken(language) == "zh"
    caps = sorted(behind.caps, key=lambda cap: cap[1])
    named = tuple(
        CapTold(rule_name(rule, policy, language), cents, rule == behind.binding)
        for rule, cents in caps
        if to_staff or rule not in OF_THE_HOUSE
    )
    open_to_all = to_staff or behind.binding not in OF_THE_HOUSE
    return BehindTold(
        set_by=AMOUNT[zh].format(rule=named[0].name, amount=yuan(named[0].cents)) if open_to_all else AT_PRESENT[zh],
        caps=named,
        held=tuple(rule_name(rule, policy, language) for rule in held(behind, policy)),
        conditions=tuple(rule_name(each, policy, language) for each in behind.conditions),
    )


def held(behind: Behind, policy: Policy) -> Iterator[str]:
    """The rules that were looked at for this shop; all of them held, or there would be no offer."""
    yield from ALWAYS
    if policy.eligibility.regions_refused:
        yield "region"
    if policy.facts_age_days_max is not msgspec.UNSET:
        yield "age of the record"
    about = (ANY_SOURCE, *behind.sources)
    yield from (rule.rule for rule in policy.knock_outs or () if rule.source in about)
    yield from (each.rule for each in policy.rules or () if each.source in about and each.rule not in behind.aside)


def less_told(decision: Decision, policy: Policy, language: str) -> str | None:
    """Which cap left less than was asked for, in one sentence; the lender's own affairs are not told."""
    found = decision.findings
    less = next(
        (each for each in found if each.reason == Reason.LESS_THAN_ASKED.code and each.effect == "counter"), None
    )
    cap = next((each for each in found if less and each.step == "limit" and each.rule == less.fact), None)
    if cap is None or not isinstance(cap.value, int):
        return None
    zh = spoken(language) == "zh"
    told_by = AMOUNT[zh].format(rule=rule_name(cap.rule, policy, language), amount=yuan(max(0, cap.value)))
    return LESS_SET_BY[zh].format(set_by=AT_PRESENT[zh] if cap.rule in OF_THE_HOUSE else told_by)
