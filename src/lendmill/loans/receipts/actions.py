"""Taking in a borrower's money, sharing it out, and undoing a receipt that was not one."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Final, Literal
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.ledger import actions as books
from lendmill.loans import life, postings_receipts, queries, store
from lendmill.loans.account import Prepay, days_past_due, total_left
from lendmill.loans.keeping import actions as keeping
from lendmill.loans.keeping.actions import Story
from lendmill.loans.life import as_known_on
from lendmill.loans.loan import OPEN, Loan
from lendmill.loans.receipts import queries as receipts
from lendmill.loans.receipts import store as receipts_store
from lendmill.loans.replay import Event, in_order
from lendmill.loans.sharing import Money, Shared, Turn, shared_again, shares
from lendmill.money import LARGEST_CENTS, NotAnAmount
from lendmill.people import actions as people
from lendmill.people.actions import Command
from lendmill.refusals import Refusal

Cause = Literal["bounced", "wrong-loan", "duplicate"]
OLDEST_DAYS: Final = 1_095  # a value date further back than three years is a mistake of typing


class NothingPaid(Refusal):
    """A payment of {amount_cents} cents is no payment: give an amount above nothing."""


class ValueDateAhead(Refusal):
    """The payment is dated {value_on}, after today, {today}: money counts from the day it left the payer."""


class ValueDateTooOld(Refusal):
    """The payment is dated {value_on}, more than {days} days before today, {today}: check the date."""


class ReversedAlready(Refusal):
    """Payment {receipt_id} was reversed on {reversed_on}; it cannot be reversed again."""


class NotReversible(Refusal):
    """Payment {receipt_id} was taken from money held: reverse the payment that brought the money instead."""


def check_amount(amount_cents: int) -> None:
    """A payment is more than nothing, and not more than any money there is."""
    if amount_cents <= 0:
        raise NothingPaid(amount_cents=amount_cents)
    if amount_cents > LARGEST_CENTS:
        raise NotAnAmount(text=str(amount_cents))


def receive_payment(
    db: Db, *, command: Command, borrower_id: UUID, amount_cents: int, value_on: date, today: date,
    loan_id: UUID | None = None, prepay: Prepay = "next-due",
) -> receipts.ReceiptView:  # fmt: skip
    """Take in a borrower's money. The same key twice is the same payment once.

    What exceeds all debts goes back, or is held for the next due, as the product says.
    """
    people.lock_borrower(db, borrower_id)
    receipt_id = people.once(db, borrower_id=borrower_id, command=command, action="receive")
    if receipt_id is None:
        check_amount(amount_cents)
        _check_dated(value_on, today)
        if loan_id is not None:
            queries.stored_loan(db, borrower_id, loan_id)
        turn = queries.next_turn(db, borrower_id)
        money = Money(ids.new(), value_on, turn, amount_cents, loan_id, prepay)
        _take_in(db, borrower_id, money, today)
        receipt_id = money.receipt_id
        people.remember(db, borrower_id=borrower_id, command=command, action="receive", result_id=receipt_id)
    return receipts.receipts_of(db, borrower_id, receipt_id=receipt_id)[0]


def reverse_receipt(
    db: Db, *, command: Command, borrower_id: UUID, receipt_id: UUID, cause: Cause, today: date,
    to_loan_id: UUID | None = None,
) -> receipts.ReceiptView:  # fmt: skip
    """Undo a receipt, from its first day: a debit that bounced, money for another loan, a payment booked twice.

    What of it went back to the borrower becomes a claim on them. Money meant for another loan is received again, for
    that one, with the same value date.
    """
    people.lock_borrower(db, borrower_id)
    done = people.once(db, borrower_id=borrower_id, command=command, action="reverse")
    if done is None:
        fact = receipts.receipt(db, borrower_id, receipt_id)
        if fact.reversed_on is not None:
            raise ReversedAlready(receipt_id=receipt_id, reversed_on=fact.reversed_on)
        if fact.from_held:
            raise NotReversible(receipt_id=receipt_id)
        if to_loan_id is not None:
            queries.stored_loan(db, borrower_id, to_loan_id)
        _undo(db, borrower_id, fact, cause, today)
        if cause == "wrong-loan":
            turn = queries.next_turn(db, borrower_id)
            again = Money(ids.new(), fact.value_on, turn, fact.amount_cents, to_loan_id, fact.prepay)
            _take_in(db, borrower_id, again, today)
        people.remember(db, borrower_id=borrower_id, command=command, action="reverse", result_id=receipt_id)
    return receipts.receipts_of(db, borrower_id, receipt_id=receipt_id)[0]


def apply_held(db: Db, *, borrower_id: UUID, today: date) -> int:
    """Money held for a borrower pays what is due by today; gives how much was used."""
    loans = keeping.locked_loans(db, borrower_id)
    held_cents = receipts.beside(db, borrower_id).held_cents
    if held_cents <= 0 or not any(loan.terms.excess == "hold" for loan in loans):
        return 0
    seen = [as_known_on(loan, queries.events_of(db, borrower_id, loan.loan_id), today) for loan in loans]
    due = sum(total_left([row for row in account.rows if row.due_on <= today]).total_cents for account in seen)
    used_cents = min(held_cents, due)
    if used_cents > 0:
        turn = queries.next_turn(db, borrower_id)
        money = Money(ids.new(), today, turn, used_cents, None, "next-due")
        books.post(
            db,
            [
                postings_receipts.held(
                    borrower_id=borrower_id, amount_cents=-used_cents, value_on=today, booked_on=today
                )
            ],
        )
        _take_in(db, borrower_id, money, today, from_held=True)
    return used_cents


def share_again(
    db: Db, borrower_id: UUID, since: Turn, today: date, *, removed: UUID | None = None,
    more: Mapping[UUID, Sequence[Event]] | None = None,
) -> None:  # fmt: skip
    """Something earlier became known: share out all later receipts anew, and tell each loan that changes again."""
    stories = keeping.stories_since(db, borrower_id, since[0])
    extra = {key: [*(more or {}).get(key, ())] for key in stories}
    money = receipts.money_of(db, borrower_id)
    told = {key: (story.loan.terms, [*story.events, *extra[key]]) for key, story in stories.items()}
    if removed is not None:
        told = {
            key: (terms, [event for event in events if event.receipt_id != removed])
            for key, (terms, events) in told.items()
        }
    found = shared_again(told, money, since)
    for key, story in stories.items():
        extra[key] += _shares_changed(story, len(extra[key]), found, money, removed)
    worst = max((days_past_due(story.loan.owing) for story in stories.values() if story.loan.account), default=0)
    changed = [
        _without_rebates(db, loan, since[0], today, removed, money) if loan.status in OPEN else loan
        for loan in keeping.tell_again(db, stories, extra, since[0], today)
    ]
    now = {key: story.loan for key, story in stories.items()} | {loan.loan_id: loan for loan in changed}
    for receipt_id, shared in found.items():
        _put_by(db, borrower_id, receipt_id, shared.excess_cents, since[0], today, list(now.values()))
    keeping.bring_loans_up(db, borrower_id, [loan for loan in changed if loan.status in OPEN], today, worst)


def _without_rebates(
    db: Db, loan: Loan, on: date, today: date, removed: UUID | None, money: Sequence[Money]
) -> Loan:  # fmt: skip
    """A loan that had ended is owed again: what was given back of its charges then is a claim until it ends anew.

    The claim is kept with the receipt that was removed, else with the latest one.
    """
    story = tuple(queries.events_of(db, loan.borrower_id, loan.loan_id))
    rebates = [event for event in in_order(story) if event.kind == "rebated"]
    if not rebates:
        return loan
    strikes = [_strike(event, len(story) + n) for n, event in enumerate(rebates, start=1)]
    (loan,) = keeping.tell_again(db, {loan.loan_id: Story(loan, story)}, {loan.loan_id: strikes}, on, today)
    cents, whose = sum(event.amount_cents for event in rebates), loan.borrower_id
    receipts_store.add_beside(
        db, borrower_id=whose, receipt_id=removed or money[-1].receipt_id, refunded_cents=cents, claimed_cents=-cents,
        booked_on=today,
    )  # fmt: skip
    entry = postings_receipts.reclaimed(borrower_id=whose, amount_cents=cents, value_on=on, booked_on=today)
    books.post(db, [entry])
    return loan


def _take_in(db: Db, borrower_id: UUID, money: Money, today: date, from_held: bool = False) -> None:
    receipts_store.add_receipt(db, borrower_id=borrower_id, money=money, booked_on=today, from_held=from_held)
    claimed_cents = 0 if from_held else _meet_claim(db, borrower_id, money, today)
    left_cents = money.amount_cents - claimed_cents
    loans = keeping.locked_loans(db, borrower_id)
    if left_cents and _in_the_past(db, borrower_id, loans, money):
        share_again(db, borrower_id, (money.value_on, money.turn), today)
        return
    accounts = [(loan.loan_id, life.bill_on(loan, money.value_on)) for loan in loans]
    taken, excess_cents = shares(left_cents, accounts, money.named)
    worst = max((days_past_due(account) for _, account in accounts), default=0)
    after = {loan.loan_id: loan for loan in loans}
    for key, share_cents in taken.items():
        event = Event(
            after[key].events + 1, "repaid", money.value_on, share_cents, money.prepay, money.receipt_id, money.turn
        )
        store.add_event(db, borrower_id=borrower_id, loan_id=key, event=event, booked_on=today)
        change = life.happened_to(after[key], event, today)
        keeping.keep(db, change, today)
        after[key] = change.loan
    _put_by(db, borrower_id, money.receipt_id, excess_cents, money.value_on, today, list(after.values()))
    keeping.bring_loans_up(db, borrower_id, [loan for loan in after.values() if loan.status in OPEN], today, worst)


def _in_the_past(db: Db, borrower_id: UUID, loans: Sequence[Loan], money: Money) -> bool:
    """Something is written already that this receipt comes before."""
    if any(loan.owing.seen_on > money.value_on for loan in loans):
        return True
    return bool(queries.stored_loans(db, borrower_id, statuses=("closed",), open_on=money.value_on + timedelta(days=1)))


def _undo(db: Db, borrower_id: UUID, fact: receipts.ReceiptFact, cause: Cause, today: date) -> None:
    """Strike a receipt out; what of it is held is held no more, what is not with us any more becomes a claim."""
    receipts_store.reverse(db, borrower_id=borrower_id, receipt_id=fact.receipt_id, cause=cause, booked_on=today)
    share_again(db, borrower_id, (fact.value_on, fact.turn), today, removed=fact.receipt_id)
    if not fact.beside_cents:
        return
    held_cents = max(0, min(fact.held_cents, receipts.beside(db, borrower_id).held_cents))
    claimed_cents = fact.beside_cents - held_cents
    receipts_store.add_beside(
        db, borrower_id=borrower_id, receipt_id=fact.receipt_id, held_cents=-held_cents,
        claimed_cents=-claimed_cents, booked_on=today,
    )  # fmt: skip
    on = fact.value_on
    taken = postings_receipts.held(borrower_id=borrower_id, amount_cents=-held_cents, value_on=on, booked_on=today)
    owed = postings_receipts.claimed(borrower_id=borrower_id, amount_cents=claimed_cents, value_on=on, booked_on=today)
    books.post(db, [taken, owed])


def _shares_changed(
    story: Story, added: int, found: Mapping[UUID, Shared], money: Sequence[Money], removed: UUID | None
) -> list[Event]:
    """The events that make a loan's shares what they should be: old ones struck out, new ones in their turn."""
    loan_id, seq = story.loan.loan_id, max(event.seq for event in story.events) + added
    standing = {event.receipt_id: event for event in in_order(story.events) if event.kind == "repaid"}
    made: list[Event] = []
    if removed is not None and removed in standing:
        made.append(_strike(standing[removed], seq + 1))
    for receipt in money:
        shared = found.get(receipt.receipt_id)
        if shared is None:
            continue
        old, share_cents = standing.get(receipt.receipt_id), shared.shares.get(loan_id, 0)
        if old is not None and (old.amount_cents, old.value_on) == (share_cents, shared.on):
            continue
        if old is not None:
            made.append(_strike(old, seq + len(made) + 1))
        if share_cents:
            made.append(
                Event(
                    seq + len(made) + 1,
                    "repaid",
                    shared.on,
                    share_cents,
                    receipt.prepay,
                    receipt.receipt_id,
                    receipt.turn,
                )
            )
    return made


def _strike(event: Event, seq: int) -> Event:
    return Event(seq, "struck", event.value_on, 0, turn=event.turn, strikes=event.seq)


def _put_by(
    db: Db, borrower_id: UUID, receipt_id: UUID, excess_cents: int, value_on: date, today: date,
    loans: Sequence[Loan],
) -> None:  # fmt: skip
    """What exceeds all debts: back to where it came from, or held for the next due, as the product says."""
    if not excess_cents:
        return
    if loans and all(loan.terms.excess == "hold" for loan in loans):
        receipts_store.add_beside(
            db, borrower_id=borrower_id, receipt_id=receipt_id, held_cents=excess_cents, booked_on=today
        )
        entry = postings_receipts.held(
            borrower_id=borrower_id, amount_cents=excess_cents, value_on=value_on, booked_on=today
        )
    else:
        receipts_store.add_beside(
            db, borrower_id=borrower_id, receipt_id=receipt_id, refunded_cents=excess_cents, booked_on=today
        )
        entry = postings_receipts.overpaid(
            borrower_id=borrower_id, amount_cents=excess_cents, value_on=value_on, booked_on=today
        )
        store.instruct(
            db, borrower_id=borrower_id, kind="refund", amount_cents=excess_cents, loan_id=None, asked_on=today
        )
    books.post(db, [entry])


def _meet_claim(db: Db, borrower_id: UUID, money: Money, today: date) -> int:
    """A claim on the borrower is met before any loan; gives how much of the receipt that takes."""
    claimed_cents = min(money.amount_cents, max(0, receipts.beside(db, borrower_id).claimed_cents))
    if claimed_cents:
        receipts_store.add_beside(
            db, borrower_id=borrower_id, receipt_id=money.receipt_id, claimed_cents=claimed_cents, booked_on=today
        )
        books.post(
            db,
            [
                postings_receipts.claimed(
                    borrower_id=borrower_id, amount_cents=-claimed_cents, value_on=money.value_on, booked_on=today
                )
            ],
        )
    return claimed_cents


def _check_dated(value_on: date, today: date) -> None:
    if value_on > today:
        raise ValueDateAhead(value_on=value_on, today=today)
    if (today - value_on).days > OLDEST_DAYS:
        raise ValueDateTooOld(value_on=value_on, days=OLDEST_DAYS, today=today)
