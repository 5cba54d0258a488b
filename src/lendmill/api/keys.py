"""The key a program sends with a request that moves money, so that a repeat of it does nothing twice."""

from typing import Annotated, Final

from litestar.params import HeaderParameter

from lendmill.api.problems import IdempotencyKeyMissing

NAME: Final = "Idempotency-Key"
LETTERS_MIN: Final = 8
LETTERS_MAX: Final = 200

IdempotencyKey = Annotated[
    str | None,
    HeaderParameter(
        name=NAME,
        required=False,
        description="8 to 200 characters. The same key with the same body is done once; with another it is refused.",
    ),
]


def needed(key: str | None) -> str:
    """The key, or the refusal `IdempotencyKeyMissing`."""
    if key is None or not LETTERS_MIN <= len(key) <= LETTERS_MAX or not key.isprintable():
        raise IdempotencyKeyMissing
    return f"api {key}"
