"""Every call there is; who may make which is written in the table of roles."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from lendmill.api import approvals, books, changes, credit, house, loans, questionnaire

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    house.me,
    house.borrowers,
    house.shop,
    house.portfolio,
    books.trial_balance,
    books.account_statement,
    books.entries,
    books.closings,
    books.close,
    credit.offers,
    credit.lines,
    credit.start_application,
    credit.application,
    credit.save_step,
    credit.submit,
    credit.decide,
    credit.why,
    credit.applications,
    loans.quote,
    loans.draw,
    loans.repay,
    loans.loans,
    loans.loan,
    loans.statement,
    loans.payoff,
    loans.payment_quote,
    loans.payments,
    questionnaire.questionnaire,
    questionnaire.begin,
    questionnaire.withdraw,
    questionnaire.result,
    questionnaire.question,
    questionnaire.answer,
    questionnaire.send,
    changes.changes,
    changes.propose,
    changes.preview,
    approvals.approvals,
    approvals.decide,
)
