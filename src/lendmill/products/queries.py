"""Which products there are, and exactly what a given version of one said."""

import json
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

from lendmill.db import Db, many, maybe
from lendmill.people.canonical import digest_of
from lendmill.products.document import Product, product_of, read_product
from lendmill.refusals import Refusal

PRESETS: Final = ("credit-line", "order-loan")


class NoSuchProduct(Refusal):
    """There is no product {key}{version}."""


@dataclass(frozen=True, slots=True)
class _Stored:
    body: str
    digest: str


PRODUCT = """
    select body, digest
      from product_version
     where product_key = %(key)s
       and (%(version)s::integer is null or version = %(version)s::integer)
     order by version desc
     limit 1
"""


def product(db: Db, key: str, version: int | None = None) -> Product:
    """A product's terms: the newest version, or exactly the one named; else the refusal `NoSuchProduct`."""
    stored = maybe(db, _Stored, PRODUCT, key=key, version=version)
    if stored is None:
        raise NoSuchProduct(key=key, version=f" in version {version}" if version else "")
    return _opened(stored)


ON_SALE = """
    select distinct on (product_key) body, digest
      from product_version
     order by product_key, version desc
"""


def on_sale(db: Db) -> list[Product]:
    """The newest version of every product."""
    return [_opened(stored) for stored in many(db, _Stored, ON_SALE)]


def preset(key: str) -> Product:
    """A product as shipped with the house."""
    if key not in PRESETS:
        raise NoSuchProduct(key=key, version=" among those shipped")
    return read_product((files("lendmill.products") / "presets" / f"{key}.toml").read_text("utf-8"))


def presets() -> list[Product]:
    """All products shipped with the house."""
    return [preset(key) for key in PRESETS]


@lru_cache(maxsize=256)
def _opened(stored: _Stored) -> Product:
    assert digest_of(stored.body) == stored.digest, "a published product no longer matches its digest"
    return product_of(json.loads(stored.body))
