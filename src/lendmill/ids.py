"""Identifiers made here, in the order of their making, so that new rows lie together on the disk."""

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_counter = 0
_own = threading.local()


def new() -> UUID:
    """A UUID version 7 (RFC 9562): milliseconds, then a counter that never steps back within this process, then chance.

    The only place inside the rooms that reads the time.
    """
    global _last_ms, _counter
    if (own := getattr(_own, "numbers", None)) is not None:
        return _numbered(_own.at_ms, next(own))
    with _lock:
        now_ms = time.time_ns() // 1_000_000
        if now_ms > _last_ms:
            _last_ms, _counter = now_ms, int.from_bytes(os.urandom(2)) & 0x7FF
        else:
            _counter += 1
            if _counter > 0xFFF:
                _last_ms, _counter = _last_ms + 1, 0
        stamp, step = _last_ms, _counter
    tail = int.from_bytes(os.urandom(8)) & 0x3FFF_FFFF_FFFF_FFFF
    return UUID(int=stamp << 80 | 0x7 << 76 | step << 64 | 0b10 << 62 | tail)


def now_ms() -> int:
    """The time that an identifier made now would carry, in milliseconds."""
    return new().int >> 80


@contextmanager
def numbered_from(at_ms: int) -> Iterator[None]:
    """Let this thread's identifiers carry a time told beforehand, and count up from it.

    So the parts of one work keep their order, whoever does them, in whatever order, and however often they break off.
    """
    _own.at_ms, _own.numbers = at_ms, count()
    try:
        yield
    finally:
        _own.numbers = None


def _numbered(at_ms: int, number: int) -> UUID:
    """Version 7 as well: after the milliseconds a counter of 32 bits, then chance."""
    chance = int.from_bytes(os.urandom(6)) & 0x3FF_FFFF_FFFF
    return UUID(int=at_ms << 80 | 0x7 << 76 | (number >> 20) << 64 | 0b10 << 62 | (number & 0xF_FFFF) << 42 | chance)
