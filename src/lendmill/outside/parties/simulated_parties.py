"""Third parties to try the house against: a process that can be slow, silent, partial, stale, double or plainly wrong.

    python -m lendmill.outside.parties.simulated_parties --port 8012 --silent 0.1 --stale 0.2

All four answer in one process, under /customs, /tax, /bureau and /registry. Which question meets which mishap is
decided by a hash of its key, what is said of somebody by a hash of their number: a run can be repeated. None of it is
true.
"""

import json
import threading
import time
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from lendmill.outside.parties.simulated_figures import figures_of
from lendmill.outside.simulating import Player, Playing, chance, play
from lendmill.rating.parties.party import BY_NAME

STALE_DAYS: Final = 500
HUGE_BYTES: Final = 3_000_000


@dataclass(frozen=True, slots=True)
class PartyManners:
    """How the parties behave: shares of questions, between 0 and 1, and a delay.

    Of the mishaps `silent`, `failing`, `garbled`, `huge` and `pending` only a question's first answer is struck; asked
    again by its key, the party answers.
    """

    slow_seconds: float = 0.0
    silent: float = 0.0
    failing: float = 0.0
    garbled: float = 0.0
    huge: float = 0.0
    pending: float = 0.0
    refused: float = 0.0
    no_record: float = 0.0
    partial: float = 0.0
    stale: float = 0.0
    wrong_person: float = 0.0
    wrong_key: float = 0.0
    double: float = 0.0
    future: float = 0.0


@dataclass
class Archive:
    """Every question the parties have heard, by key, and how often each was worked on: once, whatever is repeated."""

    manners: PartyManners
    answers: dict[str, dict[str, Any]] = field(default_factory=dict)
    worked_on: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enquire(self, party: str, body: dict[str, Any]) -> dict[str, Any]:
        """Work on a question once; the same key again gets the same answer."""
        with self.lock:
            key = body["key"]
            if key not in self.answers:
                self.worked_on[key] = self.worked_on.get(key, 0) + 1
                self.answers[key] = self._answer(party, body)
            return self.answers[key]

    def meets(self, mishap: str, key: str) -> bool:
        """Whether a question meets a mishap."""
        return chance(key, mishap) < float(getattr(self.manners, mishap))

    def _answer(self, party: str, body: dict[str, Any]) -> dict[str, Any]:
        key, number, asked_on = body["key"], body["identity_no"], date.fromisoformat(body["asked_on"])
        as_of_on = asked_on - timedelta(days=STALE_DAYS if self.meets("stale", key) else 1)
        if self.meets("future", key):
            as_of_on = asked_on + timedelta(days=30)
        answer = {
            "key": key + "-other" if self.meets("wrong_key", key) else key,
            "party": party,
            "identity_no": number[:-4] + "0000" if self.meets("wrong_person", key) else number,
            "state": "answered",
            "as_of_on": as_of_on.isoformat(),
            "figures": figures_of(party, number, as_of_on),
            "missing": [],
            "reason": "",
            "answered_by": f"simulated {party}",
        }
        if self.meets("refused", key):
            return {**answer, "state": "refused", "figures": [], "reason": "the consent is not registered with us"}
        if self.meets("no_record", key):
            return {**answer, "state": "no record", "figures": []}
        if self.meets("partial", key):
            needed = BY_NAME[party].needed or BY_NAME[party].numbered
            kept = [each for each in answer["figures"] if each["subject"] != needed[-1]]
            return {**answer, "figures": kept, "missing": [needed[-1]]}
        if self.meets("double", key):
            return {**answer, "figures": answer["figures"] * 2}
        return answer


class Handler(Playing):
    """Answers /PARTY/enquiries in JSON."""

    archive: Archive

    def taken(self, body: Any) -> None:
        """Take a question."""
        party = self.path.strip("/").split("/")[0]
        if party not in BY_NAME or body.get("party") != party or self.headers["idempotency-key"] != body.get("key"):
            return self.say(400, {"reason": "not an enquiry"})
        if not body.get("consent_id"):
            return self.say(403, {"reason": "without a consent nobody is told anything"})
        key, archive = body["key"], self.archive
        first = key not in archive.answers
        answer = archive.enquire(party, body)
        time.sleep(archive.manners.slow_seconds)
        return self.say(200, answer) if not first else self._first(key, answer)

    def _first(self, key: str, answer: dict[str, Any]) -> None:
        """The first answer to a question, with whatever befalls it."""
        if self.archive.meets("silent", key):
            self.close_connection = True
            return None
        if self.archive.meets("failing", key):
            return self.say(503, {"reason": "come again"})
        if self.archive.meets("pending", key):
            return self.say(202, {"reason": "working on it"})
        if self.archive.meets("garbled", key):
            return self.write(200, json.dumps(answer).encode()[: len(json.dumps(answer)) // 2])
        if self.archive.meets("huge", key):
            return self.say(200, {**answer, "padding": "x" * HUGE_BYTES})
        return self.say(200, answer)

    def asked(self) -> None:
        """Say what came of a question, or that all is well."""
        if self.path == "/health":
            return self.say(200, {"status": "ok", "worked_on": sum(self.archive.worked_on.values())})
        found = self.archive.answers.get(self.path.rsplit("/", 1)[-1])
        return self.say(404, {"reason": "never heard of it"}) if found is None else self.say(200, found)


def serve(host: str, port: int, manners: PartyManners) -> Player:
    """Parties ready to answer; the port is 0 for any free one."""
    return Player((host, port), type("PartyHandler", (Handler,), {"archive": Archive(manners)}))


if __name__ == "__main__":
    play("parties", serve, PartyManners, about=__doc__, port=8012)
