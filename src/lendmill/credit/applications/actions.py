"""Applying: three steps that can be left and taken up again, and the decision, with the line opened at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from lendmill import ids
from lendmill.credit.applications import store
from lendmill.credit.applications.application import (
    ASKING,
    CONFIRMING,
    CONSENTS_NEEDED,
    FIGURES_MONTHS,
    IDENTITY,
    STEPS,
    AnswerWrong,
    Application,
    ApplicationClosed,
    FiguresNeeded,
    StepTooEarly,
    agreed_consents,
    amount_and_purpose,
    asked_amount,
)
from lendmill.credit.applications.queries import (
    application,
    figures_on_file,
    open_applications,
    states_figures,
)
from lendmill.credit.case import Case
from lendmill.credit.cases.gathered import Ask, case_of
from lendmill.credit.cases.queries import gathered_of_one, net_assets_cents
from lendmill.credit.conditions.actions import open_granted
from lendmill.credit.consented.actions import take_back_consent
from lendmill.credit.consents import FREE_CONSENTS
from lendmill.credit.counters import store as counters
from lendmill.credit.decide import Decision
from lendmill.credit.decisions.actions import decide_and_keep
from lendmill.credit.decisions.queries import decision
from lendmill.credit.finding import Finding
from lendmill.credit.lines.line import Line, LineOpenAlready
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.notice import NoticedDecision, told_reasons
from lendmill.credit.notices.actions import send_notice
from lendmill.credit.offers.queries import offer_by
from lendmill.credit.policy import Policy
from lendmill.credit.review.actions import open_case
from lendmill.credit.review.queries import check_not_looked_at
from lendmill.credit.trials import store as trials
from lendmill.credit.trials.queries import policy_trials, product_for, product_trials
from lendmill.credit.trials.trial import Drawn
from lendmill.db import Db
from lendmill.people.actions import Command, lock_borrower, once, remember, verify_identity
from lendmill.people.groups.actions import lock_related
from lendmill.people.queries import Shop, house_day, shops_of
from lendmill.people.seal import Seal
from lendmill.products.document import Product
from lendmill.rating.stated.actions import state_figures
from lendmill.rating.stated.figures import checked
from lendmill.rating.stated.queries import figures_stated
from lendmill.refusals import Refusal


class NoShop(Refusal):
    """This borrower has no shop to lend to."""


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of an application, with the line that was opened where it was approved.

    `told` are those of the reasons that the borrower is told, as in the notice; all of them are for staff.
    """

    decision_id: UUID
    outcome: str
    line_id: UUID | None
    limit_cents: int
    reasons: tuple[str, ...]
    told: tuple[str, ...]
    findings: tuple[Finding, ...]


def start_application(db: Db, *, borrower_id: UUID, product_key: str, today: date) -> UUID:
    """Begin an application, or take up the one already begun for this product; refuses with `LendingPaused`."""
    lock_borrower(db, borrower_id)
    policy_trials(db, today)
    begun = _begun(db, borrower_id, product_key)
    if begun is None:
        check_not_looked_at(db, borrower_id, product_key)
        product = product_for(db, product_key, borrower_id, today)
        begun = _fresh(borrower_id, product, lines_of(db, borrower_id), today, shops_of(db, borrower_id))
        store.start(db, begun)
    return begun.application_id


def _begun(db: Db, borrower_id: UUID, product_key: str) -> Application | None:
    for begun in open_applications(db, borrower_id):
        if begun.product_key == product_key:
            return begun
    return None


def _fresh(
    borrower_id: UUID, product: Product, held: Sequence[Line], today: date, shops: Sequence[Shop]
) -> Application:
    """An application as it begins, not written down yet."""
    _no_line_yet(held, product.key, today)
    if not shops:
        raise NoShop
    return Application(
        application_id=ids.new(),
        borrower_id=borrower_id,
        shop_id=shops[0].shop_id,
        product_key=product.key,
        step=ASKING,
        status="open",
        answers={},
        started_on=today,
    )


def save_step(
    db: Db, *, borrower_id: UUID, application_id: UUID, step: int, answers: Mapping[str, Any], seal: Seal | None = None
) -> Application:
    """Keep the answers of step 1 (amount and purpose) or 2 (identity and consents); both can be filled in again.

    Refuses with `StepTooEarly`, `AnswerWrong`, `ConsentMissing`, `ApplicationClosed`, and as `verify_identity` does.
    The identity number itself goes sealed to the borrower, never into the answers.
    """
    lock_borrower(db, borrower_id)
    today = house_day(db)
    begun = _open(db, borrower_id, application_id)
    if step not in STEPS[:2]:
        raise AnswerWrong(field="step", value=step, allowed="1 or 2")
    if step > begun.step:
        raise StepTooEarly(step=step, next_step=begun.step)
    if step == ASKING:
        rules, sold = _deciding(db, borrower_id, begun.product_key, today)
        kept = amount_and_purpose(answers, sold.document, rules.document)
        store.save(db, borrower_id=borrower_id, application_id=application_id, step=IDENTITY, answers=kept)
    else:
        kept = _identity(db, borrower_id, answers, seal)
        kept |= _figures(db, shops_of(db, borrower_id), answers, today)
        _take_back_consents(db, begun, kept, today)
        _keep_consents(db, borrower_id, application_id, kept)
        store.save(db, borrower_id=borrower_id, application_id=application_id, step=CONFIRMING, answers=kept)
    return application(db, borrower_id, application_id)


def _identity(db: Db, borrower_id: UUID, answers: Mapping[str, Any], seal: Seal | None) -> dict[str, Any]:
    """Step 2: what is kept of it; a number that is given is checked and sealed at once."""
    language = agreed_consents(answers)
    identity_no = answers.get("identity_no")
    if identity_no:
        if not isinstance(identity_no, str):
            raise AnswerWrong(field="identity_no", value="(not text)", allowed="an identity number")
        verify_identity(db, borrower_id=borrower_id, identity_no=identity_no, seal=seal)
    free = [consent.purpose for consent in FREE_CONSENTS if consent.purpose in answers["consents"]]
    return {"language": language, "consents": [*CONSENTS_NEEDED, *free], "identity_given": bool(identity_no)}


def _figures(db: Db, shops: Sequence[Shop], answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The version that counts of who stated figures; whoever runs a wholesale member has one that is not too old.

    Figures sent along are confirmed by that; the same ones again stay the version they are.
    """
    sent = answers.get("figures")
    if not shops:
        return {}
    if sent:
        if not isinstance(sent, Mapping):
            raise AnswerWrong(field="figures", value="(not figures)", allowed="figures in cents, shares and years")
        stated = state_figures(db, borrower_id=shops[0].borrower_id, figures=checked(sent), today=today)
        return {"figures_version": stated.n}
    last = figures_on_file(db, shops[0].borrower_id, today)
    if last is None and states_figures(shops):
        raise FiguresNeeded(months=FIGURES_MONTHS)
    return {"figures_version": last.n} if last else {}


def _take_back_consents(db: Db, before: Application, kept: Mapping[str, Any], today: date) -> None:
    """What an application's earlier answers agreed to and the new ones no longer do is taken back."""
    for purpose in set(before.answers.get("consents", ())) - set(kept["consents"]):
        take_back_consent(db, borrower_id=before.borrower_id, purpose=purpose, today=today)


def _keep_consents(db: Db, borrower_id: UUID, application_id: UUID, kept: Mapping[str, Any]) -> None:
    store.keep_consents(
        db,
        borrower_id=borrower_id,
        application_id=application_id,
        purposes=kept["consents"],
        language=kept["language"],
    )


def submit(
    db: Db, *, command: Command, borrower_id: UUID, application_id: UUID, amount_cents: int | None = None, today: date
) -> Decided:
    """Step 3: decide an application now, keep the decision, and open the line where it is approved, all or nothing.

    Whoever states figures has some that are not too old today, whenever step 2 was done. The same key twice is the same
    decision once. `amount_cents` replaces what was asked in step 1. Two devices at once: the second waits for the first
    and then finds the application decided. Refuses with `FiguresNeeded` and `StepTooEarly` among others.
    """
    groups = lock_related(db, borrower_id, today)
    earlier = once(db, borrower_id=borrower_id, command=command, action="submit")
    if earlier is not None:
        return _decided_before(db, borrower_id, earlier)
    begun = _open(db, borrower_id, application_id)
    if begun.step < CONFIRMING:
        raise StepTooEarly(step=CONFIRMING, next_step=begun.step)
    held = lines_of(db, borrower_id)
    rules, sold = _deciding(db, borrower_id, begun.product_key, today)
    _no_line_yet(held, begun.product_key, today)
    check_not_looked_at(db, borrower_id, begun.product_key)
    asked_cents = asked_amount(begun.amount_cents if amount_cents is None else amount_cents, sold.document)
    last = {"amount_cents": asked_cents, **_figures(db, shops_of(db, borrower_id), {}, today)}
    begun = replace(begun, answers=begun.answers | last)
    case = _case(db, begun, rules.document, sold.document, asked_cents, today, groups)
    with db.pipeline():
        decided = _decide(db, case, rules, sold, held, application_id=application_id)
        store.set_decided(db, borrower_id=borrower_id, application_id=application_id, answers=last)
        remember(db, borrower_id=borrower_id, command=command, action="submit", result_id=decided.decision_id)
    return decided


def apply_at_once(
    db: Db,
    *,
    command: Command,
    borrower_id: UUID,
    product_key: str,
    answers: Mapping[str, Any],
    seal: Seal | None = None,
    today: date,
) -> Decided:
    """All three steps in one call, for a marketplace that has its own form; `answers` holds both steps' answers.

    It ends with the same rows as the three steps, but writes the application once: all that is read is read first, and
    all that is written travels to the database together.
    """
    groups = lock_related(db, borrower_id, today)
    earlier = once(db, borrower_id=borrower_id, command=command, action="submit")
    if earlier is not None:
        return _decided_before(db, borrower_id, earlier)
    taken_up = _begun(db, borrower_id, product_key)
    held = lines_of(db, borrower_id)
    rules, sold = _deciding(db, borrower_id, product_key, today)
    shops = shops_of(db, borrower_id)
    begun = taken_up or _fresh(borrower_id, sold.document, held, today, shops)
    asked = amount_and_purpose(answers, sold.document, rules.document)
    asked |= _figures(db, shops, answers, today)
    kept = _identity(db, borrower_id, answers, seal)
    _no_line_yet(held, product_key, today)
    check_not_looked_at(db, borrower_id, product_key)
    _take_back_consents(db, begun, kept, today)
    begun = replace(begun, step=CONFIRMING, answers={**begun.answers, **asked, **kept})
    case = _case(db, begun, rules.document, sold.document, asked["amount_cents"], today, groups)
    with db.pipeline():
        if taken_up is None:
            store.keep_decided(db, begun)
        else:
            store.set_decided(db, borrower_id=borrower_id, application_id=begun.application_id, answers=begun.answers)
        _keep_consents(db, borrower_id, begun.application_id, kept)
        decided = _decide(db, case, rules, sold, held, application_id=begun.application_id)
        remember(db, borrower_id=borrower_id, command=command, action="submit", result_id=decided.decision_id)
    return decided


def withdraw(db: Db, *, borrower_id: UUID, application_id: UUID) -> None:
    """Give up an application before it is decided."""
    lock_borrower(db, borrower_id)
    _open(db, borrower_id, application_id)
    store.set_withdrawn(db, borrower_id=borrower_id, application_id=application_id)


def _deciding(db: Db, borrower_id: UUID, product_key: str, today: date) -> tuple[Drawn[Policy], Drawn[Product]]:
    """The one policy and the one version of the product that decide this borrower: what is live, or a challenger."""
    rules, sold = policy_trials(db, today), product_trials(db, product_key, today)
    return rules.drawn(borrower_id), sold.drawn(borrower_id)


def _decide(
    db: Db, case: Case, by: Drawn[Policy], sold: Drawn[Product], held: Sequence[Line], *, application_id: UUID
) -> Decided:
    """Decide, keep the decision, and open the line where it is approved. It only writes: nothing is waited for."""
    rules, product, today = by.document, sold.document, case.today
    decision_id, made = decide_and_keep(db, case, rules, product, application_id=application_id, today=today)
    trials.keep_arms(db, decision_id=decision_id, borrower_id=case.borrower_id, arms=(*by.arms, *sold.arms))
    send_notice(db, NoticedDecision(decision_id, case, rules, product, made), today=today)
    if made.outcome == "refer":
        open_case(
            db, decision_id, why="referred", case=case, decision=made, product_key=product.key, policy=rules,
            today=today,
        )  # fmt: skip
    line_id = None
    if made.outcome == "counter" and made.terms is not None:
        counters.keep(
            db, decision_id=decision_id, borrower_id=case.borrower_id, product=product, terms=made.terms, today=today
        )
    if made.outcome == "approve" and made.terms is not None:
        line_id = open_granted(
            db,
            borrower_id=case.borrower_id,
            decision_id=decision_id,
            product=product,
            made=made,
            today=today,
            held=held,
        ).line_id
    return _decided(decision_id, made, line_id)


def _case(
    db: Db,
    begun: Application,
    policy: Policy,
    product: Product,
    asked_cents: int,
    today: date,
    groups: Sequence[UUID],
) -> Case:
    row = gathered_of_one(db, begun.borrower_id, today).held_under(groups)
    held = offer_by(db, begun.borrower_id, policy, product, today)
    ask = Ask(
        amount_cents=asked_cents,
        purpose=begun.purpose or "",
        offer_id=held.offer_id if held else None,
        offer_limit_cents=held.limit_cents if held else None,
        stated=figures_stated(db, begun.borrower_id) if "figures_version" in begun.answers else None,
    )
    return case_of(row, product, today=today, net_assets_cents=net_assets_cents(db, today), ask=ask)


def _no_line_yet(held: Sequence[Line], product_key: str, today: date) -> None:
    for line in held:
        if line.product_key == product_key and line.status != "closed" and not line.ended(today):
            raise LineOpenAlready(product_key=product_key)


def _open(db: Db, borrower_id: UUID, application_id: UUID) -> Application:
    begun = application(db, borrower_id, application_id)
    if begun.status != "open":
        raise ApplicationClosed(status=begun.status)
    return begun


def _decided_before(db: Db, borrower_id: UUID, decision_id: UUID) -> Decided:
    kept = decision(db, decision_id, borrower_id)
    lines = [line.line_id for line in lines_of(db, borrower_id) if line.decision_id == decision_id]
    return _decided(decision_id, kept.opened.decision, lines[0] if lines else None)


def _decided(decision_id: UUID, made: Decision, line_id: UUID | None) -> Decided:
    return Decided(
        decision_id=decision_id,
        outcome=made.outcome,
        line_id=line_id,
        limit_cents=made.terms.limit_cents if made.terms else 0,
        reasons=made.reasons,
        told=told_reasons(made, by_person=False),
        findings=made.findings,
    )
