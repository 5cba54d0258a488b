"""A night's pass killed at moments by chance and run again: each borrower is answered once, as in a quiet night."""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from uuid import UUID

from credit_cases import TODAY

from lendmill.credit.actions import make_offers_by_page
from lendmill.credit.queries import policy
from lendmill.db import Database
from lendmill.products.queries import on_sale

SHOPS = 24
RUN = """
import sys
from datetime import date
from lendmill.credit.actions import make_offers_by_page
from lendmill.credit.queries import policy
from lendmill.db import Database
from lendmill.products.queries import on_sale
with Database(sys.argv[1]) as database:
    with database.transaction() as db:
        rules, products = policy(db), on_sale(db)
    print("begun", flush=True)
    make_offers_by_page(database.transaction, today=date.fromisoformat(sys.argv[2]), policy=rules, products=products,
                        page=2, progress=lambda done, total: print(done, flush=True))
"""


def answers(house: Database) -> list[tuple[object, ...]]:
    """Everybody's answers but for the offers' ids."""
    with house.transaction() as db:
        return db.execute(
            "select borrower_id, product_key, limit_cents, reasons, as_of_on from offer"
            " union all select borrower_id, product_key, 0, reasons, as_of_on from no_offer order by 1, 2"
        ).fetchall()


def killed_after(url: str, pages: int, seconds: float) -> bool:
    """Start a pass, let it do some pages and a moment more, and kill it; whether it had not been over."""
    asked = [sys.executable, "-c", RUN, url, TODAY.isoformat()]
    with subprocess.Popen(asked, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        for _ in range(pages + 1):
            process.stdout.readline()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            os.kill(process.pid, signal.SIGKILL)
        process.stdout.read()
    return process.returncode == -signal.SIGKILL


def test_killed_and_run_again_each_borrower_is_answered_once(
    house: Database, database_url: str, shop: Callable[..., UUID]
) -> None:
    chance = random.Random(1)
    for n in range(SHOPS):
        shop(f"s{n}", grade="AABCD"[n % 5], facts={"sales_monthly_mean": 500.0 * n})
    kills = sum(killed_after(database_url, chance.randint(0, 2), chance.uniform(0, 0.03)) for _ in range(2))
    assert kills, "the pass was over before it could be killed"
    with house.transaction() as db:
        rules, products = policy(db), on_sale(db)
    asked = {"today": TODAY, "policy": rules, "products": products}
    done = len(answers(house))
    report = make_offers_by_page(house.transaction, **asked)  # type: ignore[arg-type]
    found = answers(house)
    assert (report.done_before, report.looked_at) == (done, 2 * SHOPS - done)
    assert len(found) == len({row[:2] for row in found}) == 2 * SHOPS
    assert make_offers_by_page(house.transaction, **asked).looked_at == 0  # type: ignore[arg-type]
    assert answers(house) == found
