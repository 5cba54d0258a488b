"""The open set of a Brazilian marketplace: items, products and sellers joined into the orders of each seller.

The set tells no day of purchase, only the moment by which the seller must hand the goods to the carrier: an order is
dated by it. Prices are in reais and stand where yuan would; freight is the carrier's and is left out. Buyers are not
told; payments are told without dates and for all sellers of an order together, reviews as totals without dates: none
of these is brought in.
"""

from datetime import date
from pathlib import Path
from typing import Final

import polars as pl

from lendmill.shops.sellers import Seller

TABLES: Final = ("order_items", "products", "sellers")
LAST_ON: Final = date(2018, 10, 31)  # a few rows of the set are dated years later, by mistake
INDUSTRY: Final = {
    "apparel": "fashion malas_acessorios relogios",
    "home": "moveis cama_mesa casa_conforto utilidades eletrodomesticos eletroportateis portateis climatizacao la_cuis",
    "food": "alimentos bebidas",
    "beauty": "beleza perfumaria",
    "electronics": "informatica telefonia eletronicos pcs pc_gamer audio consoles tablets cine_foto",
    "toys": "brinquedos bebes fraldas",
    "sports": "esporte",
    "books": "livros papelaria dvds cds musica",
    "pets": "pet",
    "crafts": "artes artigos flores instrumentos",
    "vehicles": "automotivo",
    "materials": "ferramentas construcao casa_construcao",
    "farming": "agro",
    "trade": "industria market_place cool_stuff",
    "services": "seguros sinalizacao",
}


def prepare(folder: Path, out: Path) -> tuple[list[Path], list[Seller]]:
    """Write the set's orders as one file, and tell who its sellers are."""
    items, products, sellers = (pl.read_parquet(folder / f"{name}.parquet") for name in TABLES)
    named = items.join(products.select("product_id", "product_category_name"), on="product_id", how="left")
    orders = (
        named.sort("order_id", "price", "order_item_id", descending=[False, True, False])
        .group_by("order_id", "seller_id", maintain_order=True)
        .agg(
            pl.col("shipping_limit_date").min().alias("at"),
            pl.col("price").cast(pl.Decimal(18, 2)).sum(),
            pl.len().alias("items"),
            pl.col("product_category_name").first().alias("category"),
        )
        .sort("seller_id", "order_id")
    )
    late = pl.col("at").dt.date() > LAST_ON
    moment = pl.col("at").dt.strftime("%Y-%m-%d %H:%M:%S")
    written = orders.select(
        "seller_id",
        "order_id",
        pl.when(late).then(pl.format("{} (after the set's last month)", moment)).otherwise(moment).alias("ship_by"),
        pl.col("price").cast(pl.String),
        "items",
        "category",
    )
    file = out / "olist-orders.csv"
    written.write_csv(file)
    return [file], _sellers(sellers, orders.filter(~late))


def _sellers(sellers: pl.DataFrame, orders: pl.DataFrame) -> list[Seller]:
    sold = orders.group_by("seller_id", "category").agg(pl.col("price").sum(), pl.col("at").min())
    most = (
        sold.sort("seller_id", "price", "category", descending=[False, True, False])
        .group_by("seller_id", maintain_order=True)
        .agg(pl.col("category").first(), pl.col("at").min().dt.date().alias("first_on"))
    )
    told = sellers.join(most, on="seller_id", how="left").sort("seller_id")
    return [
        Seller(
            shop_key=row["seller_id"],
            name=f"{row['seller_city']} {row['seller_id'][:8]}",
            kind="firm",
            industry=industry_of(row["category"]),
            region=row["seller_state"],
            member_since_on=row["first_on"],
        )
        for row in told.iter_rows(named=True)
    ]


def industry_of(category: str | None) -> str:
    """The line of business of a category of goods.

    >>> industry_of("moveis_decoracao"), industry_of("construcao_ferramentas_jardim"), industry_of(None)
    ('home', 'materials', 'unknown')
    """
    if category is None:
        return "unknown"
    starts = ((industry, word) for industry, words in INDUSTRY.items() for word in words.split())
    return next((industry for industry, word in starts if category.startswith(word)), "unknown")
