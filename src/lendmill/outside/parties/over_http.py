"""Asking a third party over HTTP with JSON; what is not a whole answer about the one we asked for is `unknown`."""

import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import Final

import httpx
import msgspec

from lendmill.outside.parties.line import Line
from lendmill.outside.parties.party import Enquiry, Said
from lendmill.people.identity import spelled
from lendmill.rating.parties.answer import PartyAnswer, judged, said_wrong
from lendmill.rating.parties.party import ThirdParty, party_called

TIMEOUT_SECONDS: Final = 10.0
WHOLE_TIMES: Final = 2  # the time-out is for each part of an answer; all of them together have twice as long
CONNECT_TRIES_MORE: Final = 1  # only where the line was never up, so that nothing was asked yet
BODY_BYTES_MAX: Final = 1_000_000
REASON_LETTERS_MAX: Final = 200
SECOND_WORD: Final = timedelta(days=1)  # a party's clock may be a day ahead of the house's day

TOO_LONG: Final = PartyAnswer("timed out", reason="the answer took too long as a whole")


class HttpParty:
    """A third party reached over HTTP.

    POST /enquiries asks, with the key as Idempotency-Key; GET /enquiries/KEY tells what came of it, 404 when it was
    never heard of; 202 that it is still being worked on.
    """

    def __init__(self, party: str, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._party = party_called(party)
        afresh = httpx.Limits(max_keepalive_connections=0)  # each exchange has a line of its own, to be cut
        transport = httpx.HTTPTransport(retries=CONNECT_TRIES_MORE, trust_env=False, limits=afresh)
        self._whole_seconds = WHOLE_TIMES * timeout_seconds
        self._client = httpx.Client(base_url=url, timeout=timeout_seconds, transport=transport, trust_env=False)

    def close(self) -> None:
        """Hang up."""
        self._client.close()

    def send(self, enquiry: Enquiry) -> PartyAnswer:
        """Post the question under its key."""
        body = {
            "key": enquiry.key,
            "party": enquiry.party,
            "identity_no": enquiry.identity_no,
            "consent_id": enquiry.consent_id,
            "asked_on": enquiry.asked_on.isoformat(),
        }
        request = self._client.build_request("POST", "/enquiries", json=body, headers={"Idempotency-Key": enquiry.key})
        answer = self._exchange(request, enquiry)
        return PartyAnswer("unknown", reason="the party answered with status 404") if answer is None else answer

    def ask(self, enquiry: Enquiry) -> PartyAnswer | None:
        """Look the question up by its key."""
        return self._exchange(self._client.build_request("GET", f"/enquiries/{enquiry.key}"), enquiry)

    def _exchange(self, request: httpx.Request, enquiry: Enquiry) -> PartyAnswer | None:
        line = Line()
        request.extensions["trace"] = line.note
        try:
            with line.held_for(self._whole_seconds), closing(self._client.send(request, stream=True)) as response:
                text = _bounded(response)
        except httpx.TimeoutException as silence:
            return PartyAnswer("timed out", reason=f"no answer in time: {type(silence).__name__}")
        except httpx.HTTPError as broken:
            return TOO_LONG if line.was_cut else PartyAnswer("unknown", reason=f"no answer: {type(broken).__name__}")
        if line.was_cut:
            return TOO_LONG
        if response.status_code == httpx.codes.NOT_FOUND:
            return None
        if response.status_code == httpx.codes.ACCEPTED:
            return PartyAnswer("timed out", reason="the party is still at it")
        if response.status_code != httpx.codes.OK:
            return PartyAnswer("unknown", reason=f"the party answered with status {response.status_code}")
        if text is None:
            return PartyAnswer("unknown", reason="the answer is larger than any that could be true")
        return _read(text, enquiry, self._party)


def _bounded(response: httpx.Response) -> bytes | None:
    """The body, unless it is too large to be one."""
    text = b""
    for part in response.iter_bytes():
        text += part
        if len(text) > BODY_BYTES_MAX:
            return None
    return text


def _read(text: bytes, enquiry: Enquiry, party: ThirdParty) -> PartyAnswer:
    """Believe only an answer that is whole, and about this very question and person; a reason names no figure."""
    digest = hashlib.sha256(text).hexdigest()
    try:
        said = msgspec.json.decode(text, type=Said)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return PartyAnswer("unknown", reason="the answer cannot be read", body_digest=digest)
    found = _believed(said, enquiry, party)
    reason = found.reason or _readable(said.reason)
    return replace(found, reason=reason, answered_by=_readable(said.answered_by), body_digest=digest)


def _believed(said: Said, enquiry: Enquiry, party: ThirdParty) -> PartyAnswer:
    wrong = _not_ours(said, enquiry) or _contradicts(said, enquiry, party)
    if wrong:
        return PartyAnswer("unknown", reason=wrong)
    if said.state == "refused":
        return PartyAnswer("refused")
    assert said.as_of_on is not None, "looked at above"
    as_of_on = min(said.as_of_on, enquiry.asked_on)
    if said.state == "no record":
        return PartyAnswer("no record", as_of_on)
    return judged(
        party, said.figures, as_of_on=as_of_on, asked_on=enquiry.asked_on, product_key=enquiry.product_key,
        missing=tuple(_readable(name) for name in said.missing),
    )  # fmt: skip


def _not_ours(said: Said, enquiry: Enquiry) -> str:
    if said.key != enquiry.key or said.party != enquiry.party:
        return "the answer is to another question"
    if spelled(said.identity_no) != spelled(enquiry.identity_no):
        return "the answer is about somebody else: tell the party"
    return ""


def _contradicts(said: Said, enquiry: Enquiry, party: ThirdParty) -> str:
    """Why an answer that is about the right person cannot be true as it stands."""
    if said.state not in ("answered", "no record", "refused"):
        return "the answer has a state that was not agreed"
    if said.state == "refused":
        return "refused, and yet with figures" if said.figures else ""
    if said.as_of_on is None:
        return "the answer does not say of which day it is"
    if said.as_of_on > enquiry.asked_on + SECOND_WORD:
        return "the answer is dated in the future"
    if said.state == "no record":
        return "no record, and yet with figures" if said.figures else ""
    if not said.figures and not said.missing and party.needed:
        return "answered, and yet without a figure"
    return said_wrong(party, said.figures, said.as_of_on)


def _readable(text: str) -> str:
    """The party's own words, cut short, and without signs that cannot be written down."""
    return "".join(sign for sign in text[:REASON_LETTERS_MAX] if sign.isprintable())
