"""An offer of less than was asked (可授信方案): what it grants, until when, and where it stands on a day."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

from lendmill.refusals import Refusal
from lendmill.terms.rates import Rate

CounterState = Literal["open", "accepted", "declined", "lapsed", "replaced"]
STATES: Final[tuple[CounterState, ...]] = ("open", "accepted", "declined", "lapsed", "replaced")


class NoSuchCounterOffer(Refusal):
    """Decision {decision_id} offered this borrower nothing in place of what was asked."""


class CounterOfferAccepted(Refusal):
    """This offer is accepted already: its line is open."""


class CounterOfferDeclined(Refusal):
    """This offer was declined: apply again, and it is decided at once."""


class CounterOfferReplaced(Refusal):
    """A later decision has taken the place of this offer: that one counts."""


class CounterOfferLapsed(Refusal):
    """This offer ended on {expires_on}: apply again, and it is decided at once."""


class CounterOfferWithdrawn(Refusal):
    """The product is not sold any more, and this offer of it has lapsed."""


class CounterOfferGone(Refusal):
    """The {limit_cents} cents offered cannot be granted any more ({reasons}): apply again, it is decided at once."""


@dataclass(frozen=True, slots=True)
class CounterOffer:
    """What a decision offers in place of what was asked, its answer where there is one, and its line."""

    decision_id: UUID
    borrower_id: UUID
    product_key: str
    product_version: int
    limit_cents: int
    rate_num: int
    rate_den: int
    months_max: int
    made_on: date
    expires_on: date
    made_at: datetime
    answer: CounterState | None = None
    answered_on: date | None = None
    line_id: UUID | None = None
    replaced: bool = False  # a later decision about the product has taken its place
    sold: bool = True  # the product is for sale today

    @property
    def rate(self) -> Rate:
        """The daily rate offered."""
        return Rate(self.rate_num, self.rate_den)

    def state(self, today: date) -> CounterState:
        """Where it stands; its last day is still its own."""
        if self.answer is not None:
            return self.answer
        if self.replaced:
            return "replaced"
        return "open" if self.sold and today <= self.expires_on else "lapsed"

    def closed(self, today: date) -> Refusal | None:
        """Why it cannot be answered any more, each by its own refusal; nothing while it can."""
        match self.state(today):
            case "accepted":
                return CounterOfferAccepted()
            case "declined":
                return CounterOfferDeclined()
            case "replaced":
                return CounterOfferReplaced()
            case "lapsed" if today <= self.expires_on:
                return CounterOfferWithdrawn()
            case "lapsed":
                return CounterOfferLapsed(expires_on=self.expires_on)
        return None

    def check_open(self, today: date) -> None:
        """Refuse what cannot be answered any more."""
        if refusal := self.closed(today):
            raise refusal
