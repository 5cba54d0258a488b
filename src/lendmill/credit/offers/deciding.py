"""Which versions decide today: an offer that another one made does not stand until offers are worked out again."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from lendmill.credit.policy import Policy
from lendmill.credit.trials.trial import Trials
from lendmill.products.document import Product


@dataclass(frozen=True, slots=True)
class Deciding:
    """The policy of a day and the products on sale, each with its challengers; nothing while lending is paused."""

    rules: Trials[Policy] | None
    products: Mapping[str, Trials[Product]]

    @property
    def pairs(self) -> list[tuple[str, int, int]]:
        """Every product with each pair of a policy's and its own version that decides somebody."""
        if self.rules is None:
            return []
        rules = (self.rules.champion, *(each.document for each in self.rules.challengers))
        return [
            (product.key, policy.version, product.version)
            for trials in self.products.values()
            for product in (trials.champion, *(each.document for each in trials.challengers))
            for policy in rules
        ]

    def made(self, borrower_id: UUID, product_key: str) -> str:
        """By which versions a product is decided for a borrower, as `made_by` spells it; nothing where none is."""
        if self.rules is None or product_key not in self.products:
            return ""
        policy = self.rules.drawn(borrower_id).document
        return made_by(product_key, policy.version, self.products[product_key].drawn(borrower_id).document.version)


# The same of a row of offers or of the answers where there was none.
MADE_BY = "product_key || ' ' || policy_version || ' ' || product_version"


def made_by(product_key: str, policy_version: int, product_version: int) -> str:
    """A product with the versions an answer about it was made by.

    >>> made_by("credit-line", 3, 1)
    'credit-line 3 1'
    """
    return f"{product_key} {policy_version} {product_version}"
