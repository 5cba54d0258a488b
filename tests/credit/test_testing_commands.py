"""A policy tested by command: cases that hold it back, backtests in processes of their own, shadows and trials."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import pytest
from credit_cases import LINE, ORDERS, POLICY, TODAY
from psycopg.conninfo import conninfo_to_dict
from python_calamine import CalamineWorkbook
from test_crowd import asking
from typer.testing import CliRunner, Result

from lendmill import ids
from lendmill.cli import app
from lendmill.credit.actions import apply_at_once, publish_presets
from lendmill.credit.consents import CONSENTS
from lendmill.credit.policy import Policy, policy_of
from lendmill.credit.publishing.queries import POLICY as KIND
from lendmill.credit.testing import queries
from lendmill.credit.testing.actions import keep_cases
from lendmill.credit.testing.arms import lot
from lendmill.credit.testing.backtest import Estimate, share
from lendmill.credit.testing.beside.actions import decide_beside
from lendmill.credit.testing.beside.figures import ArmGroup, between, may_be_chance, trial_report
from lendmill.credit.testing.beside.queries import NoSuchTrial, trial
from lendmill.credit.testing.running import queries as running
from lendmill.credit.testing.running.actions import (
    BacktestTooLarge,
    BacktestWaits,
    NothingDecided,
    TimeBackwards,
    ask_backtest,
    run_asked,
)
from lendmill.credit.testing.unit_cases import CasesFail, read_cases, shipped_cases, text_of, tried
from lendmill.db import Database
from lendmill.people.actions import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing.actions import CasesChanged, draft, propose
from lendmill.products.publishing.actions import decide as agree
from lendmill.products.publishing.files import spreadsheet_of
from lendmill.products.reading import content_of

NEXT = POLICY.version + 1


def changed(**fields: object) -> Policy:
    """The shipped policy under the next number, with some fields changed."""
    return policy_of({**content_of(POLICY), "version": NEXT, **fields})


TIGHTER = changed(rating={**content_of(POLICY)["rating"], "referred": ["C", "B"]})


@pytest.fixture
def staff(house: Database) -> dict[str, Caller]:
    """An analyst and a risk officer."""
    found = {}
    for name, role in (("ana", Role.ANALYST), ("rita", Role.RISK_OFFICER)):
        account = house.act(
            open_account, sign_in_name=name, display_name=name, role=role, password="correct horse battery"
        )
        found[name] = Caller(account, name, role, None)
    return found


@pytest.fixture
def decisions(shop: Callable[..., UUID], house: Database) -> list[UUID]:
    """Four applications decided: grades A, B, B and D."""
    answers = {
        "amount_cents": 500_000, "purpose": "stock", "language": "en",
        "consents": [consent.purpose for consent in CONSENTS],
    }  # fmt: skip
    return [
        house.act(
            apply_at_once, command=Command.of(f"k{n}"), borrower_id=shop(f"s{n}", grade=grade),
            product_key="credit-line", answers=answers, today=TODAY,
        ).decision_id
        for n, grade in enumerate("ABBD")
    ]  # fmt: skip


@pytest.fixture
def lendmill(
    staff: dict[str, Caller], database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command on the house with its staff."""
    assert staff
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(app(), [str(word) for word in words])


def test_the_shipped_policy_does_what_its_cases_say_and_they_read_back_the_same() -> None:
    examples = shipped_cases()
    assert [(each.name, each.wrong) for each in tried(examples, POLICY, [LINE, ORDERS]) if each.wrong] == []
    assert {each.outcome for each in examples.cases} == {"approve", "counter", "refer", "decline"}
    assert read_cases(text_of(examples)) == examples


def test_the_shipped_cases_are_kept_when_the_house_begins_and_never_over_somebodys_own(
    house: Database, staff: dict[str, Caller]
) -> None:
    with house.transaction() as db:
        publish_presets(db, today=TODAY)
        publish_presets(db, today=TODAY)
        (kept,) = queries.case_sets(db, "standard")
        assert (kept.keeper, kept.examples) == (None, shipped_cases())
        one = msgspec.structs.replace(shipped_cases(), cases=shipped_cases().cases[:1])
        keep_cases(db, policy_key="standard", examples=one, by=staff["ana"], today=TODAY)
        publish_presets(db, today=TODAY)
        assert queries.cases(db, "standard") == one


@pytest.mark.parametrize("to_stage", ["shadow", "share", "live"])
def test_a_policy_that_fails_a_case_goes_nowhere_and_nothing_is_left(
    to_stage: str, house: Database, staff: dict[str, Caller]
) -> None:
    with house.transaction() as db:
        publish_presets(db, today=TODAY)
        loose = changed(debts={**content_of(POLICY)["debts"], "days_past_due_worst_max": 60})
        draft(db, KIND, loose, by=staff["ana"], today=TODAY)
    with pytest.raises(CasesFail, match="medium overdue with us declines"), house.transaction() as db:
        propose(
            db, KIND, command_key="k" * 20, key="standard", version=NEXT, to_stage=to_stage,  # type: ignore[arg-type]
            reason="kinder", by=staff["ana"], today=TODAY, share_bp=500 if to_stage == "share" else None,
        )  # fmt: skip
    with house.transaction() as db:
        assert db.execute("select count(*) from document_proposal").fetchone() == (0,)


def test_cases_kept_between_proposal_and_approval_hold_it_back(house: Database, staff: dict[str, Caller]) -> None:
    with house.transaction() as db:
        draft(db, KIND, TIGHTER, by=staff["ana"], today=TODAY)
        proposed = propose(
            db, KIND, command_key="k" * 20, key="standard", version=NEXT, to_stage="live", reason="tighter",
            by=staff["ana"], today=TODAY,
        )  # fmt: skip
        b_is_granted = msgspec.structs.replace(shipped_cases().cases[0], rating={"grade": "B"}, limit_cents=None)
        examples = msgspec.structs.replace(shipped_cases(), cases=(b_is_granted,))
        keep_cases(db, policy_key="standard", examples=examples, by=staff["ana"], today=TODAY)
    with pytest.raises(CasesChanged), house.transaction() as db:
        agree(
            db, KIND, command_key="l" * 20, proposal_id=proposed.proposal_id, verdict="approve", by=staff["rita"],
            today=TODAY,
        )  # fmt: skip


def test_cases_are_kept_shown_tried_and_written_by_command(lendmill: Callable[..., Result], tmp_path: Path) -> None:
    file, out = tmp_path / "cases.toml", tmp_path / "out.toml"
    assert "No cases are kept with standard" in lendmill("policies", "cases", "standard").output
    assert "nothing was tried" in lendmill("policies", "test", "standard").output
    file.write_text(text_of(shipped_cases()), encoding="utf-8")
    kept = lendmill("policies", "cases", "standard", "--file", file, "--by", "ana").output
    assert f"{len(shipped_cases().cases)} cases kept with standard on {TODAY} by ana" in kept
    assert "Warning" not in kept
    shipped = text_of(shipped_cases())
    file.write_text(shipped.replace('outcome = "decline"', 'outcome = "approve"', 1), encoding="utf-8")
    warned = lendmill("policies", "cases", "standard", "--file", file, "--by", "ana").output
    assert f"Warning: version {POLICY.version}, live now, fails 1 of these cases; they are kept all the same:" in warned
    assert "the outcome is declined, not approved: The shop's credit rating is below" in warned.splitlines()[1]
    file.write_text(shipped, encoding="utf-8")
    lendmill("policies", "cases", "standard", "--file", file, "--by", "ana")
    lendmill("policies", "cases", "standard", "--out", out)
    assert read_cases(out.read_text("utf-8")) == shipped_cases()
    passed = lendmill("policies", "test", "standard", "--version", POLICY.version)
    assert (passed.exit_code, passed.output.count("pass  ")) == (0, len(shipped_cases().cases))
    book = tmp_path / "next.xlsx"
    book.write_bytes(
        spreadsheet_of(KIND, changed(debts={**content_of(POLICY)["debts"], "days_past_due_worst_max": 31}))
    )
    failed = lendmill("policies", "test", "standard", "--file", book)
    assert failed.exit_code == 1
    assert "fail  medium overdue with us declines\n      the outcome is approved, not declined" in failed.output
    assert f"standard, version {NEXT}: 1 of {len(shipped_cases().cases)} cases fail." in failed.output
    in_chinese = lendmill("policies", "test", "standard", "--file", book, "--language", "zh")
    assert in_chinese.exit_code == 1
    failing = next(each for each in shipped_cases().cases if each.name == "medium overdue with us declines")
    assert f"不通过  {failing.name_zh}\n      决策结果为批准，而非拒绝" in in_chinese.output
    assert f"standard第{NEXT}版：{len(shipped_cases().cases)}个用例中1个不通过。" in in_chinese.output
    listed = lendmill("policies", "cases", "standard", "--language", "zh").output
    assert f"standard的用例共{len(shipped_cases().cases)}个，{TODAY}由ana保存：" in listed
    assert f"  拒绝 {failing.name_zh}\n" in listed
    assert not any(each.name in listed for each in shipped_cases().cases)


SAID = """
key = "plain"
said_by = "ana"
in_force_on = 2026-01-01
source = "the tests"
product = "credit-line"
days = 365
loss_given_default_bp = 6_000
funding_yearly_bp = 400
operating_cents = 5_000
drawn_at_default_bp = 10_000
interest_paid_before_default_bp = 0
utilisation = [{ limit_cents = 100, share_bp = 8_000 }]
[churn]
all = [[0.05, 0.0], [0.24, 0.2]]
[grades.A]
pd = 0.02
pd_low = 0.01
pd_high = 0.03
curve = "all"
limit_cents = 500_000
"""


@pytest.mark.usefixtures("decisions")
def test_a_backtest_by_command_tells_writes_and_keeps_its_report(
    lendmill: Callable[..., Result], house: Database, tmp_path: Path
) -> None:
    book, said = tmp_path / "next.xlsx", tmp_path / "said.toml"
    book.write_bytes(spreadsheet_of(KIND, TIGHTER))
    said.write_text(SAID)
    found = lendmill(
        "backtest", "standard", "--file", book, "--assumptions", said, "--by", "ana", "--json", tmp_path / "r.json",
        "--excel", tmp_path / "r.xlsx",
    )  # fmt: skip
    assert found.exit_code == 0, found.exception
    for told in (
        "4 files were decided again",
        "0 files would be granted that were not, 2 that were would not be.",
        "plain: said by ana, in force from 2026-01-01; the tests",
        "What this cannot know",
        "None of the 3 granted before has ripened",
        "2 grants, before and after together, have a grade the assumptions leave out",
    ):
        assert told in found.output
    kept = json.loads((tmp_path / "r.json").read_text())
    assert (kept["files"], [row["files"] for row in kept["swaps"]]) == (4, [1, 0, 2, 1])
    sheets = CalamineWorkbook.from_path(str(tmp_path / "r.xlsx"))
    assert sheets.sheet_names[:3] == ["Report", "Before and after", "Who swaps sides"]
    assert [row[:2] for row in sheets.get_sheet_by_name("Who swaps sides").to_python()[1:]][2] == [
        "no longer granted",
        2.0,
    ]
    with house.transaction() as db:
        (run,) = queries.backtests(db, "standard", NEXT)
    assert (run.files, run.runner, run.policy_digest) == (4, "ana", TIGHTER.fingerprint)
    chinese = lendmill("backtest", "standard", POLICY.version, "--workers", 1, "--language", "zh").output
    assert "本回测无法得知的内容" in chinese
    assert "共重新决策4笔申请" in chinese


def test_a_backtest_asked_for_on_a_page_is_run_once_by_the_worker(
    house: Database, decisions: list[UUID], staff: dict[str, Caller]
) -> None:
    asked = {"key": "standard", "version": POLICY.version, "since_on": TODAY, "until_on": TODAY, "today": TODAY}
    backtest_id = house.act(ask_backtest, **asked, assumptions=SAID, by=staff["ana"])
    with pytest.raises(BacktestWaits, match="ana has asked"):
        house.act(ask_backtest, **asked, assumptions="", by=staff["rita"])
    assert run_asked(house, lambda: True) == 0  # told to stop: it waits on
    assert [run_asked(house), run_asked(house)] == [1, 0]
    with house.transaction() as db:
        run, (waited,) = queries.backtest(db, backtest_id), running.asked(db, "standard", POLICY.version)
    assert (run.files, run.runner, waited.done) == (len(decisions), "ana", True)
    assert run.found.profit_before.value is not None
    later = TODAY.replace(year=2027)
    with pytest.raises(NothingDecided):
        house.act(ask_backtest, **{**asked, "since_on": later, "until_on": later}, assumptions="", by=staff["ana"])
    with pytest.raises(TimeBackwards):
        house.act(ask_backtest, **{**asked, "since_on": later}, assumptions="", by=staff["ana"])


@pytest.mark.usefixtures("decisions")
def test_a_page_does_not_begin_a_backtest_without_bounds(house: Database, staff: dict[str, Caller]) -> None:
    with pytest.raises(BacktestTooLarge, match="4 files were decided; a page begins a backtest over at most 3"):
        house.act(
            ask_backtest, key="standard", version=POLICY.version, since_on=TODAY, until_on=TODAY, assumptions="",
            by=staff["ana"], today=TODAY, files_max=3,
        )  # fmt: skip


def test_a_shadow_decides_what_came_in_since_it_stands_there_and_is_told(
    house: Database, shop: Callable[..., UUID], staff: dict[str, Caller], lendmill: Callable[..., Result],
    request: pytest.FixtureRequest,
) -> None:  # fmt: skip
    assert "No policy stands in the shadow" in lendmill("shadow").output
    asking(house, shop("before"), "k")()
    with house.transaction() as db:
        draft(db, KIND, TIGHTER, by=staff["ana"], today=TODAY)
        asked = propose(
            db, KIND, command_key="k" * 20, key="standard", version=NEXT, to_stage="shadow", reason="look",
            by=staff["ana"], today=TODAY,
        )  # fmt: skip
        agree(
            db, KIND, command_key="l" * 20, proposal_id=asked.proposal_id, verdict="approve", by=staff["rita"],
            today=TODAY,
        )  # fmt: skip
    assert [each.files for each in decide_beside(house, today=TODAY)] == [0]
    request.getfixturevalue("decisions")
    (done,) = decide_beside(house, today=TODAY)
    assert (done.policy_version, done.files) == (NEXT, 4)
    told = lendmill("shadow", "standard", NEXT).output
    assert told.count("Only files decided since a version entered the shadow count") == 1
    assert f"standard {NEXT}, in the shadow since {TODAY}: 0 files" in told
    assert "decided alike: 50.0%" in told
    assert re.search(r"^ *approved +to a person +2 ", told, re.MULTILINE)
    assert "less in 2" in told


def groups(arm: str, files: int, granted: int, defaults: int) -> list[ArmGroup]:
    """An arm whose files are spread evenly over the groups."""
    return [
        ArmGroup(
            arm, part, files, granted, 0, granted * 1_000_000, granted * 20_000.0, granted, defaults, granted * 0.02
        )  # type: ignore[arg-type]
        for part in range(100)
    ]


def test_a_difference_between_arms_is_told_from_chance() -> None:
    found = trial_report("t", groups("champion", 20, 10, 1) + groups("challenger", 20, 11, 1), TODAY, TODAY)
    assert [arm.arm for arm in found.arms] == ["champion", "challenger"]
    differences = {each.figure: each for each in found.differences}
    assert differences["granted"].difference.value == pytest.approx(0.05)
    assert not differences["granted"].may_be_chance
    assert differences["default_rate"].may_be_chance
    assert not differences["default_rate"].too_few
    few = trial_report("t", groups("champion", 1, 1, 0) + groups("challenger", 1, 1, 0), TODAY, TODAY)
    (rate,) = [each for each in few.differences if each.figure == "default_rate"]
    assert (rate.too_few, rate.may_be_chance) == (True, True)
    assert rate.difference.high == pytest.approx(0.037, abs=0.001)  # none of 100 is not never: Wilson's bounds
    assert may_be_chance(between(Estimate(None, None, None), Estimate(0.1, 0.0, 0.2)))


def test_a_share_of_none_is_not_never() -> None:
    import numpy as np

    among = np.ones(100)
    assert share(np.zeros(100), among).high == pytest.approx(0.0370, abs=1e-4)
    assert share(among, among).low == pytest.approx(0.9630, abs=1e-4)


@pytest.mark.usefixtures("decisions")
def test_the_arms_of_a_trial_are_told_from_what_was_decided(house: Database, lendmill: Callable[..., Result]) -> None:
    assert "Nobody has been drawn for a trial yet" in lendmill("trials", "list").output
    with house.transaction() as db:
        rows = db.execute("select decision_id, borrower_id from decision order by decision_id").fetchall()
        for (decision_id, borrower_id), arm in zip(
            rows, ("champion", "challenger", "challenger", "hold-out"), strict=True
        ):
            db.execute(
                "insert into decision_arm (decision_id, borrower_id, trial, arm) values (%s, %s, 'standard/4', %s)",
                [decision_id, borrower_id, arm],
            )
        found = trial(db, "standard/4")
        with pytest.raises(NoSuchTrial):
            trial(db, "standard/5")
    arms = {arm.arm: arm for arm in found.arms}
    assert {name: arm.files for name, arm in arms.items()} == {"champion": 1, "challenger": 2, "hold-out": 1}
    assert (arms["challenger"].granted.value, arms["hold-out"].granted.value) == (1.0, 0.0)
    assert arms["champion"].limit_mean.value == 500_000
    told = lendmill("trials", "show", "standard/4").output
    assert "challenger less champion, defaulted: not known yet" in told
    assert "standard/4" in lendmill("trials", "list").output
    assert lot("standard/4", ids.new()) < 10_000
