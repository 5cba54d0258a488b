"""Every page there is; who may open which is written in the table of roles."""

from typing import Final

from litestar.handlers import HTTPRouteHandler

from lendmill.web import accounts, applications, apply, books, borrow, borrowers, entrance, home, loans, portfolio

ROUTES: Final[tuple[HTTPRouteHandler, ...]] = (
    entrance.health,
    entrance.sign_in_page,
    entrance.sign_in,
    entrance.sign_out,
    entrance.choose_language,
    home.home,
    apply.start,
    apply.step_page,
    apply.take_step,
    apply.decision_page,
    apply.ask_for_review,
    borrow.choose_line,
    borrow.borrow_page,
    borrow.cost,
    borrow.draw,
    loans.loans_page,
    loans.loan_page,
    loans.loan_state,
    loans.statement,
    loans.repay,
    loans.payment_page,
    loans.payment_state,
    portfolio.portfolio_page,
    portfolio.chart,
    applications.applications_page,
    applications.decision_page,
    borrowers.borrowers_page,
    borrowers.borrower_page,
    books.books_page,
    books.account_page,
    books.close,
    accounts.accounts_page,
)
