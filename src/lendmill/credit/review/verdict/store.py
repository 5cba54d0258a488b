"""Writes down that a decision is a person's, and which file it settles: once for each file."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from lendmill.db import Db, run

KEEP_VERDICT = """
    insert into review_verdict (decision_id, borrower_id, case_id, outcome, override, reasons, reviewed_by,
                                reviewed_role, seconded_by, decided_on)
    values (%(decision_id)s, %(borrower_id)s, %(case_id)s, %(outcome)s, %(override)s, %(reasons)s, %(reviewed_by)s,
            %(reviewed_role)s, %(seconded_by)s, %(today)s)
"""


def keep_verdict(
    db: Db,
    *,
    decision_id: UUID,
    borrower_id: UUID,
    case_id: UUID,
    outcome: str,
    override: str,
    reasons: Sequence[str],
    reviewed_by: UUID,
    reviewed_role: str,
    seconded_by: UUID | None,
    today: date,
) -> None:
    """Keep whose decision it is."""
    run(
        db, KEEP_VERDICT, decision_id=decision_id, borrower_id=borrower_id, case_id=case_id, outcome=outcome,
        override=override, reasons=list(reasons), reviewed_by=reviewed_by, reviewed_role=reviewed_role,
        seconded_by=seconded_by, today=today,
    )  # fmt: skip
