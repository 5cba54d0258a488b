"""How often overrides were right: shares of defaults with their range, beside the computer's at the same grades."""

from typing import Any

import pytest

from lendmill import ids
from lendmill.db import Database
from lendmill.insight.overrides.queries import override_report
from lendmill.insight.overrides.shares import OverrideCount, as_graded, share_of

PREPARE = """
    with who as (
        insert into borrower (borrower_id, kind, display_name)
        values (%(borrower_id)s, 'firm', 's')
        returning borrower_id
    ), about as (
        insert into decision (decision_id, borrower_id, product_key, outcome, grade, reasons, content, content_hash,
                              decided_on)
        select %(case_id)s, borrower_id, 'credit-line', 'refer', %(grade)s, '[]', '', %(empty)s, '2025-01-01' from who
    ), made as (
        insert into decision (decision_id, borrower_id, product_key, outcome, grade, reasons, content, content_hash,
                              decided_on)
        select %(decision_id)s, borrower_id, 'credit-line', 'approve', %(grade)s, '[]', '', %(empty)s, '2025-01-01'
          from who
    )
    insert into outcome (decision_id, borrower_id, model_id, decided_on, points, pd, defaulted, cause, known_on)
    select %(decision_id)s, borrower_id, 'card-1', '2025-01-01', 600, 0.02, %(bad)s,
           case when %(bad)s then 'late' else '' end, '2026-01-01'
      from who
"""
JUDGED = """
    with file as (
        insert into review_case (case_id, borrower_id, why, product_key, outcome, reasons, fast_lane, rank, opened_on,
                                 due_on)
        values (%(case_id)s, %(borrower_id)s, 'asked', 'credit-line', 'refer', '{}', false, 0, '2025-01-01',
                '2025-01-16')
    )
    insert into review_verdict (decision_id, borrower_id, case_id, outcome, override, reasons, reviewed_by,
                                reviewed_role, decided_on)
    values (%(decision_id)s, %(borrower_id)s, %(case_id)s, 'approve', %(override)s, %(reasons)s, %(by)s, 'analyst',
            '2025-01-01')
"""
EMPTY = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_overrides_stand_beside_the_computers_approvals_of_the_same_grades(database: Database) -> None:
    by = ids.new()
    with database.transaction() as db:
        db.execute("insert into model (model_id, target, body, digest, report) values ('card-1', 't', '{}', 'd', '{}')")
        db.execute(
            "insert into account (account_id, sign_in_name, display_name, role, password_hash)"
            " values (%s, 'a', 'a', 'analyst', '')",
            [by],
        )

        def put(grade: str, bads: int, of: int, override: str = "", reasons: tuple[str, ...] = ("season",)) -> None:
            for n in range(of):
                row: dict[str, Any] = {
                    "borrower_id": ids.new(), "case_id": ids.new(), "decision_id": ids.new(), "grade": grade,
                    "bad": n < bads, "empty": EMPTY, "override": override, "reasons": list(reasons), "by": by,
                }  # fmt: skip
                db.execute(PREPARE, row)
                if override:
                    db.execute(JUDGED, row)

        put("A", 1, 20)
        put("BB", 4, 20)
        put("BB", 1, 4, "up", ("season", "secured"))
        put("A", 0, 2, "none")
        report = override_report(db)
    assert (report.verdicts, report.ripening) == (6, 0)
    assert (report.computer, report.person, report.override) == (share_of(40, 5), share_of(2, 0), share_of(4, 1))
    assert report.computer_as_mixed == pytest.approx(4 / 20)
    assert [line.grade for line in report.by_grade] == ["A", "BB"]
    assert {line.reason: (line.told.approved, line.told.defaulted) for line in report.by_reason} == {
        "season": (6, 1), "secured": (4, 1),
    }  # fmt: skip


def test_a_grade_the_computer_never_approved_gives_no_figure_to_compare_with() -> None:
    computer = [OverrideCount("computer", "A", "", 10, 1)]
    assert as_graded(computer, {"A": 3}) == pytest.approx(0.1)
    assert as_graded(computer, {"A": 3, "C": 1}) is None
    assert as_graded(computer, {}) is None


def test_of_nobody_there_is_no_share_and_of_few_it_is_wide() -> None:
    assert share_of(0, 0).share is None
    few = share_of(4, 1)
    assert few.low is not None
    assert few.high is not None
    assert few.low < 0.05 < 0.6 < few.high
