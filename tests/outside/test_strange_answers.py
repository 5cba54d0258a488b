"""Answers of a rail that is broken or hostile: none of them stops the house, and none is believed."""

from datetime import date

import httpx
import pytest

from lender import Lender
from lendmill.db import Database, scalar
from lendmill.outside.carrying import carry
from lendmill.outside.line import BODY_BYTES_MAX, Line
from lendmill.outside.rail import Answer, HttpRail, Request

DAY = date(2026, 1, 1)
ASKED = Request("payout-1", "payout", 700_000, DAY)


def _rail(content: bytes) -> HttpRail:
    """A rail that always answers with these bytes."""
    rail = HttpRail("http://rail")
    answering = httpx.MockTransport(lambda _: httpx.Response(200, content=content))
    rail._line = Line("http://rail", timeout_seconds=5.0, transport=answering)
    return rail


@pytest.mark.parametrize(
    "content",
    [
        b"", b" " * (BODY_BYTES_MAX + 1), b"null", b"[]", b"7", b'"confirmed"', b"{}", b"\xff\xfe", b"[" * 100_000,
        b'{"key": "payout-1", "amount_cents": 700000, "status": "confirmed", "value_on": 20260101}',
        b'{"key": "payout-1", "amount_cents": 700000, "status": "confirmed", "value_on": "2026-02-30"}',
        b'{"key": "payout-1", "amount_cents": 700000, "status": ["confirmed"], "value_on": "2026-01-01"}',
        b'{"key": "payout-1", "amount_cents": 700001, "status": "confirmed", "value_on": "2026-01-01"}',
        b'{"key": "payout-2", "amount_cents": 700000, "status": "confirmed", "value_on": "2026-01-01"}',
    ],
)  # fmt: skip
def test_an_answer_that_cannot_be_read_is_unknown(content: bytes) -> None:
    rail = _rail(content)
    assert rail.send(ASKED).status == "unknown"
    assert rail.ask(ASKED).status == "unknown"
    rail.close()


def test_the_rails_words_are_cut_short_and_can_be_written_down() -> None:
    words = b"\\u0000no \\ud800account\\u202e" + b"!" * 1000
    rail = _rail(b'{"key": "payout-1", "amount_cents": 700000, "status": "failed", "reason": "' + words + b'"}')
    answer = rail.send(ASKED)
    assert (answer.status, answer.reason[:12], len(answer.reason)) == ("failed", "no account!!", 197)
    rail.close()


class _Broken:
    """A rail whose first answer cannot even be written down; the second one is fine."""

    def __init__(self) -> None:
        self.heard = 0

    def send(self, request: Request) -> Answer:
        """Say something."""
        self.heard += 1
        return Answer("failed", reason="\0") if self.heard == 1 else Answer("confirmed", request.asked_on)

    ask = send


def test_one_payment_that_cannot_be_settled_does_not_hold_up_the_others(database: Database) -> None:
    lender = Lender(database).found()
    for _ in range(3):
        borrower_id, line_id = lender.borrower()
        lender.ask_draw(borrower_id, line_id, 700_000)
    assert carry(database, _Broken()) == 3
    with database.transaction() as db:
        states = scalar(db, "select array_agg(status order by status) from instruction")
    assert states == ["confirmed", "confirmed", "waiting"]
    lender.keeps_its_promises()
