"""Taking up an offer of less than was asked, or declining it; and letting it lapse after its last day."""

from datetime import date
from fractions import Fraction
from typing import Final
from uuid import UUID

from msgspec import UNSET

from lendmill.credit.case import Case
from lendmill.credit.cases.gathered import Ask, case_of
from lendmill.credit.cases.queries import figures_stated, gathered_of_one, net_assets_cents
from lendmill.credit.conditions.actions import open_granted
from lendmill.credit.conditions.condition import Condition
from lendmill.credit.counters import queries, store
from lendmill.credit.counters.counter import CounterOffer, CounterOfferGone, CounterState
from lendmill.credit.decide import Decision, Terms, decide
from lendmill.credit.decisions.queries import KeptDecision, decision
from lendmill.credit.lines.line import Line
from lendmill.credit.lines.queries import line, lines_of
from lendmill.credit.notices.actions import send_lapse
from lendmill.credit.reasons import Reason
from lendmill.credit.trials.queries import policy_trials, product_trials
from lendmill.db import Db
from lendmill.people.actions import Command, lock_borrower, once, remember
from lendmill.people.groups.actions import lock_related
from lendmill.products.queries import product as product_version

ACCEPT: Final = "accept-counter-offer"
PAGE: Final = 500


def accept_counter_offer(db: Db, *, command: Command, borrower_id: UUID, decision_id: UUID, today: date) -> Line:
    """Take up what was offered: its line is opened at the terms of the decision, once, as an approval's line is.

    The same key twice is the same line once; two devices at once: the second waits for the first. All that an approval
    looks at is looked at again under the locks of the groups and the borrower, as of today and by the rules that decide
    this borrower today: where they would not grant as much any more, or not at terms as good, nothing changes.

    Refuses with `NoSuchCounterOffer`, `CounterOfferAccepted`, `CounterOfferDeclined`, `CounterOfferLapsed`,
    `CounterOfferReplaced`, `CounterOfferGone`, and as opening a line does.
    """
    groups = lock_related(db, borrower_id, today)
    earlier = once(db, borrower_id=borrower_id, command=command, action=ACCEPT)
    if earlier is not None:
        return line(db, borrower_id, earlier)
    offer = queries.counter_offer(db, borrower_id, decision_id)
    offer.check_open(today)
    kept = decision(db, decision_id, borrower_id)
    _check_still_granted(db, offer, kept, groups, today)
    opened = open_granted(
        db, borrower_id=borrower_id, decision_id=decision_id, made=kept.opened.decision, today=today,
        product=product_version(db, offer.product_key, offer.product_version), held=lines_of(db, borrower_id),
    )  # fmt: skip
    assert store.answer(db, offer, "accepted", line_id=opened.line_id, today=today), "answered under the lock already"
    remember(db, borrower_id=borrower_id, command=command, action=ACCEPT, result_id=opened.line_id)
    return opened


def _check_still_granted(
    db: Db, offer: CounterOffer, kept: KeptDecision, groups: tuple[UUID, ...], today: date
) -> None:
    """Refuse, by `CounterOfferGone`, what would not be approved today at terms as good, for its reasons in both
    languages: whoever applies again gets the terms of today."""
    made = _today(db, offer, kept.opened.case, groups, today)
    granted_cents = made.terms.limit_cents if made.terms is not None else 0
    if made.outcome != "approve" or granted_cents < offer.limit_cents:
        codes = made.reasons or (Reason.LIMIT_TOO_SMALL.code,)
        raise CounterOfferGone(limit_cents=offer.limit_cents, reasons=", ".join(codes))
    if not _as_good(made, kept.opened.decision):
        raise CounterOfferGone(limit_cents=offer.limit_cents, reasons=Reason.TERMS_CHANGED.code)


def _as_good(today: Decision, offered: Decision) -> bool:
    """Whether today's decision is as good for the borrower as what was offered, and not cheaper.

    A cheaper price of today stands in the way too: nobody takes up a rate above what they would be asked today, nor one
    above the cap that today's decision was held to.
    """
    new, old = today.terms, offered.terms
    assert new is not None, "approved"
    assert old is not None, "offered"
    asked = {each.condition: each for each in offered.conditions or ()}
    return (
        new.months_max >= old.months_max
        and _price(new) == _price(old)
        and all(_no_more(each, asked.get(each.condition)) for each in today.conditions or ())
    )


def _price(terms: Terms) -> tuple[Fraction, Fraction]:
    return Fraction(terms.rate_num, terms.rate_den), Fraction(terms.penalty_num, terms.rate_den)


def _no_more(asked: Condition, before: Condition | None) -> bool:
    """Whether a condition of today asks nothing that was not asked before."""
    return (
        before is not None
        and asked.cover_cents <= before.cover_cents
        and asked.days >= before.days
        and set(asked.by) >= set(before.by)
    )


def _today(db: Db, offer: CounterOffer, asked: Case, groups: tuple[UUID, ...], today: date) -> Decision:
    """What the rules of today make of an application for the amount offered."""
    row = gathered_of_one(db, offer.borrower_id, today).held_under(groups)
    rules = policy_trials(db, today).drawn(offer.borrower_id).document
    sold = product_trials(db, offer.product_key, today).drawn(offer.borrower_id).document
    stated = None if asked.stated_version is UNSET else figures_stated(db, row)
    ask = Ask(amount_cents=offer.limit_cents, purpose=asked.purpose or "", stated=stated)
    return decide(case_of(row, sold, today=today, net_assets_cents=net_assets_cents(db, today), ask=ask), rules, sold)


def decline_counter_offer(db: Db, *, borrower_id: UUID, decision_id: UUID, today: date) -> CounterOffer:
    """Say no to what was offered; said twice it is said once.

    Refuses with `NoSuchCounterOffer`, `CounterOfferAccepted`, `CounterOfferLapsed`, `CounterOfferReplaced`.
    """
    lock_borrower(db, borrower_id)
    offer = queries.counter_offer(db, borrower_id, decision_id)
    if offer.answer != "declined":
        offer.check_open(today)
        store.answer(db, offer, "declined", today=today)
    return queries.counter_offer(db, borrower_id, decision_id)


def lapse_counter_offers(db: Db, *, today: date) -> list[CounterState]:
    """Note of a page of those whose last day is over that they lapsed, and tell the borrowers; gives what it noted.

    One whose place a later decision has taken is noted as replaced, and nobody is told again. Until nothing is given
    any more, the caller asks again.
    """
    noted: list[CounterState] = []
    for offer in queries.ended(db, today, PAGE):
        lock_borrower(db, offer.borrower_id)
        became: CounterState = "replaced" if offer.replaced else "lapsed"
        if store.answer(db, offer, became, today=today) and became == "lapsed":
            send_lapse(db, offer, decision(db, offer.decision_id, offer.borrower_id), today=today)
        noted.append(became)
    return noted
