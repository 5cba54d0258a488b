"""What a seller's page starts from: who the seller is, and what day it is in the house."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.api.callers import Asked
from lendmill.api.keys import needed
from lendmill.db import Db
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


def product_names(db: Db, asked: Asked) -> ProductNames:
    """The names of all products on sale."""
    chinese = words_of(asked).language == CHINESE
    return ProductNames({each.key: each.name_zh if chinese else each.name_en for each in products.on_sale(db)})


def days_left(until: date, today: date) -> int:
    """How many days something is still good for, today counted."""
    return max(0, (until - today).days + 1)
