"""A payment rail to try the house against: a process of its own that can be slow, late, double, silent or wrong.

    python -m lendmill.outside.simulated_rail --port 8011 --silent 0.1 --late 0.2

Which payment misbehaves is decided by a hash of its key, so a run can be repeated.
"""

import threading
import time
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, Final

from lendmill.outside.simulating import Player, Playing, chance, play, played

KINDS: Final = ("payout", "collect", "refund")


@dataclass(frozen=True, slots=True)
class Manners:
    """How the rail behaves: shares of payments, between 0 and 1, and delays."""

    slow_seconds: float = 0.0
    silent: float = 0.0
    refused: float = 0.0
    late: float = 0.0
    late_days: int = 1
    wrong: float = 0.0
    pending_asks: int = 0


@dataclass
class Book:
    """Every payment the rail has heard of, by key, and how often it was asked after."""

    manners: Manners
    payments: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: dict[str, int] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def pay(self, body: dict[str, Any]) -> dict[str, Any]:
        """Carry out a payment once; the same key again gets the same answer."""
        with self.lock:
            return self.payments.setdefault(body["key"], self._outcome(body))

    def _outcome(self, body: dict[str, Any]) -> dict[str, Any]:
        key, manners = body["key"], self.manners
        asked_on = date.fromisoformat(body["asked_on"])
        late = manners.late_days if chance(key, "late") < manners.late else 0
        refused = chance(key, "refused") < manners.refused
        amount_cents = int(body["amount_cents"])
        wrong = chance(key, "wrong") < manners.wrong
        return {
            "key": key,
            "kind": body["kind"],
            "amount_cents": amount_cents + 1 if wrong else amount_cents,
            "status": "failed" if refused else "confirmed",
            "value_on": None if refused else (asked_on + timedelta(days=late)).isoformat(),
            "reason": "the account is closed" if refused else "",
        }

    def answer(self, key: str) -> dict[str, Any] | None:
        """What became of a payment; the first few times it may still be on its way."""
        with self.lock:
            payment = self.payments.get(key)
            self.asked[key] = self.asked.get(key, 0) + 1
            if payment is not None and self.asked[key] <= self.manners.pending_asks:
                return {**payment, "status": "pending", "value_on": None}
            return payment

    def silent(self, key: str) -> bool:
        """Whether this payment's first answer is lost on the way, though the money moves."""
        return chance(key, "silent") < self.manners.silent


class Handler(Playing):
    """Answers /payments in JSON."""

    book: Book

    def taken(self, body: Any) -> None:
        """Take a payment."""
        if self.path != "/payments" or body.get("kind") not in KINDS or int(body.get("amount_cents", 0)) <= 0:
            return self.say(400, {"reason": "not a payment"})
        payment = self.book.pay(body)
        time.sleep(self.book.manners.slow_seconds)
        if self.book.silent(body["key"]):
            self.close_connection = True
            return None
        if self.book.manners.pending_asks:
            return self.say(200, {**payment, "status": "pending", "value_on": None})
        return self.say(200, payment)

    def asked(self) -> None:
        """Say what became of a payment, or that all is well."""
        if self.path == "/health":
            return self.say(200, {"status": "ok", "payments": len(self.book.payments)})
        found = self.book.answer(self.path.removeprefix("/payments/"))
        return self.say(404, {"reason": "never heard of it"}) if found is None else self.say(200, found)


def serve(host: str, port: int, manners: Manners) -> Player:
    """A rail ready to answer; the port is 0 for any free one."""
    return Player((host, port), type("RailHandler", (Handler,), {"book": Book(manners)}))


def started(*manners: str) -> AbstractContextManager[str]:
    """A simulated rail in a process of its own, by its address; it ends with the block."""
    return played("lendmill.outside.simulated_rail", *manners)


if __name__ == "__main__":
    play("rail", serve, Manners, about=__doc__, port=8011)
