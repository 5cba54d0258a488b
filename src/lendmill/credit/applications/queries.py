"""Applications as they stand, one or a page of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from lendmill.credit.applications.application import FIGURES_MONTHS, Application, NoSuchApplication
from lendmill.days import months_after
from lendmill.db import Db, many, maybe
from lendmill.people.queries import Shop
from lendmill.rating.stated.queries import StatedVersion, figures_stated

COLUMNS: Final = """
           application_id, borrower_id, shop_id, product_key, step, status, answers, started_on, started_at, decided_at,
           (select decision_id
              from decision
             where decision.borrower_id = application.borrower_id
               and decision.application_id = application.application_id
             order by decision_id desc
             limit 1
           ) as decision_id
"""

APPLICATION = f"""
    select {COLUMNS}
      from application
     where borrower_id = %(borrower_id)s
       and application_id = %(application_id)s
"""


def application(db: Db, borrower_id: UUID, application_id: UUID) -> Application:
    """One application of a borrower, or the refusal `NoSuchApplication`."""
    found = maybe(db, Application, APPLICATION, borrower_id=borrower_id, application_id=application_id)
    if found is None:
        raise NoSuchApplication(application_id=application_id)
    return found


OPEN_APPLICATIONS = f"""
    select {COLUMNS}
      from application
     where borrower_id = %(borrower_id)s
       and status = 'open'
     order by application_id
"""


def open_applications(db: Db, borrower_id: UUID) -> list[Application]:
    """Applications begun and not yet submitted."""
    return many(db, Application, OPEN_APPLICATIONS, borrower_id=borrower_id)


def states_figures(shops: Sequence[Shop]) -> bool:
    """Whether a borrower with these shops states a year's figures with an application: one is a wholesale member."""
    return any(shop.wholesale for shop in shops)


def figures_on_file(db: Db, borrower_id: UUID, today: date) -> StatedVersion | None:
    """The figures a seller stated last, where they are not older than an application asks for."""
    last = figures_stated(db, borrower_id)
    return last if last and months_after(last.stated_on, FIGURES_MONTHS) > today else None


@dataclass(frozen=True, slots=True)
class ApplicationRow:
    """An application in the staff's list, with its decision where there is one."""

    application_id: UUID
    borrower_id: UUID
    display_name: str
    shop_key: str | None
    product_key: str
    step: int
    status: str
    amount_cents: int | None
    purpose: str | None
    started_on: date
    decided_at: datetime | None
    decision_id: UUID | None
    outcome: str | None
    grade: str | None
    limit_cents: int | None
    reasons: list[str] | None


APPLICATIONS_PAGE = """
    select a.application_id, a.borrower_id, b.display_name, s.shop_key, a.product_key, a.step, a.status,
           (a.answers ->> 'amount_cents')::bigint as amount_cents, a.answers ->> 'purpose' as purpose,
           a.started_on, a.decided_at, d.decision_id, d.outcome, d.grade, d.limit_cents, d.reasons
      from application a
      join borrower b on b.borrower_id = a.borrower_id
      left join shop s on s.shop_id = a.shop_id and s.borrower_id = a.borrower_id
      left join lateral (
           select decision_id, outcome, grade, limit_cents, reasons
             from decision
            where decision.borrower_id = a.borrower_id
              and decision.application_id = a.application_id
            order by decision_id desc
            limit 1
           ) d on true
     where (%(after)s::uuid is null or a.application_id < %(after)s::uuid)
       and (%(status)s::text is null or a.status = %(status)s)
       and (%(outcome)s::text is null or d.outcome = %(outcome)s)
       and (%(product_key)s::text is null or a.product_key = %(product_key)s)
     order by a.application_id desc
     limit %(size)s
"""


def applications_page(
    db: Db,
    after: UUID | None = None,
    *,
    status: str | None = None,
    outcome: str | None = None,
    product_key: str | None = None,
    size: int = 50,
) -> list[ApplicationRow]:
    """The newest applications first, those that follow a given one in that order, filtered where a filter is given."""
    return many(
        db,
        ApplicationRow,
        APPLICATIONS_PAGE,
        after=after,
        status=status,
        outcome=outcome,
        product_key=product_key,
        size=min(size, 10_000),
    )
