"""The price that pays: a document to begin with, the best rate and limit of each grade, what was worked out before."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from lendmill.cli.counting import counted

if TYPE_CHECKING:
    from lendmill.credit.pricing.assumptions import Assumptions
    from lendmill.credit.pricing.best import GradePrice, Shift

commands = typer.Typer()
pricing = typer.Typer(help="Rates and limits with the best expected profit, for an analyst; nothing is applied.")
commands.add_typer(pricing, name="pricing")

SHIFTS = {
    "pd_low": "PD at its low end, {:.2%}",
    "pd_high": "PD at its high end, {:.2%}",
    "pd_double": "PD doubled, {:.2%}",
    "loss_given_default_bp": "loss given default {:.0%}",
    "funding_yearly_bp": "money costs {:.2%} a year",
}


@pricing.command()
def start(
    product: Annotated[str, typer.Option(help="The product on sale to price.")] = "credit-line",
    out: Annotated[Path | None, typer.Option(help="Where to write it; else it is printed.")] = None,
) -> None:
    """Write the assumptions to begin with: PDs of today's ratings filled in, what only you can say left open."""
    from lendmill.cli import opened
    from lendmill.credit.pricing.start import start as begun
    from lendmill.people.queries import house_day
    from lendmill.products.queries import live_product
    from lendmill.rating.queries import grade_counts, live_card

    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        terms, card = live_product(db, product, on=today), live_card(db)
        text = begun(terms, grade_counts(db, today), card, today)
    _written(text, out)


@pricing.command()
def best(
    assumptions: Annotated[Path, typer.Argument(help="The assumptions in TOML.", exists=True, dir_okay=False)],
    curve: Annotated[
        Path | None,
        typer.Option(
            help="Borrowers lost as a CSV: yearly rate, then a column per curve.", exists=True, dir_okay=False
        ),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write the proposed rates to this file.")] = None,
    form: Annotated[
        Literal["product", "policy"],
        typer.Option(help="As the product's rates by grade, or a policy's table of prices."),
    ] = "product",
    gentlest: Annotated[
        bool, typer.Option("--gentlest", help="Propose the lowest rate that is within 5 % of the best profit.")
    ] = False,
    pictures: Annotated[Path | None, typer.Option(help="A folder to draw each grade's pictures into.")] = None,
    by: Annotated[str, typer.Option(help="The sign-in name of whoever works it out, kept with the assumptions.")] = "",
) -> None:
    """Work out the best rate and limit of each grade, how flat the top is and what moves it; change nothing."""
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.pricing.actions import keep_proposal
    from lendmill.credit.pricing.best import grade_prices
    from lendmill.credit.pricing.proposal import out_of_order, policy_table, proposal
    from lendmill.credit.publishing.queries import POLICY, STANDARD
    from lendmill.people.queries import house_day
    from lendmill.products.publishing.queries import live
    from lendmill.products.queries import live_product

    said = _said(assumptions, curve)
    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        product, policy = live_product(db, said.product, on=today), live(db, POLICY, STANDARD, today)
        prices = grade_prices(said, product, today)
        who = member(database, by) if by else None
        keep_proposal(db, prices=prices, assumptions=said, product=product, by=who, today=today, gentlest=gentlest)
    print(f"{product.key}, version {product.version}; {said.key}, said by {said.said_by}; of 1,000 borrowers asked:")
    for each in prices:
        _tell(each)
    for better, worse in out_of_order(prices):
        print(f"Grade {better} would pay more than grade {worse}.")
    if pictures is not None:
        _draw(prices, pictures)
    if out is not None:
        text = proposal(prices, said, product, today, gentlest=gentlest)
        table = policy_table(prices, product, policy, gentlest=gentlest)
        _written(_under(text, table) if form == "policy" else text, out)


@pricing.command("list")
def listed(
    most: Annotated[int, typer.Option(help="How many, the newest.", min=1, max=500)] = 20,
) -> None:
    """What was worked out before, the newest first: for which product, on whose assumptions, by whom."""
    from lendmill.cli import opened
    from lendmill.credit.pricing.queries import price_proposals

    with opened.database() as database, database.transaction() as db:
        kept = price_proposals(db, most)
    for each in kept:
        print(
            f"{each.proposal_id}  {each.worked_on}  {each.product_key} {each.product_version}  {each.assumptions_key}, "
            f"assumed by {each.said_by}; worked out by {each.worked_by or 'a command'}"
        )
    if not kept:
        print("No prices were worked out yet: `lendmill pricing start` begins with the assumptions.")


@pricing.command()
def show(
    proposal: Annotated[UUID, typer.Argument(help="The proposal's id; `lendmill pricing list` shows them.")],
    out: Annotated[
        Path | None, typer.Option(help="Write the assumptions to this file: `lendmill pricing best` reads it again.")
    ] = None,
) -> None:
    """Show what prices were worked out from: who assumed what, who worked it out, and the rates that came of it."""
    from lendmill.cli import opened
    from lendmill.credit.pricing.queries import price_proposal

    with opened.database() as database, database.transaction() as db:
        kept = price_proposal(db, proposal)
    if out is not None:
        _written(kept.assumptions, out)
        return
    print(f"{kept.product_key}, version {kept.product_version}; {kept.assumptions_key}, assumed by {kept.said_by}")
    print(f"worked out on {kept.worked_on} by {kept.worked_by or 'a command'}; fingerprint {kept.digest}")
    print(f"\nWhat was assumed:\n\n{kept.assumptions.strip()}\n\nProposed rates:\n\n{kept.rates.strip()}")


def _said(file: Path, curve: Path | None) -> "Assumptions":
    """The assumptions of a file with the curves of another; all that is wrong with both is told at once."""
    from lendmill.cli import TOLD
    from lendmill.credit.pricing.assumptions import InvalidAssumptions, read_assumptions
    from lendmill.credit.pricing.curve import CurveUnclear, curves_of

    curves, unclear = None, None
    try:
        curves = curves_of(_text(curve)) if curve is not None else None
    except CurveUnclear as wrong:
        unclear = wrong
    try:
        said = read_assumptions(_text(file), curves)
    except InvalidAssumptions as wrong:
        if not wrong.facts["others"] and unclear is None:
            raise
        for told in filter(None, (wrong, *wrong.facts["others"], unclear)):
            print(told, file=sys.stderr)
        raise typer.Exit(TOLD) from None
    if unclear is not None:
        raise unclear
    return said


def _under(proposed: str, table: str) -> str:
    """A policy's table under the comments of the proposal."""
    return "\n".join([*(line for line in proposed.splitlines() if line.startswith("#")), table])


def _text(file: Path) -> str:
    from lendmill.credit.pricing.curve import CurveUnclear

    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise CurveUnclear(what=f"{file} is not text in UTF-8") from None


def _tell(price: "GradePrice") -> None:
    from lendmill.money import yuan

    spelling = price.band.spelling
    rate, low, high = spelling.text, int(price.band.units[0]), int(price.band.units[-1])
    print(f"\n{price.grade}: rates {rate(low)} ({price.band.low_by}) to {rate(high)} ({price.band.high_by})")
    if not price.pays:
        print(f"  no rate pays: the least is lost at {rate(price.best.units)}, {yuan(price.best.profit_cents)} yuan")
        return
    best, found = price.best, price.best.expected
    print(f"  best {rate(best.units)}, {best.yearly_rate:.2%} a year, limit {yuan(best.limit_cents)} yuan: "
          f"profit {yuan(best.profit_cents)} yuan, {float(found.kept_share):.1%} stay")  # fmt: skip
    print(f"  interest {yuan(int(found.interest_cents))} - funding {yuan(int(found.funding_cents))} - "
          f"loss {yuan(int(found.loss_cents))} - operating {yuan(int(found.operating_cents))}")  # fmt: skip
    print("  as good within 5 %: " + ", ".join(f"{rate(start)} to {rate(end)}" for start, end in price.flat_units))
    print(f"  without any one point of the curve the best lies from {rate(price.less_one_units[0])} to "
          f"{rate(price.less_one_units[1])}")  # fmt: skip
    even = price.break_even_units
    print(f"  break-even {'in no rate of the band' if even is None else rate(even)}")
    if price.limit_ends_by in ("highest", "lowest"):
        print(f"  nothing assumed stops the limit: it ends with the {price.limit_ends_by} there is")
    if price.today is not None:
        print(f"  today {rate(price.today.units)}, limit {yuan(price.today.limit_cents)} yuan: "
              f"profit {yuan(price.today.profit_cents)} yuan")  # fmt: skip
    for shift in price.shifts:
        _tell_shift(shift, spelling.text(shift.best.units))


def _tell_shift(shift: "Shift", rate: str) -> None:
    from lendmill.money import yuan

    what = SHIFTS[shift.what].format(shift.value)
    print(
        f"    {what:<28} best {rate}, limit {yuan(shift.best.limit_cents)}; staying forgoes {yuan(shift.regret_cents)}"
    )


def _draw(prices: "list[GradePrice]", folder: Path) -> None:
    from lendmill.web.pricing_charts import curves_picture, limits_picture, rates_picture

    folder.mkdir(parents=True, exist_ok=True)
    curves = {each.ground.curve.name: each.ground.curve for each in prices}
    drawn = {"curves": curves_picture(list(curves.values()), look="paper", rate="yearly rate", lost="borrowers lost")}
    for each in prices:
        drawn[f"{each.grade}-rates"] = rates_picture(each, look="paper", rate="yearly rate", profit="profit, yuan")
        drawn[f"{each.grade}-limits"] = limits_picture(each, look="paper", limit="limit, yuan", profit="profit, yuan")
    for name, picture in drawn.items():
        (folder / f"{name}.svg").write_text(picture, encoding="utf-8")
    print(f"\n{counted(len(drawn), 'picture')} in {folder}")


def _written(text: str, out: Path | None) -> None:
    if out is None:
        print(text, end="")
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_text(text, encoding="utf-8")
    print(out)
