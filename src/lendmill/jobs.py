"""Background work: carrying payment instructions to the rail until somebody says stop."""

import logging
import threading
from typing import Final

from psycopg import OperationalError
from psycopg_pool import PoolTimeout

from lendmill.db import Database
from lendmill.outside.carrying import carry
from lendmill.outside.rail import Rail

IDLE_SECONDS: Final = 0.3
log = logging.getLogger(__name__)


def run_worker(database: Database, rail: Rail, stop: threading.Event) -> None:
    """Carry instructions as they come; rest a moment when there are none, longer when the database is away."""
    while not stop.is_set():
        try:
            carried = carry(database, rail)
        except (OperationalError, PoolTimeout) as away:
            log.warning("the database is away (%s); trying again", type(away).__name__)
            stop.wait(5)
            continue
        if not carried:
            stop.wait(IDLE_SECONDS)
