"""The desk for prices: what an analyst assumes, and the rate and limit of each grade that pay best under it."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.statuses import status
from lendmill.credit.pricing.actions import keep_proposal
from lendmill.credit.pricing.assumptions import Assumptions, InvalidAssumptions, text_of
from lendmill.credit.pricing.band import NoRateToChoose
from lendmill.credit.pricing.best import GradePrice, grade_prices
from lendmill.credit.pricing.proposal import out_of_order, policy_table, proposal
from lendmill.credit.pricing.queries import price_proposal, price_proposals
from lendmill.credit.publishing.queries import POLICY, STANDARD
from lendmill.people.queries import house_day
from lendmill.people.roles import may
from lendmill.products.document import GRADES, Product
from lendmill.products.publishing.files import shown
from lendmill.products.publishing.queries import live
from lendmill.products.queries import live_product, live_products
from lendmill.products.reading import Misread
from lendmill.rating.queries import NoLiveModel, grade_counts, live_card
from lendmill.refusals import Refusal
from lendmill.web.entrance import Form
from lendmill.web.own import product_names
from lendmill.web.pages import page, words_of
from lendmill.web.pricing_charts import curves_picture, limits_picture, rates_picture
from lendmill.web.pricing_form import GRADE_FIELDS, LABELS, assumptions_in, begun, label_of
from lendmill.web.words import Words, marked

ENDS: Final = marked("the lender's band", "the product's band", "the curve", "the cap")
SHIFTS: Final = dict(
    zip(
        ("pd_low", "pd_high", "pd_double", "loss_given_default_bp", "funding_yearly_bp"),
        marked("PD at its low end", "PD at its high end", "PD doubled", "Loss given default", "Cost of money a year"),
        strict=True,
    )
)


@dataclass(frozen=True)
class Drawn:
    """A grade's price with its pictures."""

    price: GradePrice
    rates: str
    limits: str


@dataclass(frozen=True)
class Found:
    """What was worked out: the assumptions, each grade's price, and what an analyst may take from it."""

    assumptions: Assumptions
    product: Product
    drawn: list[Drawn]
    curves: str
    evened_out: int
    crossed: list[tuple[str, str]]
    rates: str
    rows: str
    document: str


@get("/staff/pricing", sync_to_thread=True)
def pricing_page(request: Asked) -> Response[str]:
    """The form, with what the house knows already."""
    with database_of(request).transaction() as db:
        today, products = house_day(db), live_products(db, house_day(db))
        try:
            card = live_card(db)
        except NoLiveModel:
            card = None
        key = products[0].key if products else ""
        said = begun(grade_counts(db, today), card, today, key, caller_of(request).display_name)
    return _page(request, products, today, said)


@post("/staff/pricing", sync_to_thread=True)
def work_out(request: Asked, data: Form) -> Response[str]:
    """Work the prices out and show them; nothing is kept, and nothing is applied."""
    words = words_of(request)
    gentlest = data.get("gentlest") == "on"
    with database_of(request).transaction() as db:
        today = house_day(db)
        products = live_products(db, today)
        try:
            stated = assumptions_in(data)
            product = live_product(db, stated.product, on=today)
            policy, prices = live(db, POLICY, STANDARD, today), grade_prices(stated, product, today)
        except Refusal as refusal:
            return _page(request, products, today, dict(data), refused=refusal)
        keep_proposal(
            db, prices=prices, assumptions=stated, product=product, by=caller_of(request), today=today,
            gentlest=gentlest,
        )  # fmt: skip
    table = policy_table(prices, product, policy, gentlest=gentlest) if product.band is not None else ""
    found = _found(prices, stated, product, table, today, words, gentlest=gentlest)
    return _page(request, products, today, dict(data), found=found)


@get("/staff/pricing/{proposal_id:uuid}", sync_to_thread=True)
def kept_page(request: Asked, proposal_id: FromPath[UUID]) -> Response[str]:
    """What prices were worked out from: who assumed what, when, and the rates that came of it."""
    with database_of(request).transaction() as db:
        kept, named = price_proposal(db, proposal_id), product_names(db, request)
    return page(request, "price_proposal.html", kept=kept, named=named)


def _found(
    prices: list[GradePrice],
    stated: Assumptions,
    product: Product,
    table: str,
    today: date,
    words: Words,
    *,
    gentlest: bool,
) -> Found:
    rate, profit, limit = words.heads("Yearly rate", "Profit, yuan", "Limit, yuan")
    drawn = [
        Drawn(
            each,
            rates_picture(each, look="page", rate=rate, profit=profit),
            limits_picture(each, look="page", limit=limit, profit=profit),
        )
        for each in prices
    ]
    curves = {each.ground.curve.name: each.ground.curve for each in prices}
    return Found(
        stated,
        product,
        drawn,
        curves_picture(list(curves.values()), look="page", rate=rate, lost=words.say("Borrowers lost")),
        sum(curve.evened_out for curve in curves.values()),
        out_of_order(prices),
        proposal(prices, stated, product, today, gentlest=gentlest),
        table,
        text_of(stated),
    )


def _page(
    request: Asked,
    products: list[Product],
    today: date,
    said: dict[str, str],
    *,
    refused: Refusal | None = None,
    found: Found | None = None,
) -> Response[str]:
    words = words_of(request)
    with database_of(request).transaction() as db:
        kept, named = price_proposals(db), product_names(db, request)
    return page(
        request,
        "pricing.html",
        kept=kept,
        named=named,
        status_code=status(refused) if refused else 200,
        products=products,
        today=today,
        said=said,
        found=found,
        refused=words.refusal(_translated(refused, words)) if refused else "",
        wrong=_all_wrong(refused, words) if isinstance(refused, InvalidAssumptions) else [],
        labels=LABELS,
        grades=GRADES,
        grade_fields=GRADE_FIELDS,
        shift_names=SHIFTS,
        may_work=may(caller_of(request).role, "POST /staff/pricing"),
    )


def _all_wrong(refused: InvalidAssumptions, words: Words) -> list[tuple[str, str, str]]:
    """Each mistake of the form: what the field is called there, what was typed, and what it must be."""
    first = Misread(refused.facts["field"], refused.facts["value"], refused.facts["allowed"])
    told = []
    for each in (first, *refused.facts["others"]):
        grade, label = label_of(each.field)
        called = ": ".join(filter(None, (grade, words.say(label))))
        told.append((called, shown(each.value), words.allowed(each.allowed)))
    return told


def _translated(refused: Refusal, words: Words) -> Refusal:
    """What ended a band is a fact in English words: they are translated too."""
    if not isinstance(refused, NoRateToChoose):
        return refused
    ends: dict[str, Any] = {side: words.say(refused.facts[side]) for side in ("low_by", "high_by")}
    return NoRateToChoose(**{**refused.facts, **ends})
