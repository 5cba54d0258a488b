"""A card goes from a notebook to a house as a file: the same card and report arrive, or a sentence says why not."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec
import numpy as np
import polars as pl
import pytest

pytest.importorskip("optbinning", reason="training extra not installed: OptBinning")

from psycopg.conninfo import conninfo_to_dict

from lendmill.cli.registry import NoSuchCardFile, keep
from lendmill.db import Database
from lendmill.rating import queries
from lendmill.rating.axes import InvalidCard
from lendmill.rating.card import Card
from lendmill.rating.learning import Scorecard
from lendmill.rating.published import NotACard, OtherCardsReport, published, taken_in
from lendmill.rating.registry.queries import stages_of
from lendmill.rating.training import Report


@pytest.fixture(scope="module")
def learned() -> Scorecard:
    chance = np.random.default_rng(3)
    days, trade = chance.integers(0, 90, 300).astype(float), chance.choice(["food", "toys"], 300)
    bad = chance.random(300) < 1 / (1 + np.exp(0.06 * (days - 25) + 1.5 * (trade == "food")))
    return Scorecard(key="note").fit(pl.DataFrame({"sale_days_90": days, "trade": trade}), bad)


@pytest.fixture
def house(database: Database, database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    monkeypatch.setenv("LENDMILL_DATABASE_URL", "postgresql:///?" + urlencode(conninfo_to_dict(database_url)))
    monkeypatch.setenv("LENDMILL_VAR", str(tmp_path / "var"))
    return database


def test_what_was_published_is_taken_in_to_the_byte(learned: Scorecard) -> None:
    card, report = taken_in(learned.published(), "note.json")
    assert (card, report) == (learned.card, learned.report)
    assert published(card, learned.report) == learned.published()


def test_a_card_alone_comes_without_figures(learned: Scorecard) -> None:
    assert taken_in(learned.card.written(), "card.json") == (learned.card, None)


def changed(change: Callable[[dict[str, Any]], Any]) -> Callable[[bytes], bytes]:
    """The file with something in it changed."""

    def spoilt(body: bytes) -> bytes:
        document = json.loads(body)
        return json.dumps(change(document) or document).encode()

    return spoilt


@pytest.mark.parametrize(
    ("spoil", "refusal", "said"),
    [
        (lambda body: body[: len(body) // 2], NotACard, "note.json is no card that can be read: Input data was trunc"),
        (lambda _: b"", NotACard, "truncated"),
        (lambda _: b"\xff\xfe{", NotACard, "note.json is no card"),
        (lambda _: b"PK\x03\x04", NotACard, "malformed"),
        (lambda _: b"[1, 2]", NotACard, "no document with tables"),
        (lambda _: b"{}", InvalidCard, "document"),
        (lambda _: b'{"card":' + b"[" * 100_000, NotACard, "nested too deeply"),
        (changed(lambda told: told.update(card=[])), NotACard, "its card is no document"),
        (changed(lambda told: told["card"].update(format=3)), InvalidCard, "format is 3; allowed: 1 to 2; a card writ"),
        (changed(lambda told: told["card"].update(format="2")), InvalidCard, "format is 2; allowed"),
        (changed(lambda told: told["card"].update(tables=["a"])), InvalidCard, "document"),
        (changed(lambda _: {"tables": ["a"]}), InvalidCard, "document"),
        (changed(lambda told: told["card"].update(more=1)), InvalidCard, "more"),
        (changed(lambda told: told["card"]["tables"][0]["cells"].pop()), InvalidCard, "cells"),
        (changed(lambda told: told["report"].pop("auc") and None), NotACard, "what it says was measured"),
        (changed(lambda told: told["card"].update(start=0)), OtherCardsReport, "measured of another card"),
    ],
)  # fmt: skip
def test_a_file_that_is_spoilt_is_refused_with_what_is_wrong(
    learned: Scorecard, spoil: Callable[[bytes], bytes], refusal: type[Exception], said: str
) -> None:
    with pytest.raises(refusal) as told:
        taken_in(spoil(published(learned.card, learned.report)), "note.json")
    assert said in str(told.value)


def one_more(told: dict[str, Any]) -> None:
    told["report"]["bads"] += 1


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (one_more, "note.json is no card that can be read: it was changed after it was published: publish it again."),
        (lambda told: told.update(more=1), "it was changed after it was published"),
        (lambda told: told.update(digest=None), "it was changed after it was published"),
        (lambda told: told.pop("report") and None, "it was changed after it was published"),
        (lambda told: told.pop("digest") and None, "it bears no digest of what it holds, as a version before this one"),
    ],
)
def test_a_file_in_which_a_figure_was_changed_is_refused(
    learned: Scorecard, change: Callable[[dict[str, Any]], Any], said: str
) -> None:
    with pytest.raises(NotACard) as told:
        taken_in(changed(change)(learned.published()), "note.json")
    assert said in str(told.value)


def test_a_card_published_alone_bears_a_digest_too(learned: Scorecard) -> None:
    alone = published(learned.card, None)
    assert taken_in(alone, "note.json") == (learned.card, None)
    assert taken_in(changed(lambda told: told)(alone), "note.json") == (learned.card, None)  # written with blanks
    with pytest.raises(NotACard, match="it was changed after it was published"):
        taken_in(changed(lambda told: told["card"].update(start=0))(alone), "note.json")
    with pytest.raises(InvalidCard, match="nested too deeply"):
        Card.read(b'{"tables":' + b"[" * 100_000)


def test_no_file_cut_anywhere_is_taken_for_a_card(learned: Scorecard) -> None:
    whole = learned.card.written()
    for end in range(0, len(whole), 11):
        with pytest.raises(InvalidCard):
            Card.read(whole[:end])
    for at in range(0, len(whole), 7):
        flipped = bytearray(whole)
        flipped[at] ^= 0x80
        with pytest.raises(InvalidCard):
            Card.read(bytes(flipped))


def test_a_house_keeps_it_once_as_a_draft_and_says_what_it_cannot_read(
    house: Database, learned: Scorecard, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "note.json"
    file.write_bytes(learned.published())
    for _ in range(2):
        keep(file)
    told = capsys.readouterr().out
    assert "a draft" in told
    assert "This house knows nothing of trade: with this card every shop's rating would be UNKNOWN." in told
    with house.transaction() as db:
        [model] = queries.models(db)
        assert (model.card, model.stage, model.target) == (learned.card, "draft", "bad")
        assert msgspec.convert(model.report, Report) == learned.report
        assert model.page.startswith("# The card note\n")
        assert "Facts as they were handed in at a notebook" in model.page
        assert [step.stage for step in stages_of(db, model.model_id)] == ["draft"]


def test_nothing_of_a_spoilt_file_is_kept(house: Database, learned: Scorecard, tmp_path: Path) -> None:
    whole = published(learned.card, learned.report)
    half = tmp_path / "half.json"
    half.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(NotACard, match=r"half\.json is no card"):
        keep(half)
    for nowhere in (tmp_path / "nowhere.json", tmp_path):
        with pytest.raises(NoSuchCardFile, match="There is no file"):
            keep(nowhere)
    with house.transaction() as db:
        assert queries.models(db) == []
