"""Which changes by hand take two people, from which amount on, and whose work they are: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from lendmill.money import LARGEST_CENTS
from lendmill.people.roles import Role
from lendmill.refusals import Refusal

ANY_AMOUNT: Final = LARGEST_CENTS
NEVER_ALONE: Final = 0
SMALL_CENTS: Final = 50_000  # 500 yuan: what one person may waive or charge on one loan
WAITS_DAYS: Final = 7
REASON_LETTERS_MIN: Final = 3
REASON_LETTERS_MAX: Final = 500

APPROVERS: Final = frozenset({Role.RISK_OFFICER, Role.FINANCE, Role.ADMIN})
COLLECTION: Final = frozenset({Role.COLLECTOR, Role.RISK_OFFICER})
RISK: Final = frozenset({Role.RISK_OFFICER})
FINANCE: Final = frozenset({Role.FINANCE})
REVIEWERS: Final = frozenset({Role.ANALYST, Role.RISK_OFFICER})
SECONDS: Final = frozenset({Role.RISK_OFFICER, Role.ADMIN})
VERDICT: Final = "verdict"  # a person's decision about an application; its own room says when it takes two
UNTIE: Final = "untie"  # that a borrower no longer belongs together with others: what their cap held is free then


class NoSuchKind(Refusal):
    """No rule says who may propose {kind!r}, so nobody may."""


class NotYourWork(Refusal):
    """Proposing {kind} is not the work of the role {role}, but of {roles}."""


class NotYoursToDecide(Refusal):
    """Deciding on {kind} is not the work of the role {role}, but of {roles}."""


class ReasonMissing(Refusal):
    """Say why, in {letters_min} to {letters_max} letters."""


@dataclass(frozen=True, slots=True)
class ChangeRule:
    """Who may propose one kind of change, up to which amount one person is enough, and who may approve above that.

    A change of the outside world (money came in, money bounced) stays true whatever else is changed on the loan. Any
    other is proposed for the loan as it looked then: once something else was changed by hand it is stale.
    """

    proposers: frozenset[Role]
    alone_up_to_cents: int
    approvers: frozenset[Role] = APPROVERS
    goes_stale: bool = True


RULES: Final[Mapping[str, ChangeRule]] = {
    # always two people
    "write_off": ChangeRule(RISK | FINANCE, NEVER_ALONE),
    "agree_settlement": ChangeRule(COLLECTION, NEVER_ALONE),
    "reverse_receipt": ChangeRule(FINANCE, NEVER_ALONE, goes_stale=False),
    "receive_payment": ChangeRule(FINANCE, NEVER_ALONE, goes_stale=False),
    "change_rate": ChangeRule(RISK, NEVER_ALONE),  # from an earlier day on it takes back what was charged
    # two people above an amount
    "waive": ChangeRule(COLLECTION, SMALL_CENTS),
    "charge_fee": ChangeRule(RISK | FINANCE, SMALL_CENTS),
    # one person, unless the product is stricter
    "payment_holiday": ChangeRule(COLLECTION, ANY_AMOUNT),
    "extend": ChangeRule(COLLECTION, ANY_AMOUNT),
    "replan": ChangeRule(COLLECTION, ANY_AMOUNT),
    "re_age": ChangeRule(COLLECTION, ANY_AMOUNT),
    "accelerate": ChangeRule(RISK, ANY_AMOUNT),
}
BESIDE_LOANS: Final[Mapping[str, ChangeRule]] = {
    # one person within their limit, unless the review desk's own rules ask for a second
    VERDICT: ChangeRule(REVIEWERS, ANY_AMOUNT, approvers=SECONDS, goes_stale=False),
    UNTIE: ChangeRule(REVIEWERS, NEVER_ALONE, approvers=SECONDS, goes_stale=False),
}


def rule_of(kind: str) -> ChangeRule:
    """The rule for one kind of change; a kind without a rule is refused by `NoSuchKind`."""
    rule = RULES.get(kind) or BESIDE_LOANS.get(kind)
    if rule is None:
        raise NoSuchKind(kind=kind[:60])
    return rule


def needs_two_people(kind: str, amount_cents: int | None, stricter: Mapping[str, int] | None = None) -> bool:
    """Whether a change takes a second person; an amount nobody knows beforehand (None) counts as more than any limit.

    `stricter` is what a product says: for a kind, up to which amount one person is enough (0: never). It may ask for a
    second person where the house does not, never the reverse.

    >>> needs_two_people("waive", 50_000), needs_two_people("waive", 50_001)
    (False, True)
    >>> needs_two_people("extend", None), needs_two_people("extend", None, {"extend": 0})
    (False, True)
    """
    alone_up_to_cents = min(rule_of(kind).alone_up_to_cents, (stricter or {}).get(kind, ANY_AMOUNT))
    if amount_cents is None:
        return alone_up_to_cents < ANY_AMOUNT
    return alone_up_to_cents == NEVER_ALONE or amount_cents > alone_up_to_cents


def may_propose(role: Role, kind: str) -> bool:
    """Whether this kind of change is this role's work."""
    return role in rule_of(kind).proposers


def may_decide(role: Role, kind: str) -> bool:
    """Whether this role may be the second person for this kind of change."""
    return role in rule_of(kind).approvers


def check_proposer(role: Role, kind: str) -> None:
    """Refuse who may not propose this kind of change."""
    if not may_propose(role, kind):
        raise NotYourWork(kind=kind, role=role.value, roles=_told(rule_of(kind).proposers))


def check_decider(role: Role, kind: str) -> None:
    """Refuse who may not be the second person for this kind of change."""
    if not may_decide(role, kind):
        raise NotYoursToDecide(kind=kind, role=role.value, roles=_told(rule_of(kind).approvers))


def reason_given(text: str) -> str:
    """A reason as it is kept: in words, of a length somebody will read.

    >>> reason_given("  flood in the warehouse ")
    'flood in the warehouse'
    """
    reason = " ".join(text.split())
    if not REASON_LETTERS_MIN <= len(reason) <= REASON_LETTERS_MAX or not reason.isprintable():
        raise ReasonMissing(letters_min=REASON_LETTERS_MIN, letters_max=REASON_LETTERS_MAX)
    return reason


def last_day(proposed_on: date) -> date:
    """The last day on which a proposal can be approved."""
    return proposed_on + timedelta(days=WAITS_DAYS)


def _told(roles: frozenset[Role]) -> str:
    return ", ".join(sorted(role.value for role in roles))
