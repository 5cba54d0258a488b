"""Publishing products and policy, ready offers, and a decision's story and proof."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from uuid import UUID

import typer

if TYPE_CHECKING:
    from lendmill.credit.decisions.queries import KeptDecision
    from lendmill.db import Db

commands = typer.Typer()

ALL: Final = "--all"


Decision = Annotated[str, typer.Argument(help="The decision's id.")]


@commands.command()
def publish(
    product: Annotated[
        list[Path] | None,
        typer.Option(help="A product document in TOML; again for another.", exists=True, dir_okay=False, readable=True),
    ] = None,
    policy: Annotated[
        Path | None, typer.Option(help="A policy document in TOML.", exists=True, dir_okay=False, readable=True)
    ] = None,
) -> None:
    """Put the first versions in force when the house begins: the documents named, or else those shipped.

    Later versions go through `lendmill policies` and `lendmill products`; what a release ships to a house that has
    begun is kept as a draft.
    """
    from lendmill.cli import opened
    from lendmill.credit.actions import publish_policy, publish_presets
    from lendmill.credit.queries import policy_in, preset_policy
    from lendmill.people.queries import house_day
    from lendmill.products.actions import publish_all
    from lendmill.products.document import read_product
    from lendmill.products.queries import presets

    chosen = bool(product or policy)
    products = [read_product(_text(path)) for path in product or ()] if chosen else presets()
    rules = policy_in(_text(policy)) if policy else None if chosen else preset_policy()
    drafted: list[str] = []
    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        if chosen:
            publish_all(db, products, today=today)
            if rules is not None:
                publish_policy(db, rules, today=today)
        else:
            drafted = publish_presets(db, today=today)
    for each in products:
        print(f"product {each.key}, version {each.version}")
    if rules is not None:
        print(f"policy {rules.key}, version {rules.version}")
    for name in drafted:
        print(f"{name}: a draft, for `lendmill policies propose` or `lendmill products propose`")


def _text(file: Path) -> str:
    from lendmill.products.publishing.files import NotAText

    try:
        return file.read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise NotAText(name=file) from None


@commands.command()
def offers() -> None:
    """Work out what every rated shop may have today; run again on the same day it changes nothing."""
    from lendmill.cli import bars, opened
    from lendmill.credit.actions import make_offers_by_page
    from lendmill.credit.queries import policy
    from lendmill.money import yuan
    from lendmill.people.queries import house_day
    from lendmill.products.queries import on_sale

    with opened.database() as database, bars.bars() as told:
        with database.transaction() as db:
            today, rules, products = house_day(db), policy(db), on_sale(db)
        report = make_offers_by_page(
            database.transaction,
            today=today,
            policy=rules,
            products=products,
            progress=lambda done, total: told("offers", done, total),
        )
    print(f"{report.looked_at} looked at, {report.done_before} done before, {report.line_open} with a line already.")
    print(f"{report.offered} offered, {yuan(report.offered_cents)} yuan in all;")
    print(f"{report.referred} for a person to decide, {report.declined} declined.")
    if report.alone:
        print(f"{report.alone} decided one by one: their sums are too long for a column.")
    for reason, count in sorted(report.reasons.items(), key=lambda item: -item[1]):
        print(f"  {count:>7}  {reason}")


@commands.command()
def entries(
    csv: Annotated[Path, typer.Option("--csv", help="The file to write: one row for each shop and product.")],
) -> None:
    """Write who may see the way in (申请入口) today, for marketplaces that take a file.

    One row for each shop with each offer, line or application it sees; shops that see nothing, and lines of which
    nothing is left, are not in it.
    """
    from csv import writer

    from lendmill.cli import opened
    from lendmill.credit.offers.entries.queries import every_entry
    from lendmill.credit.offers.entries.sheet import COLUMNS, rows_of
    from lendmill.people.queries import house_day

    shops, part = 0, csv.with_name(csv.name + ".part")
    csv.parent.mkdir(parents=True, exist_ok=True)
    with opened.database() as database, database.transaction() as db, part.open("w", encoding="utf-8-sig") as file:
        written = writer(file, lineterminator="\n")
        written.writerow(COLUMNS)
        for each in every_entry(db, house_day(db)):
            rows = list(rows_of(each))
            written.writerows(rows)
            shops += bool(rows)
    part.replace(csv)
    print(f"{shops} shops may see the way in today: {csv}")


@commands.command()
def why(decision: Decision, language: Annotated[str, typer.Option(help="en or zh.")] = "en") -> None:
    """Tell the story of a decision: every finding with its threshold, its value and its verdict."""
    from lendmill.cli import opened
    from lendmill.credit.queries import why as story

    with opened.database() as database, database.transaction() as db:
        print(story(db, _id(decision), language), end="")


@commands.command()
def replay(
    decision: Annotated[str, typer.Argument(help="The decision's id.")] = "",
    every: Annotated[bool, typer.Option(ALL, help="All decisions there are.")] = False,
) -> None:
    """Make a decision again from what was kept, and compare it byte for byte."""
    from lendmill.cli import opened
    from lendmill.credit import queries

    if every == bool(decision):
        raise typer.BadParameter("Name one decision, or say --all.")
    looked_at, wrong, first, decided_by = 0, 0, "", ""
    with opened.database() as database, database.transaction() as db:
        for kept in queries.every_decision(db) if every else [queries.decision(db, _id(decision))]:
            looked_at += 1
            again = queries.replayed_now(db, kept)
            if not every:
                decided_by = _decided_by(db, kept)
            if not again.same:
                wrong += 1
                first = first or f"{kept.decision_id}: {'; '.join(again.differences[:3])}"
    if wrong:
        print(f"{wrong} of {looked_at} are not the same when made again; the first: {first}", file=sys.stderr)
        raise typer.Exit(1)
    print(f"{looked_at} decision{'' if looked_at == 1 else 's'} made again: the same to the last byte.")
    if decided_by:
        print(decided_by)


def _decided_by(db: "Db", kept: "KeptDecision") -> str:
    """The documents a decision was made by, and the arms it was in of the trials that ran."""
    from lendmill.credit.trials.queries import arms_of

    used = kept.opened
    arms = "".join(f"; trial {each.trial}: {each.arm}" for each in arms_of(db, kept.borrower_id, kept.decision_id))
    documents = f"policy {used.policy.key}, version {used.policy.version}; product {used.product.key}"
    return f"By {documents}, version {used.product.version}{arms}."


def _id(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is not a decision's id.") from None
