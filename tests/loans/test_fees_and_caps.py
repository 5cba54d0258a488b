"""Fees, what they add to the cost shown, how they are earned, and what is given back above the dated caps."""

from datetime import date
from typing import Any

import msgspec
import pytest

from lender import Lender
from lendmill import ids
from lendmill.credit.lines.actions import open_line
from lendmill.credit.lines.line import Line
from lendmill.db import Database, Db, many
from lendmill.loans import queries
from lendmill.loans.agreeing import first_plan, terms_for
from lendmill.loans.changes import Accelerate, ChangeRate, ChargeFee, Extend, Holiday, Replan
from lendmill.loans.quote import quote_draw
from lendmill.loans.servicing.asked import NotCountable, PricedOtherwise, RateAboveCap, TooLong
from lendmill.people.actions import lock_borrower
from lendmill.people.queries import house_day
from lendmill.products.actions import publish
from lendmill.products.caps import CapsNotInForce, UnknownCaps, caps_on
from lendmill.products.dearest import DearerThanAllowed
from lendmill.products.document import InvalidProduct, Product, product_of
from lendmill.products.queries import preset
from lendmill.terms.allocation import Parts
from lendmill.terms.rates import DenominatorFixed

DAY = date(2026, 1, 1)


def product(**fields: Any) -> Product:
    """The shipped credit line under another name, with some terms changed."""
    content = {**msgspec.to_builtins(preset("credit-line")), "key": "with-fees", "joint_limit": None, **fields}
    return product_of(content)


def lent(lender: Lender, terms: Product) -> tuple[Any, Line]:
    """A borrower with a line for a product."""
    borrower_id, _ = lender.borrower()
    lender.database.act(publish, terms, today=lender.today)

    def opened(db: Db) -> Line:
        lock_borrower(db, borrower_id)
        return open_line(
            db, borrower_id=borrower_id, decision_id=ids.new(), product=terms, limit_cents=10_000_000, grade="A",
            today=house_day(db),
        )  # fmt: skip

    return borrower_id, lender.database.act(opened)


def test_a_quote_is_what_is_then_asked_fees_and_all(database: Database) -> None:
    lender = Lender(database).found()
    fees = {"origination_bp": 50, "service_cents": 200}
    terms = product(daily_rate="0.03 %", draw_min_cents=1_000_000, limit_min_cents=1_000_000, fees=fees)
    borrower_id, line = lent(lender, terms)
    quote = quote_draw(line, terms, amount_cents=1_200_000, method="interest-first", months=3, on=DAY)
    assert [(row.due_on, row.fees_cents) for row in quote.rows] == [
        (date(2026, 2, 1), 6_200), (date(2026, 3, 1), 200), (date(2026, 4, 1), 200),
    ]  # fmt: skip
    loan_id = lender.draw(borrower_id, line.line_id, 1_200_000, "interest-first", 3)
    for row in quote.rows:
        lender.go_to(row.due_on)
        assert lender.loan(borrower_id, loan_id).due_now_cents == row.due_cents
        lender.pay(borrower_id, row.due_cents)
        lender.keeps_its_promises()
    assert lender.loan(borrower_id, loan_id).status == "closed"


def test_an_origination_fee_is_earned_by_effective_rate_and_wholly(database: Database) -> None:
    lender = Lender(database).found()
    terms = product(daily_rate="0.04 %", fees={"origination_bp": 60})
    _, line = lent(lender, terms)
    plan = first_plan(terms, terms_for(line, terms, "interest-first", DAY), 1_200_000, DAY, 3)
    assert plan["origination_cents"] == 7_200
    assert sum(plan["earns"]) == 7_200
    # by effective rate: about a third each, more where the period has more nights (31, 28, 31)
    assert plan["earns"] == [2_517, 2_201, 2_482]


def test_what_a_fee_costs_beyond_the_cap_when_the_loan_ends_early_goes_back(database: Database) -> None:
    lender = Lender(database).found()
    terms = product(daily_rate="0.04 %", fees={"origination_bp": 60})
    borrower_id, line = lent(lender, terms)
    loan_id = lender.draw(borrower_id, line.line_id, 1_000_000, "on-demand", 3)
    lender.go_to(date(2026, 1, 2))
    lender.pay(borrower_id, lender.loan(borrower_id, loan_id).payoff_cents)
    # one night: interest 400, fee 6,000; at 24 % a night may cost 657.53, so 5,742.47 go back, up to the whole cent
    assert _refunds(database) == [5_743]
    lender.keeps_its_promises()


def test_nothing_goes_back_where_the_loan_runs_its_course(database: Database) -> None:
    lender = Lender(database).found()
    terms = product(daily_rate="0.04 %", fees={"origination_bp": 60})
    borrower_id, line = lent(lender, terms)
    loan_id = lender.draw(borrower_id, line.line_id, 1_000_000, "on-demand", 3)
    lender.go_to(date(2026, 4, 1))
    lender.pay(borrower_id, lender.loan(borrower_id, loan_id).payoff_cents)
    assert _refunds(database) == []
    lender.keeps_its_promises()


@pytest.mark.parametrize(
    ("fields", "how"),
    [
        ({"fees": {"origination_bp": 25}}, "on-demand, 1 months"),
        ({"daily_rate": "0.04 %", "fees": {"service_cents": 100}}, "10000 cents"),
        ({"caps": "current"}, "in default"),
    ],
)
def test_a_product_dearer_than_the_caps_is_not_published(database: Database, fields: dict[str, Any], how: str) -> None:
    lender = Lender(database).found()
    with pytest.raises(DearerThanAllowed) as refused:
        database.act(publish, product(**fields), today=lender.today)
    assert how in str(refused.value)


def test_the_current_caps_take_what_is_cheap_enough_also_in_default(database: Database) -> None:
    lender = Lender(database).found()
    database.act(publish, product(caps="current", daily_rate="0.04 %", penalty_multiple_bp=15_000), today=lender.today)


def test_caps_have_a_name_and_a_first_day() -> None:
    with pytest.raises(UnknownCaps):
        caps_on("generous", DAY)
    with pytest.raises(CapsNotInForce):
        caps_on("current", date(2017, 8, 3))


class _Refund(msgspec.Struct):
    amount_cents: int


REFUNDS = "select amount_cents from instruction where kind = 'refund' order by instruction_id"


def _refunds(database: Database) -> list[int]:
    with database.transaction() as db:
        return [row.amount_cents for row in many(db, _Refund, REFUNDS)]


def test_the_line_shows_the_price_of_a_usual_night_whatever_the_day_count(database: Database) -> None:
    lender = Lender(database).found()
    asked = {"actual/365": 15_500, "actual/360": 15_715, "actual/actual": 15_500, "30/360": 15_208, "30E/360": 15_208,
             "30/360-prorated-by-days-in-period": 15_208}  # fmt: skip
    for n, (day_count, due_cents) in enumerate(asked.items()):
        yearly = product(
            daily_rate="", yearly_rate="18.25 %", conventions={"day_count": day_count}, key=f"yearly-{n}",
            methods=["interest-first"],
        )  # fmt: skip
        borrower_id, line = lent(lender, yearly)
        assert str(line.rate.nominal_annual())[:5] in ("0.182", "0.185")  # over 360 days a night costs more
        loan_id = lender.draw(borrower_id, line.line_id, 1_000_000, "interest-first", 2)
        quote = quote_draw(line, yearly, amount_cents=1_000_000, method="interest-first", months=2, on=DAY)
        assert quote.rows[0].due_cents == due_cents
        assert lender.loan(borrower_id, loan_id).rows[0].asked_cents == due_cents
    lender.go_to(date(2026, 2, 1))
    lender.keeps_its_promises()


def test_twelfths_are_shared_out_over_months_only(database: Database) -> None:
    conventions = {"day_count": "30/360-prorated-by-days-in-period"}
    with pytest.raises(InvalidProduct, match="due monthly"):
        product(daily_rate="", yearly_rate="18 %", conventions=conventions)
    lender = Lender(database).found()
    monthly = product(daily_rate="", yearly_rate="18 %", conventions=conventions, methods=["equal-principal"])
    borrower_id, line = lent(lender, monthly)
    loan_id = lender.draw(borrower_id, line.line_id, 1_200_000, "equal-principal", 3)
    lender.go_to(date(2026, 1, 20))
    before = lender.loan(borrower_id, loan_id)
    for change in (Extend(to_on=date(2026, 4, 17)), Replan(method="on-demand", months=3), Holiday(months=1)):
        with pytest.raises(NotCountable):
            lender.change(borrower_id, loan_id, change)
    assert lender.loan(borrower_id, loan_id) == before
    lender.change(borrower_id, loan_id, Accelerate())
    lender.go_to(date(2026, 1, 21))
    lender.keeps_its_promises()


def test_a_rate_of_nothing_and_back_keeps_the_penalty_at_its_multiple(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000)
    for rate in ("0 %", "0.06 %"):
        lender.change(borrower_id, loan_id, ChangeRate(daily_rate=rate, from_on=DAY))
    lender.go_to(date(2026, 2, 6))
    seen = lender.loan(borrower_id, loan_id)
    assert (seen.interest_cents, seen.penalty_cents) == (34 * 420, 2 * 630)


def test_a_yearly_loan_is_repriced_by_the_year_and_no_dearer_than_its_cap(database: Database) -> None:
    lender = Lender(database).found()
    for n, day_count in enumerate(("actual/365", "actual/actual", "30/360")):
        terms = product(daily_rate="", yearly_rate="18 %", conventions={"day_count": day_count}, key=f"adjustable-{n}")
        borrower_id, line = lent(lender, terms)
        loan_id = lender.draw(borrower_id, line.line_id, 3_650_000, "on-demand", 3)
        before = lender.loan(borrower_id, loan_id)
        assert before.rate.nominal_annual() == line.rate.nominal_annual()
        for refused, change in (
            (PricedOtherwise, ChangeRate(daily_rate="0.05 %", from_on=DAY)),
            (RateAboveCap, ChangeRate(yearly_rate="24.01 %", from_on=DAY)),
            (DenominatorFixed, ChangeRate(yearly_rate="7.3333 %", from_on=DAY)),
        ):
            with pytest.raises(refused):
                lender.change(borrower_id, loan_id, change)
        assert lender.loan(borrower_id, loan_id) == before
        lender.change(borrower_id, loan_id, ChangeRate(yearly_rate="7.3 %", from_on=DAY))
        asked = lender.loan(borrower_id, loan_id).rows[-1].asked_interest_cents
        assert asked == {0: 65_700, 1: 65_700, 2: 66_613}[n]  # 90 nights of 365, and 90 of 360 to the half cent
    lender.keeps_its_promises()


def test_no_loan_is_stretched_beyond_ten_years(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000)
    with pytest.raises(TooLong):
        lender.change(borrower_id, loan_id, Extend(to_on=date(2036, 1, 1)))
    lender.change(borrower_id, loan_id, Extend(to_on=date(2035, 12, 30)))


def test_a_fee_set_by_hand_beyond_the_cap_goes_back_when_the_loan_ends(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000)
    lender.change(borrower_id, loan_id, ChargeFee(amount_cents=50_000))
    lender.go_to(date(2026, 1, 21))
    lender.pay(borrower_id, lender.loan(borrower_id, loan_id).payoff_cents)
    # 20 nights at 24 % / 365 a night, compounded, may cost 9,263.23; 8,400 of interest leave 863.23 of the fee
    assert _refunds(database) == [49_137]
    lender.keeps_its_promises()


def test_what_was_given_back_is_claimed_when_the_payment_that_ended_the_loan_bounces(database: Database) -> None:
    lender = Lender(database).found()
    borrower_id, line_id = lender.borrower()
    loan_id = lender.draw(borrower_id, line_id, 700_000)
    lender.change(borrower_id, loan_id, ChargeFee(amount_cents=50_000))
    lender.go_to(date(2026, 1, 21))
    last = lender.pay(borrower_id, lender.loan(borrower_id, loan_id).payoff_cents)
    assert _refunds(database) == [49_137]
    lender.reverse(borrower_id, last.receipt_id)
    lender.keeps_its_promises()
    with database.transaction() as db:
        owed = queries.quote_payoff(db, borrower_id, None, lender.today)
        quoted = queries.quote_payment(db, borrower_id, 60_000, None, lender.today)
    assert (owed.all, owed.claimed_cents) == (Parts(fees=50_000, interest=8_400, principal=700_000), 49_137)
    assert (quoted.claimed_cents, quoted.shares[0].parts.total_cents) == (49_137, 60_000 - 49_137)
    paid = lender.pay(borrower_id, owed.total_cents)
    assert (paid.claimed_cents, paid.refunded_cents) == (49_137, 0)
    assert lender.loan(borrower_id, loan_id).status == "closed"
    assert _refunds(database) == [49_137, 49_137]  # the loan has ended again, and was too dear again
    lender.keeps_its_promises()
