"""Policies by command: written, compared, let go live by two people; a policy fits the house or is refused by name."""

import json
import re
import time
from collections.abc import Callable
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import pytest
from credit_cases import POLICY, TODAY
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from lendmill.cli import app
from lendmill.credit.actions import publish_presets
from lendmill.credit.policy import InvalidPolicy, Policy, policy_of
from lendmill.credit.publishing import queries
from lendmill.credit.publishing.queries import POLICY as KIND
from lendmill.credit.queries import policy
from lendmill.db import Database
from lendmill.people.approvals.approval import OwnProposal
from lendmill.people.canonical import canonical
from lendmill.people.roles import Role
from lendmill.people.sign_in.actions import open_account
from lendmill.products.actions import publish
from lendmill.products.law import LawNotInForce, LawUnnamed
from lendmill.products.publishing import queries as published
from lendmill.products.publishing import workbook
from lendmill.products.publishing.files import FileWrong, PolicyNotProduct, document_in, spreadsheet_of
from lendmill.products.publishing.sheets import sheets_of
from lendmill.products.queries import preset
from lendmill.products.reading import content_of

NEXT = POLICY.version + 1
UNREADABLE = (
    ("history_days < 90", "history_dayz < 90", "record long enough, line 1, column 1: "),
    ("sale_months_365 < 5", "sale_months_365 < 5 and", "trading in most months, line 1, column "),
    ("loans_repaid < 3", "loans_repaidd < 3", "surety for a weak grade, line 1, column 25: "),
    ("late_days > 10", "late_days > 'ten'", "cut after a late payment, line 1, column "),
)


def changed(**fields: Any) -> Policy:
    """The shipped policy under the next number, with some fields changed."""
    return policy_of({**content_of(POLICY), "version": NEXT, **fields})


@pytest.fixture
def lendmill(
    house: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Result]:
    """Runs a command on a house with an analyst and a risk officer."""
    for name, role in (("ana", Role.ANALYST), ("rita", Role.RISK_OFFICER)):
        house.act(open_account, sign_in_name=name, display_name=name, role=role, password="correct horse battery")
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    return lambda *words: CliRunner().invoke(app(), ["policies", *map(str, words)])


def test_a_policy_goes_from_a_file_to_live_by_two_people(
    lendmill: Callable[..., Result], house: Database, tmp_path: Path
) -> None:
    out, back = tmp_path / "out.xlsx", tmp_path / "next.xlsx"
    assert lendmill("export", "standard", POLICY.version, out).exit_code == 0
    text = tmp_path / "out.toml"
    assert lendmill("export", "standard", "--toml", text).output == f"{text}\n"
    assert KIND.written(text.read_text("utf-8")).fingerprint == POLICY.fingerprint
    assert lendmill("export", "standard", out).output == f"{out}\n"
    assert [lendmill("export", "standard", *wrong).exit_code for wrong in ((), ("one", out))] == [2, 2]
    back.write_bytes(spreadsheet_of(KIND, changed(facts_age_days_max=20)))
    assert f"standard, version {NEXT}, can be published." in lendmill("check", back).output
    assert f"version {NEXT}: draft, revision 1" in lendmill("import", back, "--by", "ana", "--note", "fresher").output
    told = lendmill("diff", "standard", NEXT).output
    assert "How old the record may be falls from 35 days to 20 days" in told
    assert "经营数据有效期由 35 天 降至 20 天" in lendmill("diff", "standard", NEXT, "--language", "zh").output
    asked = lendmill("propose", "standard", NEXT, "--by", "ana", "--reason", "fresher records", "--from", "2026-01-05")
    proposal = asked.output.split()[0]
    assert f"standard {NEXT} to live from 2026-01-05" in asked.output
    assert isinstance(lendmill("approve", proposal, "--by", "ana").exception, OwnProposal)
    assert f"version {NEXT}: live from 2026-01-05" in lendmill("approve", proposal, "--by", "rita").output
    listed = lendmill("list").output
    assert f"review   standard {NEXT}  live from 2026-01-05" in listed
    assert f"live     standard {POLICY.version}" in listed
    shown = lendmill("show", "standard", NEXT).output
    assert "from 2026-01-05  live  ana and rita: fresher records" in shown
    assert "How old the record may be: 20 days" in shown
    with house.transaction() as db:
        assert policy(db).version == POLICY.version
        assert queries.live_policy(db, on=date(2026, 1, 5)).facts_age_days_max == 20
    assert "retired" in lendmill("retire", "standard", NEXT, "--by", "ana", "--reason", "not yet").output
    with house.transaction() as db:
        assert queries.live_policy(db, on=date(2026, 1, 5)).version == POLICY.version


def test_whoever_proposes_to_retire_the_one_live_policy_is_told_that_lending_stops(
    lendmill: Callable[..., Result],
) -> None:
    asked = lendmill("propose", "standard", POLICY.version, "--to", "retired", "--by", "ana", "--reason", "a pause")
    assert "lending stops until two people let a version go live; lines and loans go on." in asked.output


@pytest.mark.usefixtures("lendmill")
def test_whoever_proposes_to_retire_what_is_sold_is_told_that_nobody_is_sold_it() -> None:
    words = ("products", "propose", "credit-line", preset("credit-line").version, "--by", "ana", "--reason", "a pause")
    asked = CliRunner().invoke(app(), [*map(str, words), "--to", "retired"])
    assert "nobody is sold it until two people let a version go live; lines and loans go on." in asked.output


def test_what_is_wrong_in_a_file_is_told_line_by_line(lendmill: Callable[..., Result], tmp_path: Path) -> None:
    file = tmp_path / "wrong.toml"
    text = (Path(queries.__file__).parents[1] / "presets" / "policy-standard.toml").read_text("utf-8")
    file.write_text(text.replace("history_days < 90", "history_dayz < 90", 1))
    found = lendmill("check", file)
    assert found.exit_code == 2
    line = next(n for n, each in enumerate(text.splitlines(), start=1) if "history_days < 90" in each)
    told = f'line {line}: rules "record long enough".decline_when is history_dayz < 90'
    assert (told in found.output, found.output.count("line ")) == (True, 2)  # the file's, and the rule's own
    file.write_text(text.replace('declined = ["D"]', 'declined = ["E"]').replace("2026-01-01", '"2026-13-01"', 1))
    told = lendmill("check", file).output
    assert "in_force_on is 2026-13-01, but must be a day, such as 2026-01-31" in told
    file.write_text(text.replace('declined = ["D"]', 'declined = ["E"]'))
    assert 'rating.declined is ["E"], but must be grades out of AAA' in lendmill("check", file).output
    file.write_text(text.replace("age_years_max = 62", 'age_years_max = "62"').replace("history_months_min", "months"))
    three = lendmill("check", file)
    assert [three.output.count(each) for each in (".age_years_max", ".months ", ".history_months_min")] == [1, 1, 1]
    assert "3 to put right: line 18: eligibility.history_months_min is empty, but must be given" in three.output
    lines = [int(line) for line in re.findall(r"line (\d+): ", three.output)]
    assert (lines, len(lines)) == (sorted(lines), 3)


def test_a_policy_taken_for_a_product_is_told_in_one_sentence(tmp_path: Path) -> None:
    file = tmp_path / "standard.toml"
    file.write_text((Path(queries.__file__).parents[1] / "presets" / "policy-standard.toml").read_text("utf-8"))
    found = CliRunner().invoke(app(), ["products", "check", str(file)])
    assert "standard.toml is a policy: choose Policy, on the command line" in str(found.exception)
    with pytest.raises(PolicyNotProduct):
        document_in(queries.PRODUCT, spreadsheet_of(KIND, POLICY), "x.xlsx")


def test_every_rule_that_cannot_be_read_is_told_with_its_name_line_and_column(
    lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    file = tmp_path / "wrong.toml"
    text = (Path(queries.__file__).parents[1] / "presets" / "policy-standard.toml").read_text("utf-8")
    for was, wrong, _ in UNREADABLE:
        assert was in text
        text = text.replace(was, wrong, 1)
    file.write_text(text)
    found = lendmill("check", file)
    told = found.output.splitlines()
    assert f"{len(UNREADABLE)} to put right" in told[0]
    for _, wrong, where in UNREADABLE:
        line = next(n for n, each in enumerate(text.splitlines(), start=1) if wrong in each)
        assert sum(f"line {line}: " in each and where in each for each in told) == 1, told


MISTAKES = (
    ("age_years_max = 62", 'age_years_max = "62"', "eligibility.age_years_max"),
    ("days_past_due_worst_max = 30", "days_past_due_worst_max = -3", "debts.days_past_due_worst_max"),
    ('refer_when = "history_days < 180"', 'refer_when = "history_days < 80"', "rules[0].refer_when"),
    ('history_days < 90"\nunknown = "decline"', 'history_days < 90"\nunknown = "maybe"', "rules[0].unknown"),
    ("loans_repaid < 3", "loans_repaidd < 3", "conditions[0].when"),
    ("late_days > 10\"\nlimit_bp = 5_000", "late_days > 10\"\nlimit_bp = 17_000", "changes[1].limit_bp"),
)  # fmt: skip


def test_mistakes_of_every_kind_are_told_at_once_in_toml() -> None:
    text = (Path(queries.__file__).parents[1] / "presets" / "policy-standard.toml").read_text("utf-8")
    for was, wrong, _ in MISTAKES:
        assert was in text
        text = text.replace(was, wrong, 1)
    with pytest.raises(FileWrong) as found:
        document_in(KIND, text.encode(), "wrong.toml")
    told = found.value.facts["mistakes"]
    assert {each.field for each in told} == {field for _, _, field in MISTAKES}
    lines = [each.line for each in told]
    assert lines == sorted(lines)


def test_mistakes_of_every_kind_are_told_at_once_in_a_workbook() -> None:
    sheets = sheets_of(json.loads(canonical(content_of(POLICY))), KIND.type)
    put = lambda sheet, row, column, cell: sheets[sheet][row].__setitem__(column, cell)  # noqa: E731
    oldest = next(n for n, row in enumerate(sheets["document"]) if row[0] == "eligibility.age_years_max")
    put("document", oldest, 1, "old")
    put("limit.tables 1", 2, len(sheets["limit.tables 1"][0]) - 1, "much")
    put("rules", 1, sheets["rules"][0].index("decline_when"), "history_dayz < 90")
    put("changes", 2, sheets["changes"][0].index("limit_bp"), -5)
    with pytest.raises(FileWrong) as found:
        document_in(KIND, workbook.written(sheets, lambda _, __: ""), "wrong.xlsx")
    told = [(each.sheet, each.value) for each in found.value.facts["mistakes"]]
    assert sorted(told) == [
        ("changes", "-5"), ("document", "old"), ("limit.tables 1", "much"), ("rules", "history_dayz < 90"),
    ]  # fmt: skip


def test_all_that_is_wrong_with_a_product_is_told_at_once() -> None:
    text = (files("lendmill.products") / "presets" / "credit-line.toml").read_text("utf-8")
    wrong = (
        ("months_max = 12", "months_max = 99"), ("line_months = 12", "line_months = 0"),
        ("limit_max_cents = 100_000_000", "limit_max_cents = 5"), ('daily_rate = "0.06 %"', 'daily_rate = "0.09 %"'),
        ("grace_days = 3", 'grace_days = "3"'), ("offer_days = 30", "offer_days = 0"),
        ('by = "component"', 'by = "loan"'),
    )  # fmt: skip
    for was, becomes in wrong:
        assert was in text, was
        text = text.replace(was, becomes, 1)
    with pytest.raises(FileWrong) as found:
        document_in(queries.PRODUCT, text.encode(), "wrong.toml")
    told = found.value.facts["mistakes"]
    assert {text.splitlines()[each.line - 1].split("   ")[0] for each in told} == {becomes for _, becomes in wrong}


def test_the_first_mistake_of_every_table_is_told_at_once() -> None:
    content = json.loads(canonical(content_of(POLICY)))
    for n, table in enumerate(content["limit"]["tables"]):
        table["rows"][0][-1] = -1 - n
    content["price"]["tables"][0]["rows"][0][-1] = -1
    content["limit"]["borrower_limit_max_cents"] = -1
    content["sources"]["market"] = "no_fact"
    with pytest.raises(InvalidPolicy) as found:
        queries.checked_policy(content)
    fields = [found.value.facts["field"], *(each.field for each in found.value.facts["others"])]
    capped = [f"limit.tables[{n}].rows[0]" for n in range(len(content["limit"]["tables"]))]
    assert len(capped) > 1
    assert fields == [
        "limit.borrower_limit_max_cents", *capped,
        "price.tables[0].rows[0]", "sources.market",
    ]  # fmt: skip


def test_very_many_wrong_rules_are_told_in_little_time() -> None:
    text = (Path(queries.__file__).parents[1] / "presets" / "policy-standard.toml").read_text("utf-8")
    for n in range(4_000):  # under a header that no place is found for
        text += f"""\n[["rul\\u0065s"]]\nrule = "r{n}"\nlabel_en = "x"\nlabel_zh = "x"\nreason = "many-refunds"
unknown = "refer"\nrefer_when = "refund_rate_9{n} > 0.3"\ndecline_when = "refund_rat_9{n} > 0.4"\n"""
    text = re.sub(r"(?m)^\[\[rules\]\]\n(?:[^\[\n].*\n|\n)*", "", text)
    begun = time.process_time()
    with pytest.raises(FileWrong, match=r"100\+ to put right.* did you mean") as found:
        document_in(KIND, text.encode(), "x.toml")
    assert time.process_time() - begun < 5
    assert len(found.value.facts["mistakes"]) == 100


def test_a_policy_from_before_these_were_asked_for_can_still_be_read() -> None:
    first, *others = content_of(POLICY)["changes"]
    content = {**content_of(POLICY), "changes": [{**first, "reason": "late-debt"}, *others]}
    assert policy_of(content).changes
    with pytest.raises(InvalidPolicy, match="12000, but must be below 10000 for the reason late-debt"):
        queries.checked_policy(content)


def test_a_policy_that_does_not_fit_the_house_is_refused_by_what_is_wrong(house: Database) -> None:
    laws = content_of(POLICY)["laws"]
    cases: list[tuple[Policy, type[Exception], str]] = [
        (changed(laws=laws[1:]), LawUnnamed, "does not say which law sets eligibility.age_years_min"),
        (changed(in_force_on=date(2026, 1, 2)), queries.PolicyNotInForce, "in force from 2026-01-02"),
        (
            changed(laws=[{**laws[0], "in_force_on": date(2026, 1, 2)}, *laws[1:]]),
            LawNotInForce,
            "from 2026-01-02 only",
        ),
        (changed(sources={**POLICY.sources, "sales": "gone_365"}), queries.FactGone, "reads gone_365"),
    ]
    for wrong, refusal, told in cases:
        with pytest.raises(refusal, match=told), house.transaction() as db:
            queries.policy_fits(db, wrong, TODAY)
    with house.transaction() as db:
        queries.policy_fits(db, changed(), TODAY)


def test_a_product_without_a_price_for_a_grade_that_is_granted_is_refused(house: Database) -> None:
    terms = msgspec.structs.replace(preset("credit-line"), key="gold", rate_by_grade={"AAA": "0.05 %"})
    with house.transaction() as db:
        with pytest.raises(queries.GradeWithoutPrice, match="grants grade AA, for which gold has no price"):
            queries.product_fits(db, terms, TODAY)
        alone = msgspec.structs.replace(terms, rate_by_grade={}, joint_limit=None)
        queries.product_fits(db, alone, TODAY)
        joint = msgspec.structs.replace(preset("order-loan").joint_limit, products=("silver",))
        with pytest.raises(queries.JointProductUnknown, match="shares its limit with silver"):
            queries.product_fits(db, msgspec.structs.replace(alone, joint_limit=joint), TODAY)
    house.act(publish, terms, today=TODAY)
    with pytest.raises(queries.GradeWithoutPrice, match="grants grade AA"), house.transaction() as db:
        queries.policy_fits(db, changed(), TODAY)


def test_what_a_release_ships_to_a_house_that_has_begun_is_a_draft(house: Database) -> None:
    later = date(2026, 6, 1)
    assert house.act(publish_presets, today=later) == []
    with house.transaction() as db:
        db.execute("reset role")
        db.execute("delete from policy_version")
        db.execute("update document_step set version = version - 1 where kind = 'policy'")
    assert house.act(publish_presets, today=later) == [f"standard, version {POLICY.version}"]
    assert house.act(publish_presets, today=later) == []
    with house.transaction() as db:
        (draft,) = published.drafts(db, "policy")
    assert (draft.version, draft.writer, draft.note) == (POLICY.version, None, "shipped with this release")
