"""Background work until somebody says stop: instructions to the rail, questions to third parties, backtests."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from lendmill.credit.testing.running.actions import run_asked
from lendmill.db import Database
from lendmill.outside.carrying import carry
from lendmill.outside.parties.carrying import carry_enquiries
from lendmill.outside.parties.party import Party
from lendmill.outside.rail import Rail
from lendmill.people.seal import Seal

IDLE_SECONDS: Final = 0.3
UNHURRIED_SECONDS: Final = 2.0  # nobody stands and waits for a backtest to begin
log = logging.getLogger(__name__)


def run_worker(database: Database, rail: Rail, stop: threading.Event) -> None:
    """Carry instructions as they come; rest a moment when there are none, longer when the database is away."""
    _work(partial(carry, database, rail), stop)


def run_enquirer(database: Database, parties: Mapping[str, Party], seal: Seal, stop: threading.Event) -> None:
    """Carry questions to third parties as they come, beside the payments: no slow party keeps money waiting."""
    _work(partial(carry_enquiries, database, parties, seal), stop)


def run_tester(database: Database, stop: threading.Event) -> None:
    """Run backtests as pages ask for them, one after another; one broken off is begun anew by the next worker."""
    _work(partial(run_asked, database, stop.is_set), stop, UNHURRIED_SECONDS)


def _work(carried: Callable[[], int], stop: threading.Event, idle_seconds: float = IDLE_SECONDS) -> None:
    while not stop.is_set():
        try:
            anything = carried()
        except (OperationalError, PoolTimeout) as away:
            log.warning("the database is away (%s); trying again", type(away).__name__)
            stop.wait(5)
            continue
        if not anything:
            stop.wait(idle_seconds)
