"""Many hands at once: the same moment for all of them, and how often each outcome came about."""

import threading
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from lendmill.refusals import Refusal

Deed = Callable[[], object]


def at_once(deeds: Sequence[Deed]) -> Counter[str]:
    """Do all of these at the same moment; gives how often each outcome came about. Anything but a refusal is raised."""
    start = threading.Barrier(len(deeds))

    def do(deed: Deed) -> str:
        start.wait()
        try:
            deed()
        except Refusal as no:
            return no.code()
        return "done"

    with ThreadPoolExecutor(len(deeds)) as pool:
        return Counter(pool.map(do, deeds))
