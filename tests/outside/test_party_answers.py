"""Only a whole answer about the very person and question is believed; anything else, from any server, is a state."""

import json
import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from lendmill.outside.line import BODY_BYTES_MAX
from lendmill.outside.parties.over_http import HttpParty
from lendmill.outside.parties.party import Enquiry
from lendmill.rating.parties.answer import PartyAnswer

DAY = date(2026, 1, 1)
NUMBER = "690007199005170003"
ASKED = Enquiry("registry-1", "registry", NUMBER, "consent-1", DAY)


def figure(subject: str, **more: Any) -> dict[str, Any]:
    return {"subject": subject, "happened_on": "2025-12-31", **more}


FIGURES = [
    figure("registered_capital", amount_cents=100_000_000),
    figure("active", quantity=1.0),
    figure("years_registered", quantity=7.0),
    figure("legal_cases", quantity=0.0),
    figure("enforcement", quantity=0),
]
WHOLE: dict[str, Any] = {
    "key": "registry-1",
    "party": "registry",
    "identity_no": NUMBER.lower(),
    "state": "answered",
    "as_of_on": "2025-12-31",
    "figures": FIGURES,
}


@contextmanager
def answering(status: int, body: Any, party: str = "registry", timeout_seconds: float = 5.0) -> Iterator[HttpParty]:
    """A party that is reached, and gives one answer to everything."""
    text = body if isinstance(body, bytes) else json.dumps(body).encode()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.rfile.read(int(self.headers.get("content-length", 0)))
            self.send_response(status)
            self.send_header("content-length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    asked = HttpParty(party, f"http://127.0.0.1:{server.server_port}", timeout_seconds=timeout_seconds)
    try:
        yield asked
    finally:
        asked.close()
        server.shutdown()
        thread.join()
        server.server_close()


def test_a_whole_answer_is_believed_however_it_was_come_by() -> None:
    with answering(200, WHOLE) as party:
        sent, asked = party.send(ASKED), party.ask(ASKED)
    assert sent == asked
    assert (sent.state, sent.as_of_on, sent.missing, sent.counts) == ("answered", date(2025, 12, 31), (), True)
    assert [(each.subject, each.amount_cents, each.quantity) for each in sent.figures][:2] == [
        ("registered_capital", 100_000_000, None),
        ("active", None, 1.0),
    ]
    assert sent.body_digest is not None
    assert len(sent.body_digest) == 64


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (500, WHOLE), (503, b""), (429, WHOLE), (403, WHOLE), (301, b""), (204, b""),
        (200, b""), (200, b"<html>"), (200, b"[]"), (200, b"null"), (200, b"\xff"), (200, b"[" * 100_000),
        (200, json.dumps(WHOLE).encode()[:-5]),
        (200, {**WHOLE, "key": "registry-2"}), (200, {**WHOLE, "party": "bureau"}),
        (200, {**WHOLE, "identity_no": "690007199005170011"}), (200, {**WHOLE, "identity_no": ""}),
        (200, {**WHOLE, "state": "clean"}), (200, {**WHOLE, "state": "partial"}), (200, {**WHOLE, "as_of_on": None}),
        (200, {**WHOLE, "as_of_on": "2026-02-01"}), (200, {**WHOLE, "as_of_on": "yesterday"}),
        (200, {**WHOLE, "figures": []}), (200, {**WHOLE, "figures": FIGURES * 2}),
        (200, {**WHOLE, "figures": [*FIGURES, figure("score", quantity=700.0)]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], figure("enforcement", quantity="0")]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], figure("enforcement", quantity=2.0)]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], figure("enforcement", quantity=-1.0)]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], figure("enforcement", amount_cents=1)]}),
        (200, {**WHOLE, "figures": [*FIGURES[1:], figure("registered_capital", amount_cents=1.5)]}),
        (200, {**WHOLE, "figures": [*FIGURES[1:], figure("registered_capital", amount_cents=10**16)]}),
        (200, {**WHOLE, "figures": [*FIGURES[1:], figure("registered_capital", amount_cents=-1)]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], figure("enforcement", quantity=0.0, reference="1")]}),
        (200, {**WHOLE, "figures": [*FIGURES[:4], {**FIGURES[4], "happened_on": "2026-01-01"}]}),
        (200, {**WHOLE, "state": "no record"}), (200, {**WHOLE, "state": "refused"}),
        (200, json.dumps(WHOLE).encode() + b" " * BODY_BYTES_MAX),
    ],
)  # fmt: skip
def test_what_is_not_whole_or_not_about_us_is_unknown_and_has_no_figure(status: int, body: Any) -> None:
    with answering(status, body) as party:
        answers = [party.send(ASKED), party.ask(ASKED)]
    assert [(answer.state, answer.figures) for answer in answers if answer is not None] == [("unknown", ())] * 2
    assert all(answer is not None and answer.reason for answer in answers)


def test_not_found_is_never_heard_when_asked_and_unknown_when_sent() -> None:
    with answering(404, b"") as party:
        assert party.ask(ASKED) is None
        assert party.send(ASKED).state == "unknown"


@pytest.mark.parametrize(
    ("changed", "state", "missing"),
    [
        ({"figures": FIGURES[:4]}, "partial", ("enforcement",)),
        ({"missing": ["legal_cases"]}, "partial", ("legal_cases",)),
        ({"as_of_on": "2025-12-02", "figures": [{**each, "happened_on": "2025-12-01"} for each in FIGURES]},
         "answered", ()),
        ({"as_of_on": "2025-12-01", "figures": [{**each, "happened_on": "2025-12-01"} for each in FIGURES]},
         "stale", ()),
        ({"as_of_on": "2025-12-01", "figures": [{**each, "happened_on": "2025-12-01"} for each in FIGURES[:4]]},
         "stale", ("enforcement",)),
        ({"as_of_on": "2026-01-02"}, "answered", ()),  # their clock is ahead of our day
        ({"state": "no record", "figures": []}, "no record", ()),
        ({"state": "refused", "figures": [], "as_of_on": None}, "refused", ()),
    ],
)  # fmt: skip
def test_partial_stale_no_record_and_refused_are_told_apart(
    changed: dict[str, Any], state: str, missing: tuple[str, ...]
) -> None:
    with answering(200, {**WHOLE, **changed}) as party:
        answer = party.send(ASKED)
    assert (answer.state, answer.missing) == (state, missing)
    assert answer.counts is (state in ("answered", "partial"))
    assert answer.as_of_on is None or answer.as_of_on <= DAY


def test_a_trader_without_declarations_is_answered_and_a_bureau_without_figures_is_not() -> None:
    nothing = {**WHOLE, "figures": []}
    with answering(200, {**nothing, "party": "customs"}, "customs") as party:
        assert party.send(Enquiry("registry-1", "customs", NUMBER, "c", DAY)).state == "answered"
    with answering(200, {**nothing, "party": "bureau"}, "bureau") as party:
        assert party.send(Enquiry("registry-1", "bureau", NUMBER, "c", DAY)).state == "unknown"


def test_declarations_each_have_a_number_of_their_own() -> None:
    declared = figure("export", amount_cents=5, reference="d1", counterparty="p")
    for figures, state in (
        ([declared, {**declared, "reference": "d2"}], "answered"),
        ([declared, declared], "unknown"),
        ([{**declared, "reference": ""}], "unknown"),
        ([{**declared, "reference": "x" * 201}], "unknown"),
        ([{**declared, "counterparty": "a\nb"}], "unknown"),
    ):
        with answering(200, {**WHOLE, "party": "customs", "figures": figures}, "customs") as party:
            assert party.send(Enquiry("registry-1", "customs", NUMBER, "c", DAY)).state == state


def test_nobody_there_is_unknown() -> None:
    party = HttpParty("registry", "http://127.0.0.1:9")
    assert party.send(ASKED).state == "unknown"
    assert party.ask(ASKED) is not None
    party.close()


def test_neither_logs_nor_names_tell_whose_number_was_asked_about(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with answering(200, {**WHOLE, "identity_no": "690007199005170011"}) as party:
        answer = party.send(ASKED)
    assert NUMBER not in repr(ASKED)
    assert NUMBER not in caplog.text
    assert "690007199005170011" not in f"{answer}{caplog.text}"


@pytest.mark.parametrize(
    "written",
    [
        NUMBER,
        " ".join(NUMBER),
        "690007-19900517-0003",
        "690007\u200b199005170003",
        "６９０００７１９９００５１７０００３",
    ],
)
def test_the_number_asked_about_is_kept_in_no_word_of_an_answer(written: str) -> None:
    said = {"reason": f"of {written}!", "answered_by": f"desk {written}", "missing": [f"tax of {written}"]}
    declared = figure("export", amount_cents=5, reference=f"{written}/1", counterparty=f"co {written}")
    both = [declared, {**declared, "reference": f"{written}/2"}]
    with answering(200, {**WHOLE, "party": "customs", **said, "figures": both}, "customs") as party:
        answer = party.send(Enquiry("registry-1", "customs", NUMBER, "c", DAY))
    gone = "[number withheld]"
    assert (answer.state, answer.reason, answer.answered_by) == ("partial", f"of {gone}!", f"desk {gone}")
    assert answer.missing == (f"tax of {gone}",)
    assert [each.reference for each in answer.figures] == [f"{gone}/1", f"{gone}/2"]
    assert {each.counterparty for each in answer.figures} == {f"co {gone}"}
    with answering(200, {**WHOLE, "figures": [figure(written, quantity=1.0)]}) as party:
        assert party.send(ASKED).reason == "a figure about '[number withheld]', which this party does not keep"


def test_two_numbers_that_are_one_without_the_identity_are_not_believed() -> None:
    declared = figure("export", amount_cents=5, reference=NUMBER)
    twice = [declared, {**declared, "reference": "690007-199005170003"}]
    with answering(200, {**WHOLE, "party": "customs", "figures": twice}, "customs") as party:
        answer = party.send(Enquiry("registry-1", "customs", NUMBER, "c", DAY))
    assert (answer.state, answer.reason) == ("unknown", "export is said twice")


@pytest.mark.parametrize(
    ("wrong", "most"),
    [(figure("active", quantity=0.5), figure("active", quantity=0.0)),
     (figure("registered_capital", amount_cents=10**12 + 1), figure("registered_capital", amount_cents=10**12))],
)  # fmt: skip
def test_a_party_says_yes_or_no_and_no_more_money_than_a_file_can(wrong: dict[str, Any], most: dict[str, Any]) -> None:
    others = [each for each in FIGURES if each["subject"] != wrong["subject"]]
    with answering(200, {**WHOLE, "figures": [*others, wrong]}) as party:
        assert party.send(ASKED).reason == f"{wrong['subject']} is not a figure that can be"
    with answering(200, {**WHOLE, "figures": [*others, most]}) as party:
        assert party.send(ASKED).state == "answered"


def test_an_answer_without_figures_never_counts() -> None:
    assert [PartyAnswer(state).counts for state in ("no record", "refused", "timed out", "unknown", "stale")] == [
        False
    ] * 5
