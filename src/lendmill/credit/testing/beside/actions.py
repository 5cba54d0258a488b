"""Lets every policy that stands in the shadow decide what was decided, beside the live one."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import policy_version
from lendmill.credit.testing.actions import shadow
from lendmill.credit.testing.queries import FIRST, every_product
from lendmill.db import Database, Db
from lendmill.products.publishing.queries import days_of_all

Watch = Callable[[str, int], object]


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A version that decides beside, since which day, and how many files it decided now."""

    policy_key: str
    policy_version: int
    since_on: date
    files: int


def decide_beside(database: Database, *, today: date, watch: Watch = lambda *_: None) -> list[Shadowed]:
    """Let each shadow decide all that was decided since it stands there and it has not decided yet.

    A page is a transaction of its own: nothing else waits for it, and whoever stops in the midst goes on from there.
    """
    with database.transaction() as db:
        waiting = _shadows(db, today)
        products = every_product(db, today) if waiting else {}
    found = []
    for policy, since_on in waiting:
        files, after = 0, FIRST
        while page := database.act(shadow, policy, products, since_on=since_on, today=today, after=after):
            files, after = files + len(page), page[-1]
            watch(f"{policy.key} {policy.version}", files)
        found.append(Shadowed(policy.key, policy.version, since_on, files))
    return found


def _shadows(db: Db, today: date) -> list[tuple[Policy, date]]:
    return [
        (policy_version(db, each.document_key, each.version), each.effective_on)
        for day in days_of_all(db, "policy", today).values()
        for each in day.shadows
    ]
