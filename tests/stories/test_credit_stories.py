"""What comes before a loan, told day by day in plain text and played on a real house: policies, files, offers."""

import re
from datetime import date
from pathlib import Path

import pytest
from credit_sentences import CreditPlayer

from lender import Lender
from lendmill.db import Database

STORIES = sorted((Path(__file__).parent / "credit").glob("*.story"))


def test_there_are_stories() -> None:
    assert len(STORIES) >= 4


@pytest.mark.parametrize("path", STORIES, ids=lambda path: path.stem)
def test_story(path: Path, database: Database) -> None:
    player = CreditPlayer(Lender(database)).found()
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if found := re.fullmatch(r"(\d{4}-\d\d-\d\d)  ?(.+)", line):
            player.lender.go_to(date.fromisoformat(found[1]))
            try:
                player.play(found[2].strip())
                player.lender.keeps_its_promises()
            except AssertionError as wrong:
                raise AssertionError(f"{path.name}, line {number}: {line}\n{wrong}") from wrong
        else:
            assert not re.match(r"\s*\d", line), f"{path.name}, line {number}: {line}"
