"""Asking a third party over HTTP with JSON; what is not a whole answer about the one we asked for is `unknown`."""

import hashlib
import re
from dataclasses import replace
from datetime import timedelta
from http import HTTPStatus
from typing import Final

import msgspec
from msgspec.structs import replace as changed

from lendmill.outside.line import Heard, Line, readable
from lendmill.outside.parties.party import Enquiry, Said
from lendmill.people.identity import spelled
from lendmill.rating.parties.answer import PartyAnswer, judged, said_wrong
from lendmill.rating.parties.party import ThirdParty, party_called

TIMEOUT_SECONDS: Final = 10.0
WITHHELD: Final = "[number withheld]"
SECOND_WORD: Final = timedelta(days=1)  # a party's clock may be a day ahead of the house's day


class HttpParty:
    """A third party reached over HTTP.

    POST /enquiries asks, with the key as Idempotency-Key; GET /enquiries/KEY tells what came of it, 404 when it was
    never heard of; 202 that it is still being worked on.
    """

    def __init__(self, party: str, url: str, *, timeout_seconds: float = TIMEOUT_SECONDS) -> None:
        self._party = party_called(party)
        self._line = Line(url, timeout_seconds=timeout_seconds)

    def close(self) -> None:
        """Hang up."""
        self._line.close()

    def send(self, enquiry: Enquiry) -> PartyAnswer:
        """Post the question under its key."""
        body = {
            "key": enquiry.key,
            "party": enquiry.party,
            "identity_no": enquiry.identity_no,
            "consent_id": enquiry.consent_id,
            "asked_on": enquiry.asked_on.isoformat(),
        }
        heard = self._line.post("/enquiries", body, headers={"Idempotency-Key": enquiry.key})
        return _told(heard, enquiry, self._party)

    def ask(self, enquiry: Enquiry) -> PartyAnswer | None:
        """Look the question up by its key."""
        heard = self._line.get(f"/enquiries/{enquiry.key}")
        return None if heard.status == HTTPStatus.NOT_FOUND else _told(heard, enquiry, self._party)


def _told(heard: Heard, enquiry: Enquiry, party: ThirdParty) -> PartyAnswer:
    """What came back, as a state of the answer."""
    if heard.silence:
        return PartyAnswer("timed out" if heard.too_slow else "unknown", reason=heard.silence)
    if heard.status == HTTPStatus.ACCEPTED:
        return PartyAnswer("timed out", reason="the party is still at it")
    if heard.status != HTTPStatus.OK:
        return PartyAnswer("unknown", reason=f"the party answered with status {heard.status}")
    return _read(heard.text, enquiry, party)


def _read(text: bytes, enquiry: Enquiry, party: ThirdParty) -> PartyAnswer:
    """Believe only an answer that is whole, and about this very question and person; a reason names no figure."""
    digest = hashlib.sha256(text).hexdigest()
    try:
        said = _without_number(msgspec.json.decode(text, type=Said), enquiry.identity_no)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return PartyAnswer("unknown", reason="the answer cannot be read", body_digest=digest)
    found = _believed(said, enquiry, party)
    reason = found.reason or readable(said.reason)
    return replace(found, reason=reason, answered_by=readable(said.answered_by), body_digest=digest)


def _without_number(said: Said, identity_no: str) -> Said:
    """The answer with no word kept that repeats whose number was asked about, whatever stands between its signs."""
    signs = (f"[{re.escape(sign)}{_wide(sign)}]" for sign in spelled(identity_no))
    number = re.compile(r"[\W_]*".join(signs), re.IGNORECASE)

    def told(text: str) -> str:
        return number.sub(WITHHELD, text)

    figures = tuple(
        changed(
            figure, subject=told(figure.subject), reference=told(figure.reference),
            counterparty=None if figure.counterparty is None else told(figure.counterparty),
        )
        for figure in said.figures
    )  # fmt: skip
    return changed(
        said, figures=figures, reason=told(said.reason), answered_by=told(said.answered_by),
        missing=tuple(told(name) for name in said.missing),
    )  # fmt: skip


def _wide(sign: str) -> str:
    """The same digit or letter at full width, as Chinese text has it."""
    return chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else ""


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
        missing=tuple(readable(name) for name in said.missing),
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
