"""Identifiers made here, in the order of their making, so that new rows lie together on the disk."""

import os
import threading
import time
from uuid import UUID

_lock = threading.Lock()
_last_ms = 0
_counter = 0


def new() -> UUID:
    """A UUID version 7 (RFC 9562): milliseconds, then a counter that never steps back within this process, then chance.

    The only place inside the rooms that reads the time.
    """
    global _last_ms, _counter
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
