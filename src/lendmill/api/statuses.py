"""Which HTTP status each refusal has: one table, by the refusal's code. A test fails when a refusal is missing."""

from collections.abc import Iterator
from typing import Final

from lendmill.refusals import Refusal

BAD_REQUEST: Final = 400
UNAUTHORIZED: Final = 401
FORBIDDEN: Final = 403
NOT_FOUND: Final = 404
CONFLICT: Final = 409
UNPROCESSABLE: Final = 422
TOO_MANY: Final = 429
UNAVAILABLE: Final = 503

STATUSES: Final[dict[str, int]] = {
    # people
    "wrong-sign-in": UNAUTHORIZED,
    "too-many-tries": TOO_MANY,
    "password-too-short": UNPROCESSABLE,
    "sign-in-name-taken": CONFLICT,
    "no-such-borrower": NOT_FOUND,
    "house-not-open": UNAVAILABLE,
    "command-reused": CONFLICT,
    "not-an-identity": UNPROCESSABLE,
    "identity-length-wrong": UNPROCESSABLE,
    "identity-outdated": UNPROCESSABLE,
    "identity-signs-wrong": UNPROCESSABLE,
    "identity-check-wrong": UNPROCESSABLE,
    "identity-birthday-wrong": UNPROCESSABLE,
    "identity-region-unknown": UNPROCESSABLE,
    "person-number-needed": UNPROCESSABLE,
    "firm-code-needed": UNPROCESSABLE,
    "birthday-differs": UNPROCESSABLE,
    "identity-taken": CONFLICT,
    "identity-differs": CONFLICT,
    "no-seal": UNAVAILABLE,
    # two people
    "no-such-kind": UNPROCESSABLE,
    "not-your-work": FORBIDDEN,
    "not-yours-to-decide": FORBIDDEN,
    "reason-missing": UNPROCESSABLE,
    "no-such-approval": NOT_FOUND,
    "own-proposal": FORBIDDEN,
    "not-the-proposer": FORBIDDEN,
    "decided-already": CONFLICT,
    "proposal-expired": CONFLICT,
    "proposal-stale": CONFLICT,
    "invalid-change": UNPROCESSABLE,
    "unknown-change": UNPROCESSABLE,
    # changes of a loan, and receipts taken back
    "loan-not-open": CONFLICT,
    "written-off-already": CONFLICT,
    "no-such-row": UNPROCESSABLE,
    "waives-too-much": CONFLICT,
    "nothing-not-due": CONFLICT,
    "moves-back": UNPROCESSABLE,
    "not-overdue": CONFLICT,
    "calls-in-too-much": CONFLICT,
    "not-less": CONFLICT,
    "settlement-past": UNPROCESSABLE,
    "rate-too-early": UNPROCESSABLE,
    "not-countable": CONFLICT,
    "claim-open": CONFLICT,
    "priced-otherwise": UNPROCESSABLE,
    "rate-above-cap": UNPROCESSABLE,
    "too-long": UNPROCESSABLE,
    "no-such-receipt": NOT_FOUND,
    "value-date-too-old": UNPROCESSABLE,
    "reversed-already": CONFLICT,
    "not-reversible": CONFLICT,
    # credit, products, funding
    "no-shop": CONFLICT,
    "step-too-early": CONFLICT,
    "no-such-application": NOT_FOUND,
    "answer-wrong": UNPROCESSABLE,
    "application-closed": CONFLICT,
    "consent-missing": UNPROCESSABLE,
    "policy-published-already": CONFLICT,
    "no-such-decision": NOT_FOUND,
    "no-such-policy": UNAVAILABLE,
    "invalid-policy": UNPROCESSABLE,
    "joint-limit-exceeded": CONFLICT,
    "limit-exceeded": CONFLICT,
    "line-expired": CONFLICT,
    "line-not-open": CONFLICT,
    "line-open-already": CONFLICT,
    "no-such-line": NOT_FOUND,
    "nothing-asked": UNPROCESSABLE,
    "borrower-late": CONFLICT,
    "published-already": CONFLICT,
    "invalid-product": UNPROCESSABLE,
    "no-such-product": NOT_FOUND,
    "unknown-caps": UNPROCESSABLE,
    "caps-not-in-force": CONFLICT,
    "dearer-than-allowed": UNPROCESSABLE,
    "funding-exhausted": CONFLICT,
    "unknown-licence": UNPROCESSABLE,
    # loans and books
    "nothing-owed": CONFLICT,
    "draw-too-small": UNPROCESSABLE,
    "method-not-offered": UNPROCESSABLE,
    "value-date-ahead": UNPROCESSABLE,
    "nothing-paid": UNPROCESSABLE,
    "term-too-long": UNPROCESSABLE,
    "no-such-loan": NOT_FOUND,
    "wrong-unit": CONFLICT,
    "unbalanced": CONFLICT,
    "not-a-unit": UNPROCESSABLE,
    "period-closed": CONFLICT,
    "day-moved": CONFLICT,
    "books-broken": CONFLICT,
    "closed-already": CONFLICT,
    "not-over": CONFLICT,
    "day-end-not-done": CONFLICT,
    "controls-differ": CONFLICT,
    "no-such-place": UNPROCESSABLE,
    "not-an-account": NOT_FOUND,
    "days-turned": UNPROCESSABLE,
    "too-many-lines": UNPROCESSABLE,
    "not-a-date": UNPROCESSABLE,
    "no-such-posting": CONFLICT,
    "wrong-side": CONFLICT,
    "memorandum-mixed": CONFLICT,
    "currencies-mixed": CONFLICT,
    "conversion-differs": CONFLICT,
    "day-not-reached": CONFLICT,
    # records and ratings
    "no-live-model": UNAVAILABLE,
    "unknown-model": NOT_FOUND,
    "invalid-scale": UNPROCESSABLE,
    "invalid-card": UNPROCESSABLE,
    "bank-rating-offered": UNPROCESSABLE,
    "feature-absent": UNPROCESSABLE,
    "not-a-number": UNPROCESSABLE,
    "training-not-installed": UNAVAILABLE,
    "no-outcomes": UNPROCESSABLE,
    "nothing-learned": UNPROCESSABLE,
    "too-few-bad": UNPROCESSABLE,
    "unusable-for-training": UNPROCESSABLE,
    "cannot-read": UNPROCESSABLE,
    "invalid-mapping": UNPROCESSABLE,
    "nothing-to-read": UNPROCESSABLE,
    "unknown-column": UNPROCESSABLE,
    "lake-busy": CONFLICT,
    "invalid-sellers": UNPROCESSABLE,
    # the command line's own
    "not-a-day": UNPROCESSABLE,
    "other-house": CONFLICT,
    "other-demonstration": CONFLICT,
    "no-such-labels": NOT_FOUND,
    "shop-not-rated": NOT_FOUND,
    "empty-lake": CONFLICT,
    # money and terms
    "not-an-amount": UNPROCESSABLE,
    "not-a-rate": UNPROCESSABLE,
    "unknown-method": UNPROCESSABLE,
    "unknown-day-count": UNPROCESSABLE,
    "unknown-direction": UNPROCESSABLE,
    "period-missing": UNPROCESSABLE,
    "unknown-spacing": UNPROCESSABLE,
    "due-dates-out-of-order": UNPROCESSABLE,
    "unknown-moment": UNPROCESSABLE,
    "never-repaid": UNPROCESSABLE,
    "unknown-broken-period": UNPROCESSABLE,
    "unknown-business-days": UNPROCESSABLE,
    "unknown-country": UNPROCESSABLE,
    "unknown-first-day": UNPROCESSABLE,
    "payments-too-small": UNPROCESSABLE,
    "unknown-prepayment": UNPROCESSABLE,
    "charged-off-twice": CONFLICT,
    "not-charged-off": CONFLICT,
    "denominator-fixed": CONFLICT,
    "amounts-too-large": UNPROCESSABLE,
    "no-rate-of-return": UNPROCESSABLE,
    # the door itself
    "idempotency-key-missing": BAD_REQUEST,
    "not-there": NOT_FOUND,
}


def status(refusal: Refusal) -> int:
    """The status of one refusal."""
    return STATUSES[refusal.code()]


def every_refusal(kind: type[Refusal] = Refusal) -> Iterator[type[Refusal]]:
    """All refusals there are, once the rooms are imported."""
    for sub in kind.__subclasses__():
        yield sub
        yield from every_refusal(sub)
