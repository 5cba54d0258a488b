"""What a marketplace, or an import, says of one of its sellers."""

from datetime import date
from typing import Protocol


class Seller(Protocol):
    """A seller as introduced to the house; anything not known is None or empty, never guessed."""

    @property
    def shop_key(self) -> str:
        """The name the marketplace knows the shop by."""

    @property
    def name(self) -> str:
        """The name shown."""

    @property
    def kind(self) -> str:
        """`firm` or `person`."""

    @property
    def industry(self) -> str:
        """The line of business, in the words of the importer's table."""

    @property
    def region(self) -> str:
        """Where the seller is."""

    @property
    def born_on(self) -> date | None:
        """A person's birthday."""

    @property
    def member_since_on(self) -> date | None:
        """Since when the marketplace, or the record, knows the seller."""

    @property
    def wholesale(self) -> bool | None:
        """Whether the shop sells wholesale under a membership of the marketplace (诚信通), where that is said."""

    @property
    def identity_no(self) -> str | None:
        """A resident's number or a firm's unified social credit code."""

    @property
    def phone(self) -> str | None:
        """Where the seller can be reached."""
