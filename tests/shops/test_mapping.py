"""A mapping that cannot work is refused in a sentence that says what is allowed."""

from pathlib import Path

import pytest

from lendmill.shops.importers.mapping import (
    InvalidMapping,
    NothingToRead,
    UnknownColumn,
    check_columns,
    load_mapping,
    read_mapping,
)

GOOD = """
source = "my-shop"
[[events]]
files = "orders*.csv"
kind = "order"
shop = "shop"
id = ["order_no"]
happened = { column = "paid_at" }
amount = { column = "amount" }
"""


def refusal(text: str) -> str:
    with pytest.raises(InvalidMapping) as refused:
        read_mapping(text, "m.toml")
    return str(refused.value)


def test_a_good_page_is_read() -> None:
    entry = read_mapping(GOOD).events[0]
    assert entry.columns() == ["shop", "order_no", "paid_at", "amount"]
    assert entry.happened.zone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ('kind = "order"', 'kind = "ordre"', "kind 'ordre' is not one of order, refund,"),
        ('amount = { column = "amount" }', "", "kind 'order' needs an amount"),
        ('kind = "order"', 'kind = "review"', "kind 'review' needs a quantity"),
        ('id = ["order_no"]', "id = []", "id must name at least one column"),
        ('{ column = "amount" }', '{ column = "amount", unit = "euro" }', "Invalid enum value 'euro'"),
        ('{ column = "paid_at" }', '{ column = "paid_at", zone = "Asia/Hangzhou" }',
         "zone 'Asia/Hangzhou' is not known"),
        ('{ column = "paid_at" }', '{ column = "paid_at", format = "DD/MM" }', "format 'DD/MM' must be 'iso'"),
        ('shop = "shop"', 'shop = "shop"\nbuyer = "buyer"', "unknown field `buyer`"),
        ('shop = "shop"', 'shop = "shop"\nstatus = { column = "s", values = { a = "paid" } }',
         "status 'paid' is not one of"),
        ('shop = "shop"', 'shop = "shop"\nknown = { after_days = -1 }', "known.after_days -1 must be from 0 to 366"),
        ('source = "my-shop"', 'source = ""', "source is empty"),
        ('source = "my-shop"', 'source = "s"\nencoding = "utf-99"', "encoding 'utf-99' is not known"),
        ('source = "my-shop"', 'source = "s"\ndelimiter = ";;"', "delimiter ';;' must be one character"),
        ('source = "my-shop"', "source = ", "Invalid value"),
    ],
)  # fmt: skip
def test_a_mistake_is_named(old: str, new: str, problem: str) -> None:
    assert old in GOOD
    told = refusal(GOOD.replace(old, new, 1))
    assert told.startswith("The mapping m.toml cannot be used: ")
    assert problem in told


def test_all_mistakes_are_told_at_once() -> None:
    told = refusal(GOOD.replace('"order"', '"ordre"').replace('["order_no"]', "[]"))
    assert "kind 'ordre'" in told
    assert "id must name" in told


def test_a_column_the_file_lacks_is_refused_with_those_it_has() -> None:
    with pytest.raises(UnknownColumn) as refused:
        check_columns(read_mapping(GOOD).events, ["shop", "order_no", "paid_on", "amount"], "orders.csv")
    assert str(refused.value) == (
        "The mapping names the column 'paid_at', which orders.csv does not have; "
        "it has: shop, order_no, paid_on, amount."
    )


def test_a_file_no_entry_is_for_is_refused() -> None:
    with pytest.raises(NothingToRead, match=r"No entry of the mapping is for the file refunds.csv; .*: orders\*.csv"):
        read_mapping(GOOD).entries_for(Path("refunds.csv"))


def test_a_page_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidMapping, match="No such file or directory"):
        load_mapping(tmp_path / "none.toml")


def test_the_digest_is_of_the_meaning() -> None:
    assert read_mapping(GOOD).digest() == read_mapping("# a word\n" + GOOD.replace(" = ", "=")).digest()
    assert read_mapping(GOOD).digest() != read_mapping(GOOD.replace("my-shop", "other")).digest()
