"""Taking up an offer of less than was asked, or declining it; and letting it lapse after its last day."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.conditions.actions import open_granted
from lendmill.credit.counters import queries, store
from lendmill.credit.counters.counter import CounterOffer, CounterOfferGone, CounterState
from lendmill.credit.decide import Decision, decide
from lendmill.credit.decisions.again import as_good, price_of
from lendmill.credit.decisions.queries import KeptDecision, asked_again, decision
from lendmill.credit.lines.line import Line
from lendmill.credit.lines.queries import line, lines_of
from lendmill.credit.notice import told_reasons
from lendmill.credit.notices.actions import send_lapse
from lendmill.credit.publishing.queries import lapsed_before, lending_paused
from lendmill.credit.reasons import Reason
from lendmill.db import Db
from lendmill.people.actions import Command, lock_borrower, once, remember
from lendmill.people.groups.actions import lock_related
from lendmill.products.document import Product
from lendmill.products.queries import product as product_version

ACCEPT: Final = "accept-counter-offer"
PAGE: Final = 500


def accept_counter_offer(db: Db, *, command: Command, borrower_id: UUID, decision_id: UUID, today: date) -> Line:
    """Take up what was offered: its line is opened at the terms of the decision, once, as an approval's line is.

    The same key twice is the same line once; two devices at once: the second waits for the first. All that an approval
    looks at is looked at again under the locks of the groups and the borrower, as of today and by the rules that decide
    this borrower today: where they would not grant as much any more, or not at terms as good, nothing changes.

    Refuses with `NoSuchCounterOffer`, `CounterOfferAccepted`, `CounterOfferDeclined`, `CounterOfferLapsed`,
    `CounterOfferWithdrawn`, `CounterOfferReplaced`, `CounterOfferGone`, and as opening a line does.
    """
    groups = lock_related(db, borrower_id, today)
    earlier = once(db, borrower_id=borrower_id, command=command, action=ACCEPT)
    if earlier is not None:
        return line(db, borrower_id, earlier)
    offer = queries.counter_offer(db, borrower_id, decision_id, today)
    offer.check_open(today)
    kept = decision(db, decision_id, borrower_id)
    product = product_version(db, offer.product_key, offer.product_version)
    _check_still_granted(db, offer, kept, product, groups, today)
    opened = open_granted(
        db, borrower_id=borrower_id, decision_id=decision_id, product=product, made=kept.opened.decision, today=today,
        held=lines_of(db, borrower_id),
    )  # fmt: skip
    assert store.answer(db, offer, "accepted", line_id=opened.line_id, today=today), "answered under the lock already"
    remember(db, borrower_id=borrower_id, command=command, action=ACCEPT, result_id=opened.line_id)
    return opened


def _check_still_granted(
    db: Db, offer: CounterOffer, kept: KeptDecision, product: Product, groups: tuple[UUID, ...], today: date
) -> None:
    """Refuse, by `CounterOfferGone`, what would not be approved today at terms as good, for its reasons in both
    languages: whoever applies again gets the terms of today."""
    again = asked_again(db, kept, today, amount_cents=offer.limit_cents, groups=groups)
    made, offered = decide(again.case, again.policy, again.product), kept.opened.decision
    granted_cents = made.terms.limit_cents if made.terms is not None else 0
    if made.outcome != "approve" or granted_cents < offer.limit_cents:
        codes = told_reasons(made, by_person=False) or (Reason.LIMIT_TOO_SMALL.code,)
        raise CounterOfferGone(limit_cents=offer.limit_cents, reasons=", ".join(codes))
    if not (as_good(made, offered) and _no_cheaper(made, offered) and _sold_as_well(again.product, product)):
        raise CounterOfferGone(limit_cents=offer.limit_cents, reasons=Reason.TERMS_CHANGED.code)


def _no_cheaper(today: Decision, offered: Decision) -> bool:
    """Nobody takes up a rate above what they would be asked today, nor one above the cap that today's was held to."""
    assert today.terms is not None, "approved"
    assert offered.terms is not None, "offered"
    return price_of(today.terms) == price_of(offered.terms)


def _sold_as_well(today: Product, offered: Product) -> bool:
    """Whether the version sold today gives a line as much beside its price, and charges the same beside interest."""
    return (
        set(today.methods) >= set(offered.methods)
        and today.grace_days >= offered.grace_days
        and today.line_months >= offered.line_months
        and (today.fees, today.conventions) == (offered.fees, offered.conventions)
    )


def decline_counter_offer(db: Db, *, borrower_id: UUID, decision_id: UUID, today: date) -> CounterOffer:
    """Say no to what was offered; said twice it is said once.

    Refuses with `NoSuchCounterOffer`, `CounterOfferAccepted`, `CounterOfferLapsed`, `CounterOfferWithdrawn`,
    `CounterOfferReplaced`.
    """
    lock_borrower(db, borrower_id)
    offer = queries.counter_offer(db, borrower_id, decision_id, today)
    if offer.answer != "declined":
        offer.check_open(today)
        store.answer(db, offer, "declined", today=today)
    return queries.counter_offer(db, borrower_id, decision_id, today)


def lapse_counter_offers(db: Db, *, today: date) -> list[CounterState]:
    """Note of a page of those whose last day is over that they lapsed, and tell the borrowers; gives what it noted.

    One whose place a later decision has taken is noted as replaced, and nobody is told again. Until nothing is given
    any more, the caller asks again. While lending is paused all stays as it is: see `lapsed_before`.
    """
    noted: list[CounterState] = []
    for offer in [] if lending_paused(db, today) else queries.ended(db, lapsed_before(db, today), PAGE):
        lock_borrower(db, offer.borrower_id)
        became: CounterState = "replaced" if offer.replaced else "lapsed"
        if store.answer(db, offer, became, today=today) and became == "lapsed":
            send_lapse(db, offer, decision(db, offer.decision_id, offer.borrower_id), today=today)
        noted.append(became)
    return noted
