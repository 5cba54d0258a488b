"""A piece of work in a process of its own: it takes no other with it, nor too much time, and ends with who asked."""

import multiprocessing
import os
import signal
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import suppress
from typing import Any


def apart(work: Callable[..., Any], *given: Any, minutes: float) -> Any:
    """What the work gives, or a sentence that says why it gave nothing.

    However this ends, an interrupt included, nothing that the work started is left running.
    """
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=_begun) as pool:
        asked = pool.submit(work, *given)
        try:
            return asked.result(minutes * 60)
        except Exception as error:  # noqa: BLE001  whatever a library of others raises is told in its line
            if isinstance(error, TimeoutError) and not asked.done():
                return f"not done after {minutes:g} minutes"
            return f"{type(error).__name__}: {' '.join(str(error).split())[:300]}"
        finally:
            for process in list((pool._processes or {}).values()):
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.kill()


def _begun() -> None:
    """A group of its own, so that what it starts ends with it, and an end with the process that asked for it."""
    os.setsid()
    warnings.filterwarnings("ignore")
    threading.Thread(target=_ended_with_parent, daemon=True).start()


def _ended_with_parent() -> None:
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()  # returns when the parent is no more, however it was ended
    os.killpg(os.getpgrp(), signal.SIGKILL)
