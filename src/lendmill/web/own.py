"""What a seller's page starts from: who the seller is, and what day it is in the house."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.api.callers import Asked
from lendmill.api.keys import needed
from lendmill.db import Db
from lendmill.people.queries import house_day
from lendmill.products import queries as products
from lendmill.web.pages import words_of
from lendmill.web.words import CHINESE


def seller_of(asked: Asked) -> UUID:
    """The borrower this seller is; the table of roles let only sellers come this far."""
    assert asked.user is not None
    assert asked.user.borrower_id is not None, "a seller's account names a borrower"
    return asked.user.borrower_id


def form_key(data: dict[str, str]) -> str:
    """The key a form came with, kept apart from the house's own keys, so that no form can take one of theirs."""
    return needed(data.get("key"))


@dataclass(frozen=True)
class ProductNames:
    """What the products are called in the reader's language."""

    names: dict[str, str]

    def __call__(self, product_key: str) -> str:
        return self.names.get(product_key, product_key)

    def beside(self, key: str) -> str:
        """A product's name with its key, as staff look it up; of a policy, which has no name, the key alone."""
        return f"{self.names[key]} ({key})" if key in self.names else key


def product_names(db: Db, asked: Asked) -> ProductNames:
    """The names of all products that are or were on sale."""
    chinese = words_of(asked).language == CHINESE
    found = products.ever_sold(db, house_day(db))
    return ProductNames({each.key: each.name_zh if chinese else each.name_en for each in found})


def days_left(until: date, today: date) -> int:
    """How many days something is still good for, today counted."""
    return max(0, (until - today).days + 1)
