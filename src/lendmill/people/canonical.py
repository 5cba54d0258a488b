"""One way to write a thing down, so that the same content always has the same fingerprint."""

import hashlib
import json
import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

import msgspec

_QUICK: Final = msgspec.json.Encoder(order="sorted")
_ESCAPED_OTHERWISE: Final = re.compile(rb"\\[^nrt\"\\]")  # signs the quick encoder escapes in another way


def canonical(content: Any) -> str:
    """Content as JSON in exactly one spelling: keys in order, no spaces, no NaN, days and ids as text.

    >>> canonical({"b": date(2026, 1, 31), "a": 0.1, "名": [None, True]})
    '{"a":0.1,"b":"2026-01-31","名":[null,true]}'
    """
    return json.dumps(
        content, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False, default=_as_text
    )


def canonical_struct(content: msgspec.Struct, figures: Iterable[float]) -> str:
    """A record in the spelling that `canonical` gives it, in a tenth of the time.

    `figures` are all numbers in it that are no whole ones: very small and very large ones are spelled the long way.

    >>> class Shop(msgspec.Struct):
    ...     name: str
    ...     monthly: float
    ...     begun_on: date
    >>> canonical_struct(Shop("茶", 1.5, date(2026, 1, 31)), [1.5])
    '{"begun_on":"2026-01-31","monthly":1.5,"name":"茶"}'
    >>> canonical_struct(Shop("茶", 1e-05, date(2026, 1, 31)), [1e-05])
    '{"begun_on":"2026-01-31","monthly":1e-05,"name":"茶"}'
    """
    if all(1e-4 <= each < 1e16 or -1e16 < each <= -1e-4 or each == 0 for each in figures):  # not so NaN
        quick = _QUICK.encode(content)
        if not _ESCAPED_OTHERWISE.search(quick):
            return quick.decode()
    return canonical(msgspec.to_builtins(content))


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
