"""One file of the desk, gathered for one page: who, what the record says, debts, decisions, doubts, consents."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from lendmill.api.figures import figures_now
from lendmill.api.ratings import rating_read
from lendmill.credit import queries as credit
from lendmill.credit.consented.queries import consent_in_force
from lendmill.credit.consents import BY_PURPOSE
from lendmill.credit.finding import Finding
from lendmill.credit.notices.queries import notices_of
from lendmill.credit.policy import Policy
from lendmill.credit.review import queries
from lendmill.credit.review.case import ReviewCase
from lendmill.credit.review.verdict.actions import Outlook
from lendmill.credit.why import required_told, rule_name, value_told, worded
from lendmill.db import Db
from lendmill.features.catalogue import FEATURES
from lendmill.loans import queries as loans
from lendmill.people import queries as people
from lendmill.rating.parties.party import PARTIES
from lendmill.rating.parties.queries import party_standings
from lendmill.web.rating_parts import rating_facts
from lendmill.web.words import CHINESE, Words

WINDOWS: Final = (365, 180, 90, 30, 7)
# A figure by window, oldest first: amounts and counts a day, shares as they are.
SERIES: Final = ("sales_net", "payment_count", "visits", "login_days", "refund_rate", "review_mean")
AS_THEY_ARE: Final = ("refund_rate", "review_mean")
DOUBTS: Final = (
    "trust_share", "brushing_ring_share_90", "brushing_burst_days_90", "shared_device_shops",
    "five_star_burst_share_90", "orders_per_visit_odds_90", "duplicate_share", "impossible_count", "gap_days_90",
    "source_stale_days",
)  # fmt: skip
MAIN: Final = (
    "history_days", "sales_monthly_mean", "sales_net_365", "sales_growth_90", "cash_flow_90", "open_orders",
    "customer_top_share_365", "margin_365", "bureau_open_balance", "bureau_open_loans",
)  # fmt: skip
BY_NAME: Final = {feature.name: feature for feature in FEATURES}
HEIGHT: Final = 28
KNOWN_MIN: Final = 2
WHOLE_FROM: Final = 100
STEP: Final = 22


@dataclass(frozen=True)
class Series:
    """One figure over ever shorter windows, as bars."""

    name: str
    last: str
    bars: list[tuple[int, float, float]]  # x, y, height
    told: str


@dataclass(frozen=True)
class Told:
    """A finding in the reader's words."""

    step: str
    rule: str
    found: str
    required: str
    verdict: str
    effect: str


def findings_told(findings: tuple[Finding, ...], policy: Policy, language: str) -> list[Told]:
    """Findings as rows: what held back first."""
    rows = [
        Told(
            found.step,
            rule_name(found.rule, policy, language),
            value_told(found, found.value, language),
            required_told(found, language) if found.op != "noted" else "",
            found.verdict,
            found.effect,
        )
        for found in (worded(each, policy, language) for each in findings)
    ]
    return sorted(rows, key=lambda row: ("decline", "refer", "counter", "none").index(row.effect))


def file_facts(db: Db, case: ReviewCase, seen: Outlook | None, words: Words, today: date) -> dict[str, Any]:
    """All the house knows that bears on one file."""
    borrower_id = case.borrower_id
    read = rating_read(db, borrower_id)
    about = credit.decision(db, case.case_id, borrower_id)
    content = about.opened
    used = credit.policy(db, content.policy.key, content.policy.version)
    facts = (seen.case if seen else content.case).facts
    shown, policy = (seen.automatic.findings, seen.policy) if seen else (content.decision.findings, used)
    return {
        "borrower": people.borrower(db, borrower_id),
        "shops": people.shops_of(db, borrower_id),
        "about": about,
        "content": content,
        "then": findings_told(content.decision.findings, used, words.language),
        "findings": findings_told(shown, policy, words.language),
        "read": read,
        "told": rating_facts(read, words.language) if read else None,
        "facts_on": (seen.case if seen else content.case).facts_as_of_on,
        "main": _figures(facts, MAIN, words),
        "series": series(facts),
        "doubts": _figures(facts, DOUBTS, words),
        "standing": credit.standing(db, borrower_id),
        "lines": credit.lines_of(db, borrower_id),
        "loans": loans.loans_of(db, borrower_id, today),
        "decisions": credit.decisions_of(db, borrower_id, 10),
        "figures": figures_now(db, borrower_id),
        "standings": party_standings(db, borrower_id, today),
        "party_titles": {party.name: party.title(words.language) for party in PARTIES},
        "consents": _consents(db, borrower_id, today, words.language),
        "events": queries.events_of(db, borrower_id, case.case_id),
        "notices": notices_of(db, borrower_id),
        "purpose": _purpose(used, content.case.purpose, words.language),
    }


def _purpose(policy: Policy, key: str | None, language: str) -> str:
    found = next((each for each in policy.eligibility.purposes if each.key == key), None)
    return "—" if found is None else found.zh if language == CHINESE else found.en


def _consents(db: Db, borrower_id: UUID, today: date, language: str) -> list[tuple[str, bool]]:
    return [
        (consent.title(language), consent_in_force(db, borrower_id, purpose, today) is not None)
        for purpose, consent in BY_PURPOSE.items()
    ]


def _figures(facts: Mapping[str, float | None], names: tuple[str, ...], words: Words) -> list[tuple[str, str, str]]:
    """Known figures with what they mean, each with its unit."""
    told = []
    for name in names:
        value, feature = facts.get(name), BY_NAME.get(name)
        if value is not None and feature is not None:
            meaning = feature.meaning_zh if words.language == CHINESE else feature.meaning
            told.append((str(meaning), figure(value, feature.unit, words), name))
    return told


def figure(value: float, unit: str, words: Words) -> str:
    """A figure as a reader writes it.

    >>> figure(0.125, "share", Words("en")), figure(1234.5, "yuan", Words("en")), figure(3.0, "days", Words("en"))
    ('12.5%', '¥1,234', '3')
    """
    if unit == "share":
        return words.percent(round(value, 6), 1)
    if unit == "yuan":
        return f"¥{value:,.0f}"
    return f"{value:,.4g}" if abs(value) < 1_000 else f"{value:,.0f}"


def series(facts: Mapping[str, float | None]) -> list[Series]:
    """The record's main figures over a year, half a year, a quarter, a month and a week, each a day, as small bars."""
    drawn = []
    for name in SERIES:
        values = [_at(facts, name, days) for days in WINDOWS]
        known = [value for value in values if value is not None]
        top = max((abs(value) for value in known), default=0.0)
        if len(known) >= KNOWN_MIN and top:
            heights = [None if value is None else max(1.0, abs(value) / top * HEIGHT) for value in values]
            bars = [(n * STEP, HEIGHT - height, height) for n, height in enumerate(heights) if height is not None]
            told = " · ".join(f"{days}: {_told(name, each)}" for days, each in zip(WINDOWS, values, strict=True))
            drawn.append(Series(name, _told(name, known[-1]), bars, told))
    return drawn


def _at(facts: Mapping[str, float | None], name: str, days: int) -> float | None:
    value = facts.get(f"{name}_{days}")
    return value if value is None or name in AS_THEY_ARE else value / days


def _told(name: str, value: float | None) -> str:
    if value is None:
        return "?"
    if name == "refund_rate":
        return f"{value:.1%}"
    return f"{value:,.3g}" if abs(value) < WHOLE_FROM else f"{value:,.0f}"
