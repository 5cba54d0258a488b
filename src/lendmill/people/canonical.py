"""One way to write a thing down, so that the same content always has the same fingerprint."""

import hashlib
import json
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID


def canonical(content: Any) -> str:
    """Content as JSON in exactly one spelling: keys in order, no spaces, no NaN, days and ids as text.

    >>> canonical({"b": date(2026, 1, 31), "a": 0.1, "名": [None, True]})
    '{"a":0.1,"b":"2026-01-31","名":[null,true]}'
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
    )


def digest_of(text: str) -> str:
    """The SHA-256 of a canonical text, in hexadecimal.

    >>> digest_of("")[:16]
    'e3b0c44298fc1c14'
    """
    return hashlib.sha256(text.encode()).hexdigest()


def _as_text(thing: Any) -> str:
    if isinstance(thing, date):
        return thing.isoformat()
    if isinstance(thing, UUID | Decimal):
        return str(thing)
    raise TypeError(f"{type(thing).__name__} has no canonical form")
