"""What the live version of a policy makes of the cases kept with it."""

from datetime import date

from lendmill.credit.publishing.queries import POLICY, case_results
from lendmill.credit.testing.unit_cases import ExampleResult
from lendmill.db import Db
from lendmill.products import queries as products
from lendmill.products.publishing import queries as published


def live_fails(db: Db, key: str, on: date) -> tuple[int, list[ExampleResult]]:
    """The version live on a day, 0 where none is, and those of the cases kept with the policy that it fails now."""
    live = published.live(db, POLICY, key, on)
    if live is None:
        return 0, []
    return live.version, [each for each in case_results(db, live, products.live_products(db, on)) if each.wrong]
