"""Features of a shop's customers and suppliers: how many, how loyal, how many new, and how much hangs on few."""

from typing import Final

from lendmill.features.feature import RECEIVED, SALES, Feature, after, growth, millionths, over, share
from lendmill.features.partners import party
from lendmill.features.sums import total

CUSTOMERS: Final = (
    *(
        Feature(
            f"customers_{days}", f"different customers in {days} days", f"近{days}天客户数", "count",
            f"distinct counterparties of sales, {days} days", "better", "transactions", SALES,
            party("customer", f"count_{days}"),
        )
        for days in (30, 90, 180, 365)
    ),
    *(
        Feature(
            f"customer_growth_{days}", f"growth of the number of customers over the {days} days before",
            f"客户数环比（{days}天）", "share",
            f"customers_{days} / customers of days {days} to {2 * days - 1} - 1; needs {2 * days} days of history",
            "better", "transactions", SALES,
            after(2 * days, growth(party("customer", f"count_{days}"), party("customer", f"count_before_{days}"))),
        )
        for days in (30, 90)
    ),
    *(
        Feature(
            f"customers_new_{days}", f"customers of {days} days never seen before within a year",
            f"近{days}天新客户数", "count",
            f"customers of {days} days without an earlier sale within 365 days", "better", "transactions", SALES,
            party("customer", f"new_{days}"),
        )
        for days in (30, 90)
    ),
    *(
        Feature(
            f"customer_new_share_{days}", f"share of {days} days' customers never seen before within a year",
            f"近{days}天新客户占比", "share",
            f"customers of {days} days without an earlier sale within 365 days / customers_{days}", None,
            "soft information", SALES, share(party("customer", f"new_{days}"), party("customer", f"count_{days}")),
        )
        for days in (30, 90)
    ),
    Feature(
        "customer_kept_share_90", "customers of the 90 days before who bought again", "客户留存率（90天）", "share",
        "customers of days 90 to 179 with a sale in days 0 to 89 / customers of days 90 to 179; needs 180 days of "
        "history", "better", "soft information", SALES,
        after(180, share(party("customer", "kept_90"), party("customer", "count_before_90"))),
    ),
    *(
        Feature(
            f"customer_again_share_{days}", f"customers who came back within {days} days", f"近{days}天复购客户占比",
            "share",
            f"customers with more than one sale / customers_{days}", "better", "soft information",
            SALES, share(party("customer", f"again_{days}"), party("customer", f"count_{days}")),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"sales_per_customer_{days}", f"sales to an average customer in {days} days", f"近{days}天客均购买次数",
            "ratio",
            f"sales of {days} days to named customers / customers_{days}", "better", "soft information", SALES,
            share(party("customer", f"n_{days}"), party("customer", f"count_{days}")),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"customer_hhi_{days}", f"concentration on few customers, {days} days", f"近{days}天客户集中度（HHI）",
            "0 to 1",
            f"sum of squared shares of {days} days' sales by customer", "worse", "soft information", SALES,
            over(millionths(party("customer", f"hhi_pico_{days}")), 1_000_000),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"customer_top_share_{days}", f"the largest customer's share of {days} days", f"近{days}天最大客户占比",
            "share",
            f"largest customer's sales / all sales with a named customer, {days} days", "worse", "soft information",
            SALES, millionths(party("customer", f"top_micro_{days}")),
        )
        for days in (90, 365)
    ),
    Feature(
        "customer_top5_share_90", "share of the number of sales that went to the five most frequent customers; "
        "circular trade shows here",
        "前五客户销售笔数占比", "share",
        "number of sales of 90 days to the five most frequent customers / number of sales to named ones",
        "worse", "soft information", SALES, share(party("customer", "top5_n_90"), party("customer", "n_90")),
        not_for=("reason",),
    ),
    Feature(
        "customer_top5_share_365", "the five largest customers' share", "前五客户金额占比", "share",
        "sales of the five largest customers / all sales with a named customer, 365 days", "worse",
        "soft information", SALES, millionths(party("customer", "top5_micro_365")),
    ),
)  # fmt: skip

SUPPLIERS: Final = (
    *(
        Feature(
            f"suppliers_{days}", f"different suppliers in {days} days", f"近{days}天供应商数", "count",
            f"distinct counterparties of purchases, {days} days", "better", "soft information", RECEIVED,
            party("supplier", f"count_{days}"),
        )
        for days in (90, 365)
    ),
    Feature(
        "supplier_growth_90", "growth of the number of suppliers over the 90 days before", "供应商数环比（90天）",
        "share", "suppliers_90 / suppliers of days 90 to 179 - 1; needs 180 days of history", None,
        "soft information", RECEIVED,
        after(180, growth(party("supplier", "count_90"), party("supplier", "count_before_90"))),
    ),
    Feature(
        "supplier_new_share_90", "share of suppliers never seen before within a year", "新供应商占比", "share",
        "suppliers of 90 days without an earlier purchase within 365 days / suppliers_90", None, "soft information",
        RECEIVED, share(party("supplier", "new_90"), party("supplier", "count_90")),
    ),
    Feature(
        "supplier_kept_share_90", "suppliers of the 90 days before who delivered again", "供应商留存率（90天）",
        "share",
        "suppliers of days 90 to 179 with a purchase in days 0 to 89 / suppliers of days 90 to 179; needs 180 days of "
        "history", "better", "soft information", RECEIVED,
        after(180, share(party("supplier", "kept_90"), party("supplier", "count_before_90"))),
    ),
    Feature(
        "supplier_again_share_365", "suppliers who delivered more than once", "重复供货供应商占比", "share",
        "suppliers with more than one purchase / suppliers_365", "better", "soft information", RECEIVED,
        share(party("supplier", "again_365"), party("supplier", "count_365")),
    ),
    *(
        Feature(
            f"supplier_hhi_{days}", f"dependence on few suppliers, {days} days", f"近{days}天供应商集中度（HHI）",
            "0 to 1",
            f"sum of squared shares of {days} days' purchases by supplier", "worse", "soft information", RECEIVED,
            over(millionths(party("supplier", f"hhi_pico_{days}")), 1_000_000),
        )
        for days in (90, 365)
    ),
    *(
        Feature(
            f"supplier_top_share_{days}", f"the largest supplier's share of {days} days", f"近{days}天最大供应商占比",
            "share",
            f"largest supplier's purchases / all purchases, {days} days", "worse", "soft information", RECEIVED,
            millionths(party("supplier", f"top_micro_{days}")),
        )
        for days in (90, 365)
    ),
    Feature(
        "supplier_top5_share_365", "the five largest suppliers' share", "前五供应商占比", "share",
        "purchases from the five largest suppliers / all purchases, 365 days", "worse", "soft information", RECEIVED,
        millionths(party("supplier", "top5_micro_365")),
    ),
    Feature(
        "purchases_per_supplier_365", "purchases from an average supplier", "供应商均采购次数", "ratio",
        "purchases of 365 days, by number / suppliers_365", "better", "soft information", RECEIVED,
        share(total("received_done_n", 365), party("supplier", "count_365")),
    ),
)  # fmt: skip

CIRCLES: Final = (*CUSTOMERS, *SUPPLIERS)
