"""What is published by stages, products or policies, and how each kind is read and held to the house of the day."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, Literal, Protocol, TypeVar

KindName = Literal["product", "policy"]


class Document(Protocol):
    """A versioned document: a product or a policy."""

    @property
    def key(self) -> str:
        """Which document it is a version of."""

    @property
    def version(self) -> int:
        """Its number."""

    @property
    def fingerprint(self) -> str:
        """The hash of exactly what it says."""


D = TypeVar("D", bound=Document)


@dataclass(frozen=True)
class DocumentKind(Generic[D]):
    """One kind of document: its name, its type, how it is read, and what must hold of it to be published.

    `read` takes a stored document's content, `written` a file in TOML, `checked` a content as somebody put it together;
    each refuses what is wrong by its field.
    `fits` refuses a document that does not suit the house as it is, for the day from which it is to count.
    `held_out` gives the share of all borrowers who are in no trial, in basis points, on a day and on each later day
    from which it is another. `held_to` gives the fingerprint of the examples that every version is held to.
    """

    name: KindName
    type: Any
    read: Callable[[Any], D]
    written: Callable[[str], D]
    checked: Callable[[Any], D]
    fits: Callable[[Any, D, date], None]
    held_out: Callable[[Any, date], Mapping[date, int]] = lambda _, on: {on: 0}
    held_to: Callable[[Any, str], str | None] = lambda _, __: None
