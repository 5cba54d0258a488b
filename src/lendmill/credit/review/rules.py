"""Who may review, up to which amount alone, who may be the second person, how long each step may take: one table."""

from collections.abc import Mapping
from typing import Final

import msgspec

from lendmill.people.approvals.rules import REVIEWERS, SECONDS
from lendmill.people.roles import Role
from lendmill.products.reading import Check
from lendmill.refusals import Refusal


class NotAReviewer(Refusal):
    """Looking at referred files is not the work of the role {role}, but of {roles}."""


class AboveYourLimit(Refusal):
    """As a second person you may agree to at most {most_cents} cents, not {amount_cents}."""


class ReviewRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy's figures for the desk; a policy that states none has these."""

    answer_days: int = 15
    """By when somebody who asked for a person is answered."""
    referred_days: int = 3
    """By when a referred application should be decided."""
    more_days: int = 7
    """How long a seller has to supply what was asked for."""
    hold_minutes: int = 30
    """How long a file stays with whoever took it."""
    interview_above_cents: int = 20_000_000
    """Above this no person grants without having spoken to the borrower."""
    alone_up_to_cents: dict[str, int] = msgspec.field(
        default_factory=lambda: {Role.ANALYST.value: 10_000_000, Role.RISK_OFFICER.value: 50_000_000}
    )
    """What a reviewer may grant without a second person, by role."""
    second_up_to_cents: dict[str, int] = msgspec.field(
        default_factory=lambda: {Role.RISK_OFFICER.value: 100_000_000, Role.ADMIN.value: 100_000_000}
    )
    """What a second person may agree to, by role."""


USUAL: Final = ReviewRules()


def checks(rules: ReviewRules) -> tuple[Check, ...]:
    """What must hold of the figures in a policy: days and amounts that mean something, roles that review."""
    days = ((name, getattr(rules, name)) for name in ("answer_days", "referred_days", "more_days", "hold_minutes"))
    tables = (("alone_up_to_cents", REVIEWERS), ("second_up_to_cents", SECONDS))
    return (
        *((1 <= figure <= 1_000, f"review.{name}", figure, "from 1 to 1000") for name, figure in days),
        (rules.interview_above_cents >= 0, "review.interview_above_cents", rules.interview_above_cents, "0 or more"),
        *(
            (
                set(getattr(rules, name)) <= set(roles) and all(cents >= 0 for cents in getattr(rules, name).values()),
                f"review.{name}", getattr(rules, name), f"0 or more for roles out of {', '.join(sorted(roles))}",
            )
            for name, roles in tables
        ),
    )  # fmt: skip


def check_reviewer(role: Role) -> None:
    """Refuse whose work this is not."""
    if role not in REVIEWERS:
        raise NotAReviewer(role=role.value, roles=", ".join(sorted(REVIEWERS)))


def check_second(rules: ReviewRules, role: Role, amount_cents: int) -> None:
    """Refuse a second person who may not agree to so much."""
    most_cents = limit_of(rules.second_up_to_cents, role)
    if role not in SECONDS or amount_cents > most_cents:
        raise AboveYourLimit(most_cents=most_cents, amount_cents=amount_cents)


def limit_of(table: Mapping[str, int], role: Role) -> int:
    """The amount beside a role; a role that is not in the table may grant nothing.

    >>> limit_of(USUAL.alone_up_to_cents, Role.ANALYST), limit_of(USUAL.alone_up_to_cents, Role.FINANCE)
    (10000000, 0)
    """
    return table.get(role.value, 0)
