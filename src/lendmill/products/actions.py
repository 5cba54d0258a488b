"""Publishing a product: from then on the version stands as it is."""

from collections.abc import Iterable
from datetime import date

from lendmill.db import Db, run, scalar
from lendmill.people.canonical import digest_of
from lendmill.products.caps import caps_on
from lendmill.products.dearest import check_caps
from lendmill.products.document import Product, text_of
from lendmill.refusals import Refusal


class PublishedAlready(Refusal):
    """Version {version} of {key} is published with other terms and never changes: give the new terms a new number."""


PUBLISH = """
    insert into product_version (product_key, version, body, digest, published_on)
    values (%(key)s, %(version)s, %(body)s, %(digest)s, %(today)s)
    on conflict do nothing
"""

PUBLISHED_DIGEST = """
    select digest from product_version where product_key = %(key)s and version = %(version)s
"""


def publish(db: Db, product: Product, *, today: date) -> None:
    """Put a product version on sale; the same terms again change nothing, other terms need a new version.

    One that would cost more than the dated caps allow is refused with `DearerThanAllowed`.
    """
    check_caps(product, caps_on(product.caps, today))
    body = text_of(product)
    digest = digest_of(body)
    run(db, PUBLISH, key=product.key, version=product.version, body=body, digest=digest, today=today)
    if scalar(db, PUBLISHED_DIGEST, key=product.key, version=product.version) != digest:
        raise PublishedAlready(key=product.key, version=product.version)


def publish_all(db: Db, products: Iterable[Product], *, today: date) -> None:
    """Put several products on sale."""
    for product in products:
        publish(db, product, today=today)
