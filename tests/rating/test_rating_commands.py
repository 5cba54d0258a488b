"""The commands take a market's records and outcomes to a live card and a rating for every shop."""

from pathlib import Path
from urllib.parse import urlencode

import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from psycopg.conninfo import conninfo_to_dict

from lendmill.cli.rating import EmptyLake, NoSuchApplicants, NoSuchLabels, ShopNotRated, rate, train
from lendmill.cli.shops import NotADay, events
from lendmill.db import Database
from lendmill.lab.market import Market, event_files, write_market
from lendmill.rating import queries
from lendmill.rating.registry.queries import stages_of
from lendmill.rating.registry.source import code_version
from lendmill.rating.registry.stages import FIRST, TakesTwo


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A house of its own, where commands find this database."""
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    monkeypatch.chdir(tmp_path)
    return database


def test_a_market_is_learned_from_and_every_shop_rated(
    house: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    market = tmp_path / "market"
    mapping = write_market(Market(seed=1, sellers=150), market)
    events(event_files(market), mapping, sellers=market / "sellers.csv")

    outcomes = pl.read_csv(market / "outcomes.csv", try_parse_dates=True)
    one_day = outcomes.filter(pl.col("as_of_on") == outcomes["as_of_on"].min())
    one_day.write_csv(market / "one_day.csv")
    train(
        str(market / "one_day.csv"), as_of="2025-12-31", key="market", kind="boosted", out_of_time="2025-12-31",
        live=True,
    )  # fmt: skip
    told = capsys.readouterr().out
    assert "measured out of fold in 5 folds" in told
    assert "not measured out of time: on one side of 2025-12-31" in told
    assert "a classic one was learned: trees need 100" in told
    with house.transaction() as db:
        model = queries.live_model(db)
        assert model.model_id in told
        assert (model.target, model.report["digest"]) == ("defaulted", model.card.digest)
        assert (model.kind, model.data_hash) == ("classic", model.report["data_hash"])
        assert model.code_version == code_version()
        assert model.page.startswith("# The card market\n")
        assert [step.reason for step in stages_of(db, model.model_id)] == ["kept after training", FIRST]
    with pytest.raises(TakesTwo):
        train(str(market / "outcomes.csv"), as_of="2025-12-31", live=True)

    rate("", as_of="2025-12-31")
    assert "shops rated as of 2025-12-31, 0 unchanged, 0 not registered here" in capsys.readouterr().out
    rate("", as_of="2025-12-31")
    assert capsys.readouterr().out.startswith("0 shops rated as of 2025-12-31")

    with house.transaction() as db:
        one = db.execute(
            """
            select shop.shop_key, rating.points, rating.grade
              from rating
              join shop on shop.shop_id = rating.shop_id
             order by shop.shop_key
             limit 1
            """
        ).fetchone()
    assert one is not None
    rate(one[0], as_of="2025-12-31")
    assert f"{one[0]} as of 2025-12-31: {one[1]} points" in (shown := capsys.readouterr().out)
    assert f"grade {one[2]}" in shown

    with pytest.raises(ShopNotRated, match="nobody on 2025-12-31"):
        rate("nobody", as_of="2025-12-31")


def test_without_records_a_card_a_day_the_commands_say_what_is_lacking(house: Database) -> None:
    with pytest.raises(EmptyLake, match="lendmill import"):
        train("invoices", as_of="", key="card")
    with pytest.raises(NotADay, match=r"31\.12\.2025"):
        train("invoices", as_of="31.12.2025", key="card")
    for nowhere in ("no-such", "no-such.csv", "no-such.parquet"):
        with pytest.raises(NoSuchLabels, match=nowhere):
            train(nowhere, as_of="2025-12-31", key="card")
    Path("short.csv").write_text("shop_key\na\n", encoding="utf-8")
    Path("known.csv").write_text("shop_key,defaulted\na,1\n", encoding="utf-8")
    with pytest.raises(NoSuchApplicants, match="lacks as_of_on"):
        train("known.csv", as_of="2025-12-31", turned_away="short.csv")
    with pytest.raises(queries.NoLiveModel, match="lendmill train"):
        rate("", as_of="2025-12-31")
    with house.transaction() as db:
        assert queries.models(db) == []
