"""The online decision, measured at the door over HTTP, beside pgbench running the same statements in the same run.

    python bench/online_decision.py [--seconds 6] [--rounds 3] [--sellers 40000]

A request is a whole application in one call, by a marketplace's program with its token and a key of its own, for a
seller who never applied before. Afterwards the decisions in the database must be as many as the answers.
"""

import argparse
import json
import statistics
import subprocess
import sys
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from _figures import keep, shown
from _house import House, house, open_for_business, partner_token
from _pgbench import Ran, Script, captured, feed, go_on_after, pgbench, ran, script

from lendmill.credit.consents import CONSENTS

CONNECTIONS = 16
WARM_UP = 300
TABLES = ("decision", "application", "line", "consent", "command")
BODY: dict[str, Any] = {
    "product_key": "credit-line",
    "amount_cents": 500_000,
    "purpose": "stock",
    "language": "zh-Hans",
    "consents": [consent.purpose for consent in CONSENTS],
}


@dataclass
class Doors:
    """The doors as the measurement meets them, and the sellers who have not applied yet."""

    here: House
    port: int
    token: str
    sellers: list[UUID]

    def measured(self, seconds: float, per_second: float = 0.0) -> dict[str, Any]:
        """Let the load generator run, and hold what it was answered against what the database has."""
        before = self.here.counts(*TABLES)
        plan = {
            "port": self.port, "token": self.token, "body": BODY, "connections": CONNECTIONS, "seconds": seconds,
            "per_second": per_second, "borrowers": [str(one) for one in self.sellers],
        }  # fmt: skip
        asked, told = self.here.var / "plan.json", self.here.var / "result.json"
        asked.write_text(json.dumps(plan))
        subprocess.run([sys.executable, str(Path(__file__).with_name("_load.py")), str(asked), str(told)], check=True)
        result: dict[str, Any] = json.loads(told.read_text())
        del self.sellers[: result["asked"]]
        after = self.here.counts(*TABLES)
        answered = len(result["took"])
        decided = sum(n for told, n in result["answers"].items() if told.split()[1] in ("approve", "refer", "decline"))
        assert answered == result["asked"] == decided, f"not every request was decided: {result['answers']}"
        assert after["decision"] - before["decision"] == answered, f"{answered} answers, but {before} became {after}"
        return result

    def one_request(self) -> None:
        """Ask once, for the statements to be read off the server's log."""
        borrower_id = self.sellers.pop(0)
        headers = {"Authorization": f"Bearer {self.token}", "Idempotency-Key": f"{borrower_id}"}
        headers["Content-Type"] = "application/json"
        url = f"http://127.0.0.1:{self.port}/api/v1/borrowers/{borrower_id}/decisions"
        told = json.load(urllib.request.urlopen(urllib.request.Request(url, json.dumps(BODY).encode(), headers)))
        assert told["outcome"] == "approve", told


SHOPS = "select borrower_id, shop_id from shop"


def statements_of_one(doors: Doors, ceiling_sellers: list[UUID]) -> Script:
    """Capture one request and make a pgbench script of it, with sellers of its own."""
    here, borrower_id = doors.here, doors.sellers[0]
    shops = dict(here.owner(SHOPS))
    made = script(
        captured(here, doors.one_request, borrower_id),
        {"borrower_id": borrower_id, "shop_id": shops[borrower_id]},
        CONNECTIONS,
    )
    feed(here, made, [{"borrower_id": one, "shop_id": shops[one]} for one in ceiling_sellers])
    return made


def ceiling(here: House, made: Script, seconds: float, per_second: float = 0.0) -> Ran:
    """Let pgbench run the script, and count what it wrote."""
    before = here.counts(*TABLES)
    here.checkpoint()
    found = ran(here, made, clients=CONNECTIONS, seconds=seconds, per_second=per_second)
    after = here.counts(*TABLES)
    each = {"consent": len(CONSENTS)}
    for table in TABLES:
        wrote = after[table] - before[table]
        assert wrote == found.transactions * each.get(table, 1), f"{found.transactions} ran, {table}: {wrote} rows"
    go_on_after(here, made, CONNECTIONS)
    return found


def quantile(took: list[float], share: float) -> float:
    """Milliseconds within which this share was answered."""
    return sorted(took)[min(len(took) - 1, int(share * len(took)))] * 1000


def one_round(doors: Doors, made: Script, seconds: float) -> dict[str, float]:
    """Doors flat out, pgbench, then the doors and pgbench at half the doors' rate."""
    doors.here.checkpoint()
    flat_out = doors.measured(seconds)
    rate = len(flat_out["took"]) / flat_out["seconds"]
    beside = ceiling(doors.here, made, seconds)
    doors.here.checkpoint()
    steady = doors.measured(seconds, per_second=rate / 2)
    beside_steady = ceiling(doors.here, made, seconds, per_second=rate / 2)
    return {
        "per_second": rate,
        "p50_ms": quantile(flat_out["took"], 0.5),
        "p99_ms": quantile(flat_out["took"], 0.99),
        "pgbench_per_second": beside.per_second,
        "pgbench_mean_ms": beside.mean_ms,
        "ratio": rate / beside.per_second,
        "half_load_p50_ms": quantile(steady["took"], 0.5),
        "half_load_p99_ms": quantile(steady["took"], 0.99),
        "pgbench_half_load_p99_ms": quantile(beside_steady.took, 0.99),
    }


def main() -> None:
    """Measure, print, and add a line to the history."""
    asked = argparse.ArgumentParser(description="The online decision at the door, beside pgbench.")
    asked.add_argument("--seconds", type=float, default=6)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--sellers", type=int, default=40_000)
    asked.add_argument("--no-history", action="store_true", help="measure without adding to the history")
    given = asked.parse_args()
    pgbench()
    with house() as here:
        sellers = open_for_business(here, given.sellers)
        token = partner_token(here)
        half = len(sellers) // 2
        doors = Doors(here, here.serve(), token, sellers[:half])
        doors.measured(2)
        made = statements_of_one(doors, sellers[half:])
        rounds = [one_round(doors, made, given.seconds) for _ in range(given.rounds)]
    figures = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
    figures |= {"statements": made.statements, "rounds": given.rounds}
    shown(
        f"online decision at the door ({made.statements} statements each), median of {given.rounds}",
        [
            ("decisions per second, 16 connections", f"{figures['per_second']:.0f}", ""),
            ("p50 / p99 flat out", f"{figures['p50_ms']:.0f} / {figures['p99_ms']:.0f} ms", ""),
            ("pgbench, the same statements", f"{figures['pgbench_per_second']:.0f} per second", ""),
            ("pgbench, mean", f"{figures['pgbench_mean_ms']:.1f} ms", ""),
            ("ratio", f"{figures['ratio']:.2f}", ">= 0.4"),
            ("p99 at half load", f"{figures['half_load_p99_ms']:.0f} ms", "<= 50 ms"),
            ("pgbench, p99 at the same rate", f"{figures['pgbench_half_load_p99_ms']:.0f} ms", ""),
        ],
    )
    if not given.no_history:
        keep("online decision", figures)


if __name__ == "__main__":
    main()
