"""The staff's first page: the book in figures, whether the books balance, and how it went."""

from datetime import date, timedelta
from typing import Any, Final

from litestar import Response, get
from litestar.exceptions import NotFoundException
from litestar.params import FromPath, FromQuery

from lendmill.api.callers import Asked, database_of
from lendmill.db import Db
from lendmill.funding import queries as funding
from lendmill.insight import queries as insight
from lendmill.ledger import queries as books
from lendmill.people.queries import house_day
from lendmill.rating import queries as ratings
from lendmill.web.charts import by_grade, over_days, summed
from lendmill.web.pages import page, words_of
from lendmill.web.sheets import cents_as_yuan, sheet

SHOWN_FOR: Final = timedelta(days=180)
STEPS_OF_LAST_NIGHT = """
    select closes_on, step, done_at, counts
      from day_end_step
     where closes_on = (select max(closes_on) from day_end_step)
     order by done_at, step
"""


@get("/staff", sync_to_thread=True)
def portfolio_page(request: Asked, csv: FromQuery[str] = "") -> Response[str]:
    """What is lent, what is late, what is left to lend; last night's day end; the trial balance."""
    with database_of(request).transaction() as db:
        today = house_day(db)
        if csv == "days":
            return _days_sheet(request, insight.portfolio_days(db, today - SHOWN_FOR, today))
        found = insight.portfolio(db, today)
        balances = books.trial_balance(db, today)
        steps = db.execute(STEPS_OF_LAST_NIGHT).fetchall()
        available_cents, lendable_cents = funding.available_cents(db), funding.lendable_cents(db)
        controls = insight.controls(db, today)
    return page(
        request,
        "portfolio.html",
        today=today,
        book=found,
        steps=steps,
        available_cents=available_cents,
        lendable_cents=lendable_cents,
        broken=books.out_of_balance(balances),
        differing=[control for control in controls if control.difference],
        stages=[
            ("short", found.short_loans, found.short_cents),
            ("medium", found.medium_loans, found.medium_cents),
            ("long", found.long_loans, found.long_cents),
        ],
    )


def _days_sheet(request: Asked, days: list[insight.PortfolioDay]) -> Response[str]:
    heads = words_of(request).heads(
        "Day", "Product", "Loans", "Outstanding", "Late loans", "Late", "Non-performing", "Drawn"
    )
    return sheet(
        "portfolio",
        heads,
        (
            (
                day.on_day,
                day.product_key,
                day.loans,
                cents_as_yuan(day.outstanding_cents),
                day.late_loans,
                cents_as_yuan(day.late_cents),
                cents_as_yuan(day.nonperforming_cents),
                cents_as_yuan(day.drawn_cents),
            )
            for day in days
        ),
    )


@get("/staff/charts/{chart:str}", sync_to_thread=True)
def chart(request: Asked, chart: FromPath[str], look: FromQuery[str] = "light") -> Response[str]:
    """One chart as a picture."""
    drawers: dict[str, Any] = {"outstanding": _outstanding, "late": _late, "grades": _grades}
    if chart not in drawers or look not in ("light", "dark"):
        raise NotFoundException
    with database_of(request).transaction() as db:
        picture = drawers[chart](db, house_day(db), look)
    return Response(picture, media_type="image/svg+xml", headers={"Cache-Control": "private, max-age=60"})


def _outstanding(db: Db, today: date, look: str) -> str:
    days = insight.portfolio_days(db, today - SHOWN_FOR, today)
    sums = summed([(day.on_day, day.outstanding_cents) for day in days])
    return over_days(tuple((day, cents / 100) for day, cents in sums), look=look, colour="main", form="~s")


def _late(db: Db, today: date, look: str) -> str:
    days = insight.portfolio_days(db, today - SHOWN_FOR, today)
    late = dict(summed([(day.on_day, day.late_cents) for day in days]))
    lent = summed([(day.on_day, day.outstanding_cents) for day in days])
    shares = tuple((day, late[day] / cents if cents else 0.0) for day, cents in lent)
    return over_days(shares, look=look, colour="bad", form=".1%")


def _grades(db: Db, today: date, look: str) -> str:
    return by_grade(tuple((count.grade, count.borrowers) for count in ratings.grade_counts(db, today)), look=look)
