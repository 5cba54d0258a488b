"""A request with its key: sent twice it happens once, and the key cannot be used for another request."""

import hashlib
from dataclasses import dataclass
from typing import Any

from lendmill.people.canonical import canonical
from lendmill.refusals import Refusal


class CommandReused(Refusal):
    """The key {key!r} was used before for a different request; nothing was done: a new request needs a new key."""


@dataclass(frozen=True, slots=True)
class Command:
    """What identifies a request: the sender's key, and a digest of what was asked."""

    key: str
    digest: bytes

    @classmethod
    def of(cls, key: str, **body: Any) -> "Command":
        """The same body gives the same digest, in whatever order its parts were named.

        >>> Command.of("k1", amount_cents=700000, months=3) == Command.of("k1", months=3, amount_cents=700000)
        True
        """
        return cls(key, hashlib.sha256(canonical(body).encode()).digest())
