"""Which products there are, which version of each is for sale on a day, and what a given version of one said."""

from datetime import date
from importlib.resources import files
from typing import Final

from lendmill.db import Db
from lendmill.people.queries import house_day
from lendmill.products.caps import caps_on
from lendmill.products.dearest import check_caps
from lendmill.products.document import LAW_FIGURES, Product, check_band, product_of, read_product
from lendmill.products.law import check_in_force, check_named
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.kind import DocumentKind
from lendmill.refusals import Refusal

PRESETS: Final = ("credit-line", "order-loan")


class NoSuchProduct(Refusal):
    """There is no product {key}{version}."""


def fits(db: Db, product: Product, on: date) -> None:
    """Refuse a product that would cost more than the dated caps allow, is priced outside its own band, or rests on law
    without naming it in force.

    One that was live before may come back as it was. Refuses with `DearerThanAllowed`, `CapsNotInForce`,
    `UnknownCaps`, `LawUnnamed`, `LawNotInForce`, `InvalidProduct`.
    """
    check_caps(product, caps_on(product.caps, on))
    if not published.was_live(db, "product", product.key, product.version):
        check_band(product)
        check_named(product.laws or (), LAW_FIGURES, document=f"Product {product.key}")
    check_in_force(product.laws or (), document=f"Product {product.key}", on=on)


PRODUCT: Final = DocumentKind[Product](
    name="product", type=Product, read=product_of, written=read_product, checked=product_of, fits=fits
)


def product(db: Db, key: str, version: int | None = None) -> Product:
    """A product's terms: the version live on the house's day, or exactly the one named; else `NoSuchProduct`."""
    if version is None:
        return live_product(db, key, on=house_day(db))
    found = published.opened(db, PRODUCT, key, version)
    if found is None:
        raise NoSuchProduct(key=key, version=f" in version {version}")
    return found


def live_product(db: Db, key: str, *, on: date) -> Product:
    """The version of a product that is live on a day, or the refusal `NoSuchProduct`."""
    found = published.live(db, PRODUCT, key, on)
    if found is None:
        raise NoSuchProduct(key=key, version="")
    return found


def live_products(db: Db, on: date) -> list[Product]:
    """What is for sale on a day: of each product the version that is live."""
    return published.all_live(db, PRODUCT, on)


def ever_sold(db: Db, on: date) -> list[Product]:
    """Of each product the version that is live on a day or, where none is, the one that was live last."""
    return published.all_live_last(db, PRODUCT, on)


def on_sale(db: Db) -> list[Product]:
    """What is for sale on the house's day."""
    return live_products(db, house_day(db))


def shared_products(db: Db, on: date) -> list[tuple[Product, int]]:
    """Versions that are for sale to a share of borrowers on a day, with that share in basis points."""
    return published.all_shared(db, PRODUCT, on)


def shadow_products(db: Db, on: date) -> list[Product]:
    """Versions that are tried in the shadow on a day, and sold to nobody."""
    return published.all_shadows(db, PRODUCT, on)


def preset(key: str) -> Product:
    """A product as shipped with the house."""
    if key not in PRESETS:
        raise NoSuchProduct(key=key, version=" among those shipped")
    return read_product((files("lendmill.products") / "presets" / f"{key}.toml").read_text("utf-8"))


def presets() -> list[Product]:
    """All products shipped with the house."""
    return [preset(key) for key in PRESETS]
