"""Applying in three steps, each kept when it is done; then the decision, with its reasons in words."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from typing import Any, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill import money
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.credit import actions as credit_actions
from lendmill.credit import queries as credit
from lendmill.credit.applications.application import AnswerWrong, ConsentMissing, FiguresNeeded
from lendmill.credit.applications.queries import figures_on_file, states_figures
from lendmill.credit.conditions.condition import condition_names
from lendmill.credit.conditions.queries import conditions_of
from lendmill.credit.consents import BY_PURPOSE
from lendmill.credit.counters.actions import ACCEPT, accept_counter_offer, decline_counter_offer
from lendmill.credit.counters.counter import CounterOfferAccepted, CounterOfferGone
from lendmill.credit.counters.queries import counter_offer
from lendmill.credit.decisions.queries import KeptDecision
from lendmill.credit.lines.line import Line
from lendmill.credit.notice import told_reasons
from lendmill.credit.notices.queries import notices_of
from lendmill.credit.offers.behind import less_told
from lendmill.credit.provisions import Purpose
from lendmill.credit.publishing.queries import POLICY, STANDARD, LendingPaused, lending_paused
from lendmill.credit.review.queries import case_about, cases_of
from lendmill.credit.trials.queries import policy_trials
from lendmill.db import Db
from lendmill.people import queries as people
from lendmill.people.actions import IdentityDiffers, IdentityTaken, NotAnIdentity
from lendmill.people.command import Command
from lendmill.people.queries import act_today, house_day
from lendmill.products import queries as products
from lendmill.products.publishing.queries import live_last
from lendmill.rating.stated.figures import AMOUNTS, NAMES, SHARES, as_typed, typed_in
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.figures import GROUPS
from lendmill.web.own import form_key, product_names, seller_of
from lendmill.web.pages import go, page, words_of

ASKING, IDENTITY, CONFIRMING = 1, 2, 3
FIELD_OF: Final[dict[type[Refusal], str]] = {
    money.NotAnAmount: "amount",
    IdentityDiffers: "identity_no",
    IdentityTaken: "identity_no",
    ConsentMissing: "consents",
}


@post("/apply/start", sync_to_thread=True)
def start(request: Asked, data: Form) -> Redirect:
    """Begin an application, or go on with the one begun."""
    database = database_of(request)
    with database.transaction() as db:
        today = house_day(db)
    application_id = database.act(
        credit_actions.start_application,
        borrower_id=seller_of(request),
        product_key=data.get("product", ""),
        today=today,
    )
    return go(f"/apply/{application_id}")


@get("/apply/{application_id:uuid}", sync_to_thread=True)
def step_page(request: Asked, application_id: FromPath[UUID], step: FromQuery[int] = 0) -> Response[str] | Redirect:
    """The step that comes next, or an earlier one to change."""
    facts = _facts(request, application_id)
    if facts["decided"] is not None:
        return go(f"/decisions/{facts['decided']}")
    reached = facts["application"].step
    return _page(request, step if 1 <= step <= reached else reached, facts)


def _facts(request: Asked, application_id: UUID) -> dict[str, Any]:
    borrower_id = seller_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        application = credit.application(db, borrower_id, application_id)
        offers = {offer.product_key: offer for offer in credit.offers_of(db, borrower_id, today)}
        shops = people.shops_of(db, borrower_id)
        stating = states_figures(shops)
        made = [each for each in credit.decisions_of(db, borrower_id) if each.application_id == application_id]
        return {
            "application": application,
            "decided": made[0].decision_id if made else None,
            "offer": offers.get(application.product_key),
            "product": products.product(db, application.product_key),
            "paused": lending_paused(db, today),
            "purposes": _purposes(db, borrower_id, today),
            "consents": tuple(BY_PURPOSE.values()),
            "borrower": people.borrower(db, borrower_id),
            "shop": shops[0] if shops else None,
            "stating": stating,
            "on_file": figures_on_file(db, borrower_id, today) if stating else None,
            "named": product_names(db, request),
            "today": today,
        }


def _purposes(db: Db, borrower_id: UUID, today: date) -> Sequence[Purpose]:
    """What may be borrowed for; while lending is paused what the last policy allowed."""
    if not lending_paused(db, today):
        return policy_trials(db, today).drawn(borrower_id).document.eligibility.purposes
    last = live_last(db, POLICY, STANDARD, today)
    return last.eligibility.purposes if last else ()


def _page(
    request: Asked,
    step: int,
    facts: dict[str, Any],
    *,
    typed: dict[str, str] | None = None,
    mistakes: dict[str, str] | None = None,
    status_code: int = 200,
) -> Response[str]:
    return page(
        request,
        "apply.html",
        status_code=status_code,
        step=step,
        known=defaultdict(str, {**_given(facts), **(typed or {})}),
        groups=GROUPS,
        amounts=AMOUNTS,
        shares=SHARES,
        mistakes=defaultdict(str, mistakes or {}),
        **facts,
        pause_told=_pause_told(request) if facts["paused"] else "",
    )


def _pause_told(request: Asked) -> str:
    return words_of(request).refusal(LendingPaused(key=STANDARD, version=""))


def _given(facts: dict[str, Any]) -> dict[str, Any]:
    """The answers so far as the form writes them; at first, what the offer allows."""
    answers, offer = facts["application"].answers, facts["offer"]
    suggested_cents = offer.limit_cents if offer else facts["product"].limit_min_cents
    amount_cents = answers.get("amount_cents", suggested_cents)
    agreed = {f"consent-{purpose}": "yes" for purpose in answers.get("consents", ())}
    figures = as_typed(facts["on_file"].said) if facts["on_file"] else {}
    return {
        **figures,
        "amount": money.yuan(amount_cents).removesuffix(".00"),
        "purpose": answers.get("purpose", ""),
        **agreed,
    }


@post("/apply/{application_id:uuid}", sync_to_thread=True)
def take_step(request: Asked, application_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Keep a step's answers and go on; after the last, decide. What was typed stays when something is wrong."""
    step = {"1": ASKING, "2": IDENTITY}.get(data.get("step", ""), CONFIRMING)
    facts = _facts(request, application_id)
    figures, wrong = _figures(data, facts) if step == IDENTITY else (None, {})
    if facts["decided"] is not None:
        return go(f"/decisions/{facts['decided']}")
    if wrong:
        return _page(request, step, facts, typed=data, mistakes=wrong, status_code=422)
    try:
        if step == CONFIRMING:
            return _submit(request, application_id, data, facts)
        database_of(request).act(
            credit_actions.save_step,
            borrower_id=seller_of(request),
            application_id=application_id,
            step=step,
            answers={**_answers(request, step, data), **({"figures": figures} if figures else {})},
            seal=request.app.state.seal,
        )
    except Refusal as refusal:
        mistakes = {_field(refusal): _sentence(request, refusal, facts)}
        step = IDENTITY if isinstance(refusal, FiguresNeeded) else step  # where they are filled in
        return _page(request, step, facts, typed=data, mistakes=mistakes, status_code=status(refusal))
    return go(f"/apply/{application_id}?step={step + 1}")


def _answers(request: Asked, step: int, data: dict[str, str]) -> dict[str, Any]:
    if step == ASKING:
        return {"amount_cents": money.cents(data.get("amount", "")), "purpose": data.get("purpose")}
    agreed = [purpose for purpose in BY_PURPOSE if data.get(f"consent-{purpose}") == "yes"]
    return {
        "language": words_of(request).language,
        "consents": agreed,
        "identity_no": data.get("identity_no", "").strip() or None,
    }


def _figures(data: dict[str, str], facts: dict[str, Any]) -> tuple[dict[str, Any] | None, dict[str, str]]:
    """The figures a wholesale member typed in, or what is wrong with them, by field; nothing where none are asked."""
    if not facts["stating"]:
        return None, {}
    figures, mistakes = typed_in({name: data.get(name, "") for name in NAMES})
    if figures is None:
        return None, {each.field: each.sentence for each in reversed(mistakes)}
    return msgspec.to_builtins(figures), {}


def _field(refusal: Refusal) -> str:
    """The field a sentence belongs beside."""
    if isinstance(refusal, AnswerWrong):
        return {"amount_cents": "amount", "purpose": "purpose"}.get(refusal.facts["field"], "step")
    if isinstance(refusal, NotAnIdentity):
        return "identity_no"
    return FIELD_OF.get(type(refusal), "step")


def _sentence(request: Asked, refusal: Refusal, facts: dict[str, Any]) -> str:
    words = words_of(request)
    if isinstance(refusal, AnswerWrong) and refusal.facts["field"] == "amount_cents":
        product = facts["product"]
        return words.say(
            "Choose an amount from {least} to {most}.",
            least=words.round_money(product.limit_min_cents),
            most=words.round_money(product.limit_max_cents),
        )
    if isinstance(refusal, AnswerWrong) and refusal.facts["field"] == "purpose":
        return words.say("Choose what the money is for.")
    if isinstance(refusal, ConsentMissing):
        return words.say("Without these consents there is no decision; please agree to each.")
    return words.refusal(refusal)


def _submit(request: Asked, application_id: UUID, data: dict[str, str], facts: dict[str, Any]) -> Redirect:
    decided = database_of(request).act(
        credit_actions.submit,
        command=Command.of(form_key(data), action="submit", application_id=str(application_id)),
        borrower_id=seller_of(request),
        application_id=application_id,
        today=facts["today"],
    )
    return go(f"/decisions/{decided.decision_id}")


@get("/decisions/{decision_id:uuid}", sync_to_thread=True)
def decision_page(request: Asked, decision_id: FromPath[UUID], asked: FromQuery[str] = "") -> Response[str]:
    """What was decided and why, in the reader's words; what follows from it, and the way to a person."""
    return _decision(request, decision_id, review_asked=asked == "yes")


def _decision(
    request: Asked, decision_id: UUID, *, review_asked: bool = False, refused: Refusal | None = None
) -> Response[str]:
    borrower_id, words = seller_of(request), words_of(request)
    with database_of(request).transaction() as db:
        today = house_day(db)
        decision = credit.decision(db, decision_id, borrower_id)
        lines = credit.lines_of(db, borrower_id)
        line = next((each for each in lines if each.decision_id == decision_id), None)
        held = [each.product_key for each in lines if each.status != "closed" and not each.ended(today)]
        story = credit.why(db, decision_id, words.language, borrower_id)
        named = product_names(db, request)
        desk = {each.product_key: each for each in cases_of(db, borrower_id) if each.status != "decided"}
        review = case_about(db, borrower_id, decision_id) or desk.get(decision.product_key)
        sent = notices_of(db, borrower_id, decision_id)
        counter = counter_offer(db, borrower_id, decision_id, today) if decision.outcome == "counter" else None
        asked_for = _asked_for(db, decision, line, today)
        made = decision.opened
        less = _less(db, decision, words.language) if counter else []
        paused = lending_paused(db, today)
    return page(
        request,
        "decision.html",
        status_code=200 if refused is None else status(refused),
        review=review,
        written=sent[0] if sent else None,
        decision=decision,
        line=line,
        counter=counter,
        state=counter.state(today) if counter else None,
        again=counter is not None and counter.sold and not paused and decision.product_key not in (*held, *desk),
        paused=_pause_told(request) if paused else "",
        asked_for=asked_for,
        refused=_why_not(request, refused),
        reasons=[*words.reasons(told_reasons(made.decision, by_person=bool(made.review))), *less],
        story=story,
        named=named,
        review_asked=review_asked,
        today=today,
    )


def _asked_for(db: Db, kept: KeptDecision, line: Line | None, today: date) -> list[dict[str, Any]]:
    """What is still to be done before anything can be drawn: of the line, or of what the decision offers.

    What was asked before a person decided about the line is asked no more.
    """
    if line is not None:
        asked_for = conditions_of(db, kept.borrower_id)
        waiting = [each for each in asked_for if (each.line_id, each.decision_id) == (line.line_id, line.asked_by)]
        return [
            {"said": (each.label_en, each.label_zh), "cover_cents": each.cover_cents, "until": each.until_on,
             "days": None, "state": each.state(today)}
            for each in waiting
        ]  # fmt: skip
    content = kept.opened
    asked = content.decision.conditions or ()
    called = condition_names(credit.policy(db, content.policy.key, content.policy.version)) if asked else {}
    return [
        {"said": called[each.condition], "cover_cents": each.cover_cents, "until": None, "days": each.days,
         "state": "asked"}
        for each in asked
    ]  # fmt: skip


def _less(db: Db, kept: KeptDecision, language: str) -> list[str]:
    """Which cap left less than was asked for, in words."""
    about = kept.opened
    policy = credit.policy(db, about.policy.key, about.policy.version)
    told = less_told(about.decision, policy, language)
    return [told] if told else []


def _why_not(request: Asked, refused: Refusal | None) -> list[str]:
    """Why an offer cannot be accepted, as sentences; what the decision would say today, where that is why."""
    if refused is None:
        return []
    words = words_of(request)
    if isinstance(refused, CounterOfferGone):
        opening = words.say("What was offered cannot be granted any more:")
        return [opening, *words.reasons(refused.facts["reasons"].split(", "))]
    return [words.refusal(refused)]


@post("/decisions/{decision_id:uuid}/counter-offer", sync_to_thread=True)
def answer_counter_offer(request: Asked, decision_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Take up what was offered in place of what was asked, or decline it; where that cannot be, the page says why."""
    database, about = database_of(request), {"borrower_id": seller_of(request), "decision_id": decision_id}
    try:
        if data.get("answer") == "accept":
            command = Command.of(form_key(data), action=ACCEPT, decision_id=str(decision_id))
            act_today(database, accept_counter_offer, command=command, **about)
        else:
            act_today(database, decline_counter_offer, **about)
    except CounterOfferAccepted:
        return go(f"/decisions/{decision_id}")  # by another device: the page shows the line
    except Refusal as refusal:
        return _decision(request, decision_id, refused=refusal)
    return go(f"/decisions/{decision_id}")


@post("/decisions/{decision_id:uuid}/review", sync_to_thread=True)
def ask_for_review(request: Asked, decision_id: FromPath[UUID], data: Form) -> Response[str] | Redirect:
    """Note the wish that a person looks at the decision again; where that cannot be, the page says why."""
    about = {"borrower_id": seller_of(request), "decision_id": decision_id}
    try:
        act_today(database_of(request), credit_actions.ask_for_review, words=data.get("words", ""), **about)
    except Refusal as refusal:
        return _decision(request, decision_id, refused=refusal)
    return go(f"/decisions/{decision_id}?asked=yes")
