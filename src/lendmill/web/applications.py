"""The staff's list of applications, and one decision with everything it looked at."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery

from lendmill.api.callers import Asked, database_of
from lendmill.credit import queries as credit
from lendmill.credit.counters.queries import counter_offer
from lendmill.credit.policy import Policy
from lendmill.credit.record import Content
from lendmill.credit.why import required_told, rule_name, value_told, worded
from lendmill.people import queries as people
from lendmill.people.queries import house_day
from lendmill.web import names
from lendmill.web.own import product_names
from lendmill.web.pages import page, words_of
from lendmill.web.sheets import cents_as_yuan, sheet

SHOWN: Final = 50


@get("/staff/applications", sync_to_thread=True)
def applications_page(
    request: Asked,
    before: FromQuery[UUID | None] = None,
    outcome: FromQuery[str] = "",
    product: FromQuery[str] = "",
    csv: FromQuery[str] = "",
) -> Response[str]:
    """Applications, the newest first, by outcome and product."""
    words = words_of(request)
    with database_of(request).transaction() as db:
        found = credit.applications_page(
            db, before, outcome=outcome or None, product_key=product or None, size=500 if csv else SHOWN + 1
        )
        named = product_names(db, request)
    if csv:
        heads = words.heads(
            "Application", "Borrower", "Product", "Amount", "Started on", "Status", "Outcome", "Grade", "Limit"
        )
        return sheet(
            "applications",
            heads,
            (
                (
                    each.application_id,
                    each.display_name,
                    each.product_key,
                    cents_as_yuan(each.amount_cents),
                    each.started_on,
                    each.status,
                    each.outcome,
                    each.grade,
                    cents_as_yuan(each.limit_cents),
                )
                for each in found
            ),
        )
    return page(
        request,
        "applications.html",
        applications=found[:SHOWN],
        next_before=found[SHOWN - 1].application_id if len(found) > SHOWN else None,
        outcome=outcome,
        outcomes=names.OUTCOMES,
        product=product,
        named=named,
    )


@dataclass(frozen=True)
class _Told:
    """A finding in the reader's words."""

    step: str
    rule: str
    found: str
    required: str
    verdict: str


def _findings(content: Content, policy: Policy, language: str) -> list[_Told]:
    return [
        _Told(
            found.step,
            rule_name(found.rule, policy, language),
            value_told(found, found.value, language),
            required_told(found, language) if found.op != "noted" else "",
            found.verdict,
        )
        for found in (worded(each, policy, language) for each in content.decision.findings)
    ]


@get("/staff/decisions/{decision_id:uuid}", sync_to_thread=True)
def decision_page(request: Asked, decision_id: FromPath[UUID]) -> Response[str]:
    """One decision: its story, and whether deciding again gives the same to the last byte."""
    words = words_of(request)
    with database_of(request).transaction() as db:
        decision = credit.decision(db, decision_id)
        borrower = people.borrower(db, decision.borrower_id)
        story = credit.why(db, decision_id, words.language)
        replay = credit.replay(db, decision_id)
        used = credit.policy(db, decision.opened.policy.key, decision.opened.policy.version)
        findings = _findings(decision.opened, used, words.language)
        named = product_names(db, request)
        today, about = house_day(db), (decision.borrower_id, decision_id)
        counter = counter_offer(db, *about, today) if decision.outcome == "counter" else None
    return page(
        request,
        "staff_decision.html",
        counter=counter,
        state=counter.state(today) if counter else None,
        decision=decision,
        borrower=borrower,
        story=story,
        replay=replay,
        findings=findings,
        reasons=words.reasons(decision.reasons),
        named=named,
    )
