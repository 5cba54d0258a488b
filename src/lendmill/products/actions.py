"""Publishing a product when the house begins; what comes later goes through its stages, by two people."""

from collections.abc import Iterable
from datetime import date

from lendmill.db import Db
from lendmill.products.caps import caps_on
from lendmill.products.dearest import check_caps
from lendmill.products.document import LAW_FIGURES, Product, check_band
from lendmill.products.law import check_named
from lendmill.products.publishing.actions import PublishedAlready as PublishedAlready
from lendmill.products.publishing.actions import first_live
from lendmill.products.queries import PRODUCT


def publish(db: Db, product: Product, *, today: date) -> None:
    """Put the first version of a product on sale; the same terms again change nothing.

    A house that lives through the past may begin with rules of today. Refuses with `PublishedAlready`,
    `TakesTwoPeople`, `DearerThanAllowed`, `LawUnnamed`, `InvalidProduct`.
    """
    check_caps(product, caps_on(product.caps, today))
    check_band(product)
    check_named(product.laws or (), LAW_FIGURES, document=f"Product {product.key}")
    first_live(db, PRODUCT, product, today=today)


def publish_all(db: Db, products: Iterable[Product], *, today: date) -> None:
    """Put the first versions of several products on sale."""
    for product in products:
        publish(db, product, today=today)
