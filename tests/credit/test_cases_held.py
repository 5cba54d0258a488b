"""A version is approved only under the cases it was proposed under, whoever changed them since."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from credit_cases import POLICY, TODAY

from lendmill import ids
from lendmill.credit.publishing.queries import KINDS
from lendmill.credit.testing.actions import keep_cases, keep_shipped_cases
from lendmill.credit.testing.unit_cases import shipped_cases
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.products.publishing import actions, queries
from lendmill.products.publishing.kept import CasesChanged, DocumentProposal
from people.staff import Staff

NEXT = POLICY.version + 1
NAMED: dict[str, Any] = {"key": POLICY.key, "version": NEXT}


@pytest.mark.parametrize("who", ["its author", "the approver"])
def test_cases_changed_while_a_version_waits_send_it_back(house: Database, who: str) -> None:
    people, kind = Staff(house), KINDS["policy"]
    author, approver = people.member(Role.ANALYST), people.member(Role.RISK_OFFICER)
    house.act(keep_shipped_cases, POLICY, today=TODAY)
    house.act(actions.draft, kind, msgspec.structs.replace(POLICY, version=NEXT), by=author, today=TODAY)

    def propose(to_stage: str = "live") -> DocumentProposal:
        return house.act(
            actions.propose, kind, to_stage=to_stage, command_key=str(ids.new()), reason="better", by=author,
            today=TODAY, **NAMED,
        )  # fmt: skip

    def decide(proposal: DocumentProposal, verdict: str = "approve") -> Callable[[], DocumentProposal]:
        by = author if verdict == "withdraw" else approver
        return lambda: house.act(
            actions.decide, kind, proposal_id=proposal.proposal_id, verdict=verdict, command_key=str(ids.new()),
            by=by, today=TODAY,
        )  # fmt: skip

    first = propose()
    fewer = msgspec.structs.replace(shipped_cases(), cases=shipped_cases().cases[:2])
    changer = author if who == "its author" else approver
    house.act(keep_cases, policy_key=POLICY.key, examples=fewer, by=changer, today=TODAY)
    with pytest.raises(CasesChanged, match=r"other.* than when this was proposed on 2026-01-01.* propose it anew"):
        decide(first)()
    decide(first, "withdraw")()
    again = propose()
    assert (first.cases_digest != again.cases_digest, decide(again)().outcome) == (True, "approved")
    ending = house.act(
        actions.propose, kind, to_stage="retired", command_key=str(ids.new()), reason="over", by=author, today=TODAY,
        **NAMED,
    )  # fmt: skip
    house.act(keep_cases, policy_key=POLICY.key, examples=shipped_cases(), by=changer, today=TODAY)
    assert decide(ending)().outcome == "approved"  # what ends is held to nothing
    with house.transaction() as db:
        assert queries.day_of(db, "policy", POLICY.key, TODAY).live is None
