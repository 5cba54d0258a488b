"""Background work: carrying instructions to the rail and questions to third parties until somebody says stop."""

import logging
import threading
from collections.abc import Callable, Mapping
from functools import partial
from typing import Final

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from lendmill.db import Database
from lendmill.outside.carrying import carry
from lendmill.outside.parties.carrying import carry_enquiries
from lendmill.outside.parties.party import Party
from lendmill.outside.rail import Rail
from lendmill.people.seal import Seal

IDLE_SECONDS: Final = 0.3
log = logging.getLogger(__name__)


def run_worker(database: Database, rail: Rail, stop: threading.Event) -> None:
    """Carry instructions as they come; rest a moment when there are none, longer when the database is away."""
    _work(partial(carry, database, rail), stop)


def run_enquirer(database: Database, parties: Mapping[str, Party], seal: Seal, stop: threading.Event) -> None:
    """Carry questions to third parties as they come, beside the payments: no slow party keeps money waiting."""
    _work(partial(carry_enquiries, database, parties, seal), stop)


def _work(carried: Callable[[], int], stop: threading.Event) -> None:
    while not stop.is_set():
        try:
            anything = carried()
        except (OperationalError, PoolTimeout) as away:
            log.warning("the database is away (%s); trying again", type(away).__name__)
            stop.wait(5)
            continue
        if not anything:
            stop.wait(IDLE_SECONDS)
