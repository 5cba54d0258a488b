"""The commands of the price: begun with what the house knows, refused by field until it is whole, and told."""

import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode
from uuid import UUID

import msgspec
import pytest
from psycopg.conninfo import conninfo_to_dict
from typer.testing import CliRunner, Result

from credit.credit_cases import LINE, TODAY
from credit.pricing_cases import CURVE, stated
from lendmill import ids
from lendmill.cli import app
from lendmill.cli.pricing import commands
from lendmill.credit.pricing.assumptions import InvalidAssumptions, read_assumptions, text_of
from lendmill.credit.pricing.queries import NoSuchPriceProposal, price_proposals
from lendmill.credit.pricing.start import interval
from lendmill.db import Database
from lendmill.people.roles import Role
from lendmill.products.document import GRADES
from lendmill.products.queries import NoSuchProduct, live_product
from lendmill.rating.actions import keep_model
from lendmill.rating.card import Band
from lendmill.rating.registry.actions import first_live
from people.staff import Staff
from rating.rating_cards import SMALL

GUIDE = (Path(__file__).parents[2] / "docs" / "setting-prices.md").read_text("utf-8")


@pytest.fixture
def lendmill(
    house: Database,  # noqa: ARG001  prepared before any command runs
    database_url: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[..., Result]:
    """Runs a command on this house."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return lambda *words: CliRunner().invoke(commands, ["pricing", *words])


def test_the_guides_example_is_what_the_command_says(lendmill: Callable[..., Result], tmp_path: Path) -> None:
    _, assumed, told = (block.split("```")[0] for block in re.split(r"```(?:toml|text)\n", GUIDE))
    (tmp_path / "said.toml").write_text(assumed, encoding="utf-8")
    assert told in lendmill("best", "said.toml").output
    lendmill("best", "said.toml", "--gentlest", "--out", "rates.toml")
    proposed = tomllib.loads((tmp_path / "rates.toml").read_text("utf-8"))["rate_by_grade"]
    assert f"anything from {proposed['B']} to" in GUIDE


def test_the_guides_proposal_becomes_a_version_of_the_product_that_goes_live(
    house: Database, lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    staff, assumed = Staff(house), re.split(r"```(?:toml|text)\n", GUIDE)[1].split("```")[0]
    by, second = (staff.member(role).display_name for role in (Role.ANALYST, Role.RISK_OFFICER))
    (tmp_path / "said.toml").write_text(assumed, encoding="utf-8")
    lendmill("best", "said.toml", "--gentlest", "--out", "rates.toml")
    products = lambda *words: CliRunner().invoke(app(), ["products", *words])  # noqa: E731
    products("export", LINE.key, "--toml", "next.toml")
    text, rates = ((tmp_path / name).read_text("utf-8") for name in ("next.toml", "rates.toml"))
    assert text.count("[rate_by_grade]\n") == 1
    text = text.replace("[rate_by_grade]\n", rates).replace(
        f"\nversion = {LINE.version}\n", f"\nversion = {LINE.version + 1}\n"
    )
    (tmp_path / "next.toml").write_text(text, encoding="utf-8")
    assert "can be published" in products("check", "next.toml").output
    assert products("draft", "next.toml", "--by", by).exit_code == 0
    asked = products("propose", LINE.key, str(LINE.version + 1), "--by", by, "--reason", "dearer for B")
    assert products("approve", asked.output.split()[0], "--by", second).exit_code == 0
    with house.transaction() as db:
        live = live_product(db, LINE.key, on=TODAY)
    assert {**live.rate_by_grade, "B": LINE.daily_rate} == dict.fromkeys(GRADES, LINE.daily_rate)
    assert live.rate_by_grade["B"] == tomllib.loads(rates)["rate_by_grade"]["B"] != LINE.daily_rate


def test_the_prices_are_told_and_proposed_and_the_product_stays_as_it_is(
    lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    said = msgspec.structs.replace(stated(), in_force_on=stated().in_force_on.replace(year=2025))
    (tmp_path / "said.toml").write_text(text_of(said), encoding="utf-8")
    told = lendmill("best", "said.toml", "--out", "rates.toml", "--pictures", "drawn")
    assert told.exit_code == 0, told.output
    for words in ("credit-line", "said by the analyst", "A: rates", "the curve", "break-even", "staying forgoes"):
        assert words in told.output
    proposed = tomllib.loads((tmp_path / "rates.toml").read_text("utf-8"))["rate_by_grade"]
    assert {grade for grade, rate in proposed.items() if rate != LINE.daily_rate} == {"A", "B"}
    assert sorted(path.name for path in (tmp_path / "drawn").iterdir()) == [
        "A-limits.svg", "A-rates.svg", "B-limits.svg", "B-rates.svg", "curves.svg",
    ]  # fmt: skip
    gentle = lendmill("best", "said.toml", "--out", "table.toml", "--form", "policy", "--gentlest")
    assert gentle.exit_code == 0, gentle.output
    [table] = tomllib.loads((tmp_path / "table.toml").read_text("utf-8"))["price"]["tables"]
    assert (table["axes"], table["per"], [row[0] for row in table["rows"]]) == (
        ["grade"],
        "millionths a day",
        ["AAA", "AA", "A", "BBB", "BB", "B", "C"],
    )


def test_what_was_worked_out_is_listed_and_shown_with_its_assumptions_which_lead_there_again(
    house: Database, lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    assert lendmill("list").output == (
        "No prices were worked out yet: `lendmill pricing start` begins with the assumptions.\n"
    )
    by = Staff(house).member(Role.ANALYST).display_name
    said = stated(in_force_on=TODAY)
    for name, assumed, who in (
        ("first.toml", said, ()),
        ("second.toml", msgspec.structs.replace(said, said_by="Ana", operating_cents=7_000), ("--by", by)),
    ):
        (tmp_path / name).write_text(text_of(assumed), encoding="utf-8")
        lendmill("best", name, *who)
        lendmill("best", name, *who)  # the same again is kept once
    with house.transaction() as db:
        newest, oldest = price_proposals(db)
    of = f"{LINE.key} {LINE.version}  merchants-2026"
    assert lendmill("list").output.splitlines() == [
        f"{newest.proposal_id}  {TODAY}  {of}, assumed by Ana; worked out by {by}",
        f"{oldest.proposal_id}  {TODAY}  {of}, assumed by the analyst; worked out by a command",
    ]
    assert lendmill("list", "--most", "1").output.count("\n") == 1

    shown = lendmill("show", str(newest.proposal_id)).output
    head, assumed, rates = shown.partition("\nWhat was assumed:\n\n")[0], newest.assumptions, newest.rates
    assert head == (
        f"{LINE.key}, version {LINE.version}; merchants-2026, assumed by Ana\n"
        f"worked out on {TODAY} by {by}; fingerprint {newest.digest}\n"
    )
    assert shown.endswith(f"\nWhat was assumed:\n\n{assumed.strip()}\n\nProposed rates:\n\n{rates.strip()}\n")
    assert "operating_cents = 7000" in assumed
    lendmill("show", str(newest.proposal_id), "--out", "again.toml")
    assert read_assumptions((tmp_path / "again.toml").read_text("utf-8")).operating_cents == 7_000
    lendmill("best", "again.toml", "--by", by)
    with house.transaction() as db:
        assert len(price_proposals(db)) == 2


def test_no_such_proposal_and_what_is_no_id_are_told(lendmill: Callable[..., Result]) -> None:
    assert isinstance(lendmill("show", str(ids.new())).exception, NoSuchPriceProposal)
    assert lendmill("show", "the last").exit_code == 2
    assert lendmill("list", "--most", "0").exit_code == 2


def test_a_curve_beside_the_document_takes_the_place_of_its_own(
    lendmill: Callable[..., Result], tmp_path: Path
) -> None:
    (tmp_path / "said.toml").write_text(text_of(stated(in_force_on=stated().in_force_on.replace(year=2025))), "utf-8")
    steep = "\n".join(["rate,all", *(f"{rate},{min(1.0, lost * 1.15)}" for rate, lost in CURVE)])
    (tmp_path / "curve.csv").write_text(steep, encoding="utf-8")
    own, other = lendmill("best", "said.toml"), lendmill("best", "said.toml", "--curve", "curve.csv")
    assert (own.exit_code, other.exit_code) == (0, 0)
    assert own.output != other.output


def test_what_is_begun_is_refused_by_field_until_it_is_whole(
    house: Database, lendmill: Callable[..., Result], shop: Callable[..., UUID], tmp_path: Path
) -> None:
    shop("s1")
    assert lendmill("start").exit_code == 1  # no card is live
    house.act(first_live, house.act(keep_model, SMALL, {}), today=TODAY)
    begun = lendmill("start", "--out", "said.toml")
    assert begun.exit_code == 0, begun.output
    text = (tmp_path / "said.toml").read_text("utf-8")
    assert "[grades.A]" in text
    with pytest.raises(InvalidAssumptions, match="must be given") as refused:
        read_assumptions(text)
    assert "loss_given_default_bp, funding_yearly_bp, operating_cents, " in refused.value.facts["field"]
    assert refused.value.facts["field"].endswith(", utilisation, grades.A.limit_cents")
    assert "is 'left open', but must be given" in str(refused.value)
    assert [each.field for each in refused.value.facts["others"]] == ["said_by", "source"]
    (tmp_path / "curve.csv").write_text("nothing")
    told = lendmill("best", "said.toml", "--curve", "curve.csv").output
    assert all(each in told for each in ("loss_given_default_bp, ", "said_by is", "source is", "a line of names")), told
    for field, value in (
        ("loss_given_default_bp", 6000), ("funding_yearly_bp", 300), ("operating_cents", 5000),
        ("drawn_at_default_bp", 9000), ("interest_paid_before_default_bp", 0),
    ):  # fmt: skip
        text = text.replace(f"# {field} =", f"{field} = {value}")
    text = text.replace('said_by = ""', 'said_by = "me"').replace('source = ""', 'source = "last year"')
    text = text.replace(
        "# [[utilisation]]\n# limit_cents =\n# share_bp =", "[[utilisation]]\nlimit_cents = 1\nshare_bp = 9"
    )
    text = text.replace("# [churn]\n# all", "[churn]\nall").replace("# limit_cents =  ", "limit_cents = 500000 #")
    assert set(read_assumptions(text).grades) >= {"A"}


def test_an_unknown_product_is_refused(lendmill: Callable[..., Result]) -> None:
    assert isinstance(lendmill("start", "--product", "gold").exception, NoSuchProduct)


def test_the_interval_of_a_pd_is_that_of_its_band_and_holds_the_pd() -> None:
    bands = (Band(None, 30, 6, 0.1, 0.35), Band(600, 100, 0, 0.0, 0.04), Band(700, 0, 0, 0.0, 1.0))
    card = msgspec.structs.replace(SMALL, bands=bands)
    assert interval(0.2, card) == (0.1, 0.35)
    assert interval(0.01, card) == (1e-6, 0.04)
    assert interval(0.5, card) == (0.1, 0.5)
    assert interval(0.0001, card) == (0.0001, 0.0001)  # nobody was seen there
    assert interval(0.2, msgspec.structs.replace(SMALL, bands=())) == (0.2, 0.2)
