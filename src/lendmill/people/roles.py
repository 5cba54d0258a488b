"""Who may open which door: one table for every page and every call, by the work a person does here.

A route that is not in the table does not open for anybody; the house does not start while one is missing.
Sellers may ask for their own things only: what belongs to another is not there for them.
"""

from enum import StrEnum
from typing import Final


class Role(StrEnum):
    """The work a person, or a program, does here."""

    SELLER = "seller"
    ANALYST = "analyst"
    RISK_OFFICER = "risk-officer"
    COLLECTOR = "collector"
    FINANCE = "finance"
    AUDITOR = "auditor"
    ADMIN = "admin"
    PARTNER = "partner"


EVERYONE: Final = frozenset[Role | None]((None, *Role))
SIGNED_IN: Final = frozenset[Role | None](Role)
SELLER: Final = frozenset[Role | None]({Role.SELLER})
STAFF: Final = frozenset[Role | None](
    {Role.ANALYST, Role.RISK_OFFICER, Role.COLLECTOR, Role.FINANCE, Role.AUDITOR, Role.ADMIN}
)
CREDIT: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER, Role.AUDITOR, Role.ADMIN})
BOOKS: Final = frozenset[Role | None]({Role.FINANCE, Role.AUDITOR, Role.ADMIN})
CLOSES: Final = frozenset[Role | None]({Role.FINANCE})
ACCOUNTS: Final = frozenset[Role | None]({Role.AUDITOR, Role.ADMIN})
CHANGES: Final = frozenset[Role | None]({Role.RISK_OFFICER, Role.COLLECTOR, Role.FINANCE})
DECIDES: Final = CHANGES | {Role.ADMIN}
RATES: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER})
AGREES: Final = RATES | {Role.ADMIN}
ASKS: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER})
CARDS: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER})
CARD_DECISIONS: Final = CARDS | {Role.ADMIN}
REVIEWS: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER})
REVIEWS_TOO: Final = REVIEWS | {Role.ADMIN}
WRITES: Final = frozenset[Role | None]({Role.ANALYST, Role.RISK_OFFICER})
PUBLISHES: Final = WRITES | {Role.ADMIN}
# A partner acts for every borrower here: which one brought whom in is not kept, and the index's consent says so.
BORROWS: Final = frozenset[Role | None]({Role.SELLER, Role.PARTNER})

WHO_MAY: Final[dict[str, frozenset[Role | None]]] = {
    # everybody
    "GET /health": EVERYONE,
    "GET /sign-in": EVERYONE,
    "POST /sign-in": EVERYONE,
    "POST /sign-out": EVERYONE,
    "GET /language/{code}": EVERYONE,
    "GET /api": EVERYONE,
    "GET /api/openapi.json": EVERYONE,
    "GET /api/{path}": EVERYONE,
    # a seller's pages
    "GET /": SIGNED_IN,
    "POST /apply/start": SELLER,
    "GET /apply/{application_id}": SELLER,
    "POST /apply/{application_id}": SELLER,
    "GET /decisions/{decision_id}": SELLER,
    "POST /decisions/{decision_id}/review": SELLER,
    "POST /decisions/{decision_id}/counter-offer": SELLER,
    "GET /figures": SELLER,
    "POST /figures": SELLER,
    "POST /figures/consent": SELLER,
    "GET /borrow": SELLER,
    "GET /borrow/{line_id}": SELLER,
    "GET /borrow/{line_id}/cost": SELLER,
    "POST /borrow/{line_id}": SELLER,
    "GET /loans": SELLER,
    "GET /loans/{loan_id}": SELLER,
    "GET /loans/{loan_id}/state": SELLER,
    "GET /loans/{loan_id}/statement": SELLER,
    "POST /loans/{loan_id}/repay": SELLER,
    "GET /payments/{instruction_id}": SELLER,
    "GET /payments/{instruction_id}/state": SELLER,
    "GET /questionnaire": SELLER,
    "POST /questionnaire": SELLER,
    "POST /questionnaire/withdrawal": SELLER,
    "POST /questionnaire/explanation": SELLER,
    "GET /questionnaire/{attempt_id}": SELLER,
    "POST /questionnaire/{attempt_id}": SELLER,
    "POST /questionnaire/{attempt_id}/send": SELLER,
    "GET /questionnaire/{attempt_id}/answers": SELLER,
    "GET /rating": SELLER,
    "POST /rating/index": SELLER,
    "POST /rating/question": SELLER,
    "GET /reviews/{case_id}": SELLER,
    "POST /reviews/{case_id}/answer": SELLER,
    "POST /reviews/{case_id}/appointment": SELLER,
    "GET /notices": SELLER,
    "GET /notices/{notice_id}": SELLER,
    # the staff's pages
    "GET /staff": STAFF,
    "GET /staff/charts/{chart}": STAFF,
    "GET /staff/applications": CREDIT,
    "GET /staff/decisions/{decision_id}": CREDIT,
    "GET /staff/borrowers": STAFF,
    "GET /staff/borrowers/{borrower_id}": STAFF,
    "POST /staff/borrowers/{borrower_id}/membership": RATES,
    "GET /staff/borrowers/{borrower_id}/figures": CREDIT,
    "POST /staff/borrowers/{borrower_id}/parties/{party}": ASKS,
    "GET /staff/borrowers/{borrower_id}/loans/{loan_id}": STAFF,
    "GET /staff/borrowers/{borrower_id}/loans/{loan_id}/changes/{kind}": CHANGES,
    "POST /staff/borrowers/{borrower_id}/loans/{loan_id}/changes/{kind}/preview": CHANGES,
    "POST /staff/borrowers/{borrower_id}/loans/{loan_id}/changes/{kind}": CHANGES,
    "GET /staff/approvals": STAFF,
    "GET /staff/approvals/{approval_id}": STAFF,
    "POST /staff/approvals/{approval_id}": DECIDES,
    "GET /staff/models": CREDIT,
    "GET /staff/models/{model_id}": CREDIT,
    "GET /staff/models/{model_id}/pictures/{picture}": CREDIT,
    "GET /staff/models/{model_id}/card.pdf": CREDIT,
    "GET /staff/models/{model_id}/exports/{form}": CREDIT,
    "POST /staff/models/{model_id}/stage": CARDS,
    "POST /staff/models/{model_id}/proposals": CARDS,
    "POST /staff/models/{model_id}/watch": CARDS,
    "POST /staff/model-proposals/{proposal_id}": CARD_DECISIONS,
    "GET /staff/pricing": CREDIT,
    "POST /staff/pricing": RATES,
    "GET /staff/pricing/{proposal_id}": CREDIT,
    "GET /staff/policies": CREDIT,
    "POST /staff/policies/drafts": WRITES,
    "GET /staff/policies/{kind}/{key}/{version}": CREDIT,
    "GET /staff/policies/{kind}/{key}/{version}/workbook": CREDIT,
    "GET /staff/policies/{kind}/{key}/{version}/toml": CREDIT,
    "POST /staff/policies/{kind}/{key}/{version}/proposals": WRITES,
    "POST /staff/policies/{kind}/{key}/{version}/holding-back": WRITES,
    "GET /staff/policies/{kind}/{key}/{version}/tests": CREDIT,
    "GET /staff/policies/{kind}/{key}/{version}/cases": CREDIT,
    "POST /staff/policies/{kind}/{key}/{version}/cases": WRITES,
    "POST /staff/policies/{kind}/{key}/{version}/backtests": WRITES,
    "GET /staff/policies/{kind}/{key}/{version}/shadow": CREDIT,
    "GET /staff/policies/backtests/{backtest_id}": CREDIT,
    "GET /staff/policies/backtests/{backtest_id}/workbook": CREDIT,
    "GET /staff/policies/trials": CREDIT,
    "POST /staff/document-proposals/{proposal_id}": PUBLISHES,
    "GET /staff/books": BOOKS,
    "GET /staff/books/accounts/{number}": BOOKS,
    "POST /staff/books/closings": CLOSES,
    "GET /staff/accounts": ACCOUNTS,
    "GET /staff/ratings": CREDIT,
    "POST /staff/ratings/adjustments": RATES,
    "POST /staff/ratings/adjustments/{adjustment_id}/end": RATES,
    "POST /staff/ratings/adjustments/{adjustment_id}/decision": AGREES,
    "POST /staff/borrowers/{borrower_id}/questions/{question_id}": RATES,
    "GET /staff/reviews": CREDIT,
    "GET /staff/reviews/overrides": CREDIT,
    "GET /staff/reviews/{case_id}": CREDIT,
    "POST /staff/reviews/{case_id}": REVIEWS,
    "POST /staff/reviews/{case_id}/interview": REVIEWS,
    "POST /staff/reviews/{case_id}/verdict": REVIEWS,
    "POST /staff/reviews/{case_id}/second": REVIEWS_TOO,
    "GET /staff/borrowers/{borrower_id}/notices/{notice_id}": STAFF,
    "GET /conditions": SELLER,
    "POST /conditions/{condition_id}": SELLER,
    "GET /staff/conditions": CREDIT,
    "POST /staff/borrowers/{borrower_id}/conditions/{condition_id}": RATES,
    "POST /staff/borrowers/{borrower_id}/conditions/told/{told_id}": RATES,
    "GET /staff/groups": CREDIT,
    "POST /staff/groups": RATES,
    "GET /staff/groups/{group_id}": CREDIT,
    "POST /staff/groups/{group_id}/members": RATES,
    "POST /staff/groups/{group_id}/parting": RATES,
    # programs
    "GET /api/v1/me": SIGNED_IN,
    "GET /api/v1/borrowers": STAFF,
    "GET /api/v1/shops/{shop_key}": STAFF | {Role.PARTNER},
    "PUT /api/v1/shops/{shop_key}/membership": RATES | {Role.PARTNER},
    "GET /api/v1/entries": STAFF | {Role.PARTNER},
    "GET /api/v1/entries/{shop}": STAFF | {Role.PARTNER},
    "GET /api/v1/borrowers/{borrower_id}/offers": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/lines": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/figures": CREDIT | BORROWS,
    "PUT /api/v1/borrowers/{borrower_id}/figures": BORROWS,
    "PUT /api/v1/borrowers/{borrower_id}/consents/{purpose}": BORROWS,
    "DELETE /api/v1/borrowers/{borrower_id}/consents/{purpose}": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/parties": CREDIT,
    "POST /api/v1/borrowers/{borrower_id}/parties/{party}": ASKS,
    "POST /api/v1/borrowers/{borrower_id}/applications": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/applications/{application_id}": CREDIT | BORROWS,
    "PUT /api/v1/borrowers/{borrower_id}/applications/{application_id}/steps/{step}": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/applications/{application_id}/submission": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/decisions": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/decisions/{decision_id}/why": CREDIT | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/counter-offers": CREDIT | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/counter-offers/{decision_id}/acceptance": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/counter-offers/{decision_id}/refusal": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/lines/{line_id}/quote": STAFF | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/draws": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/loans": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/loans/{loan_id}": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/loans/{loan_id}/statement": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/payoff": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/payment-quote": STAFF | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/repayments": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/payments": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/loans/{loan_id}/changes": STAFF,
    "POST /api/v1/borrowers/{borrower_id}/loans/{loan_id}/changes": CHANGES,
    "POST /api/v1/borrowers/{borrower_id}/loans/{loan_id}/changes/preview": DECIDES,
    "GET /api/v1/borrowers/{borrower_id}/rating": CREDIT | SELLER,
    "POST /api/v1/borrowers/{borrower_id}/rating/questions": SELLER,
    "POST /api/v1/borrowers/{borrower_id}/rating/questions/{question_id}/answer": RATES,
    "GET /api/v1/rating-questions": CREDIT,
    "GET /api/v1/index/{shop_key}": STAFF | {Role.PARTNER},
    "GET /api/v1/borrowers/{borrower_id}/index": CREDIT | SELLER,
    "PUT /api/v1/borrowers/{borrower_id}/index/consents/{purpose}": SELLER,
    "GET /api/v1/adjustments": CREDIT,
    "GET /api/v1/adjustments/in-force": CREDIT,
    "POST /api/v1/adjustments": RATES,
    "POST /api/v1/adjustments/{adjustment_id}/end": RATES,
    "POST /api/v1/adjustments/{adjustment_id}/decision": AGREES,
    "GET /api/v1/conditions": CREDIT,
    "GET /api/v1/borrowers/{borrower_id}/conditions": CREDIT | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/conditions/{condition_id}/told": RATES | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/conditions/told/{told_id}/verdict": RATES,
    "GET /api/v1/borrowers/{borrower_id}/line-changes": CREDIT | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/groups": CREDIT,
    "GET /api/v1/groups": CREDIT,
    "GET /api/v1/groups/{group_id}": CREDIT,
    "POST /api/v1/groups": RATES,
    "PUT /api/v1/groups/{group_id}/members/{borrower_id}": RATES,
    "POST /api/v1/groups/{group_id}/members/{borrower_id}/parting": RATES,
    "GET /api/v1/approvals": STAFF,
    "POST /api/v1/approvals/{approval_id}/decision": DECIDES,
    "GET /api/v1/borrowers/{borrower_id}/questionnaire": CREDIT | BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/questionnaire": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/questionnaire/withdrawal": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/questionnaire/result": CREDIT,
    "GET /api/v1/borrowers/{borrower_id}/questionnaire/{attempt_id}/question": BORROWS,
    "PUT /api/v1/borrowers/{borrower_id}/questionnaire/{attempt_id}/answers/{item_key}": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/questionnaire/{attempt_id}/sending": BORROWS,
    "GET /api/v1/models": CREDIT,
    "GET /api/v1/models/{model_id}": CREDIT,
    "GET /api/v1/models/{model_id}/watch": CREDIT,
    "POST /api/v1/models/{model_id}/stage": CARDS,
    "POST /api/v1/models/{model_id}/proposals": CARDS,
    "GET /api/v1/model-proposals": CREDIT,
    "POST /api/v1/model-proposals/{proposal_id}/decision": CARD_DECISIONS,
    "GET /api/v1/documents/{kind}": CREDIT,
    "GET /api/v1/documents/{kind}/{key}/{version}": CREDIT,
    "GET /api/v1/documents/{kind}/{key}/{version}/differences": CREDIT,
    "GET /api/v1/documents/{kind}/{key}/{version}/workbook": CREDIT,
    "GET /api/v1/documents/{kind}/{key}/{version}/toml": CREDIT,
    "POST /api/v1/documents/{kind}/drafts": WRITES,
    "POST /api/v1/documents/{kind}/checks": WRITES,
    "POST /api/v1/documents/{kind}/{key}/{version}/proposals": WRITES,
    "POST /api/v1/documents/{kind}/{key}/{version}/holding-back": WRITES,
    "GET /api/v1/policies/{key}/cases": CREDIT,
    "PUT /api/v1/policies/{key}/cases": WRITES,
    "GET /api/v1/policies/{key}/{version}/cases": CREDIT,
    "GET /api/v1/policies/{key}/{version}/backtests": CREDIT,
    "POST /api/v1/policies/{key}/{version}/backtests": WRITES,
    "GET /api/v1/policies/{key}/{version}/shadow": CREDIT,
    "GET /api/v1/backtests/{backtest_id}": CREDIT,
    "GET /api/v1/trials": CREDIT,
    "GET /api/v1/trials/arms": CREDIT,
    "GET /api/v1/document-proposals": CREDIT,
    "POST /api/v1/document-proposals/{proposal_id}/decision": PUBLISHES,
    "GET /api/v1/applications": CREDIT,
    "GET /api/v1/reviews": CREDIT,
    "GET /api/v1/reviews/overrides": CREDIT,
    "GET /api/v1/reviews/{case_id}": CREDIT,
    "POST /api/v1/reviews/{case_id}/deeds": REVIEWS,
    "POST /api/v1/reviews/{case_id}/interview": REVIEWS,
    "POST /api/v1/reviews/{case_id}/interview/findings": REVIEWS,
    "POST /api/v1/reviews/{case_id}/verdict": REVIEWS,
    "POST /api/v1/reviews/{case_id}/second": REVIEWS_TOO,
    "GET /api/v1/borrowers/{borrower_id}/reviews": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/decisions/{decision_id}/review": BORROWS,
    "POST /api/v1/borrowers/{borrower_id}/reviews/{case_id}/answers": BORROWS,
    "PUT /api/v1/borrowers/{borrower_id}/reviews/{case_id}/appointment": BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/notices": STAFF | BORROWS,
    "GET /api/v1/borrowers/{borrower_id}/notices/{notice_id}": STAFF | BORROWS,
    "GET /api/v1/portfolio": STAFF,
    "GET /api/v1/trial-balance": BOOKS,
    "GET /api/v1/books/accounts/{number}/statement": BOOKS,
    "GET /api/v1/borrowers/{borrower_id}/entries": STAFF,
    "GET /api/v1/closings": BOOKS,
    "POST /api/v1/closings": CLOSES,
}


def may(role: Role | None, route: str) -> bool:
    """Whether this role may open this door; `None` is somebody who has not signed in.

    >>> may(Role.SELLER, "GET /staff"), may(Role.AUDITOR, "GET /staff"), may(None, "GET /sign-in")
    (False, True, True)
    """
    return role in WHO_MAY[route]


def opens(role: Role, path: str) -> bool:
    """Whether a menu should show a page to this role."""
    return may(role, f"GET {path}")
