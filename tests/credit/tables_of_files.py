"""Cases as the rows of a table of files, and what the table's engine gives them."""

from collections.abc import Sequence
from typing import Any

import msgspec
import polars as pl

from lendmill.credit.case import Case, readable_facts
from lendmill.credit.decide import Decision
from lendmill.credit.offers.at_once import TERMS, Answers, decided
from lendmill.credit.offers.files import FILE, Setting, facts_read


def as_kept(case: Case) -> Case:
    """The case as the house keeps one: facts that are numbers or unknown, with what could not be read."""
    facts, unreadable = readable_facts(case.facts)
    return msgspec.structs.replace(case, facts=facts, facts_unreadable=(*case.facts_unreadable, *unreadable))


def row_of(case: Case) -> dict[str, Any]:
    """One case as a row."""
    rating = case.rating
    row = {
        **msgspec.structs.asdict(case.borrower),
        **msgspec.structs.asdict(case.standing),
        "rated": rating is not None,
        "doubtful": bool(case.facts_unreadable or (rating is not None and rating.doubts)),
        "facts_as_of_on": case.facts_as_of_on,
        "granted_cents": case.granted_cents,
        "joint_granted_cents": case.joint_granted_cents,
        "groups": case.group.groups if case.group else 0,
        "group_granted_cents": case.group.granted_cents if case.group else 0,
        **case.facts,
    }
    if rating is not None:
        row |= {"told_grade": rating.grade, "rated_on": rating.as_of_on, "points": rating.points, "pd": rating.pd}
        row |= {"file": rating.file or None}
    return row


def table_of(cases: Sequence[Case], on: Setting) -> pl.DataFrame:
    """Cases as a table of files."""
    schema = {**FILE, **dict.fromkeys(facts_read(on.policy), pl.Float64)}
    return pl.DataFrame([{name: row_of(case).get(name) for name in schema} for case in cases], schema=schema)


def at_once(cases: Sequence[Case], on: Setting) -> Answers:
    """All of them in columns."""
    return decided(table_of(cases, on), on)


def told(made: Decision) -> dict[str, Any]:
    """What a decision and a row of the table's answers have in common."""
    terms = {name: getattr(made.terms, name) if made.terms else None for name in TERMS}
    return {"outcome": made.outcome, "reasons": list(made.reasons), **terms}


def caps_told(made: Decision, caps: Sequence[str]) -> list[int | None]:
    """What each cap came to; a name that stands for a noted figure of the limit."""
    found = {each.rule: each.value for each in made.findings if each.step == "limit" and each.verdict == "noted"}
    return [found.get(rule) for rule in caps]  # type: ignore[misc]
