"""Asking customs, tax office, bureau and registry about a shop, and showing what they said."""

from typing import TYPE_CHECKING, Annotated, Final

import typer

from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from uuid import UUID

    from lendmill.db import Database
    from lendmill.rating.parties.queries import PartyStanding

WAIT_SECONDS: Final = 20.0
GLANCE_SECONDS: Final = 0.25

commands = typer.Typer()
third = typer.Typer(help="Third parties: customs, tax office, credit bureau, business registry.", no_args_is_help=True)
commands.add_typer(third, name="parties")

Shop = Annotated[str, typer.Argument(help="The shop, by the marketplace's name for it.")]


class NoBorrowerOfShop(Refusal):
    """No borrower runs a shop called {shop_key!r}: `lendmill import` registers shops."""


@third.command()
def ask(
    shop: Shop,
    party: Annotated[str, typer.Option(help="customs, tax, bureau or registry; without it, all four.")] = "",
) -> None:
    """Ask about a shop's borrower, with the consents they gave, and wait a little for the answers."""
    from lendmill.cli import opened
    from lendmill.outside.parties.carrying import ask_party, carry_enquiries
    from lendmill.people.queries import house_day
    from lendmill.people.seal import Seal
    from lendmill.rating.parties.party import PARTIES, party_called

    settings = load()
    names = [party_called(party).name] if party else [each.name for each in PARTIES]
    with opened.database(settings) as database, opened.parties(settings) as parties:
        borrower_id = _borrower(database, shop)
        with database.transaction() as db:
            today = house_day(db)
        refused = []
        for name in names:
            try:
                database.act(ask_party, borrower_id=borrower_id, party=name, today=today)
            except Refusal as reason:
                refused.append((name, str(reason)))
        seal = Seal(settings.secret_key())
        while parties and carry_enquiries(database, parties, seal):
            pass
        _wait(database, borrower_id, [name for name in names if name not in dict(refused)])
        _show(_standings(database, borrower_id), names)
    for name, sentence in refused:
        print(f"{name:<9} was not asked. {sentence}")


@third.command()
def show(shop: Shop) -> None:
    """Show what every party was asked about a shop's borrower, and what it said."""
    from lendmill.cli import opened
    from lendmill.money import yuan

    with opened.database(load()) as database:
        standings = _standings(database, _borrower(database, shop))
    _show(standings, [each.party.name for each in standings])
    for each in standings:
        for figure in each.counting.said if each.counting else ():
            number = f"{figure.quantity:g}" if figure.quantity is not None else ""
            money = f"{yuan(figure.amount_cents)} yuan" if figure.amount_cents is not None else ""
            told = "  ".join(filter(None, (money, number, figure.counterparty or "", figure.reference)))
            print(f"  {each.party.name:<9} {figure.happened_on}  {figure.subject:<20} {told}")


def _borrower(database: "Database", shop: str) -> "UUID":
    from lendmill.people.queries import shops_by_key

    with database.transaction() as db:
        found = shops_by_key(db, [shop])
    if shop not in found:
        raise NoBorrowerOfShop(shop_key=shop)
    return found[shop].borrower_id


def _standings(database: "Database", borrower_id: "UUID") -> list["PartyStanding"]:
    from lendmill.people.queries import house_day
    from lendmill.rating.parties.queries import party_standings

    with database.transaction() as db:
        return party_standings(db, borrower_id, house_day(db))


def _wait(database: "Database", borrower_id: "UUID", names: list[str]) -> None:
    """Give the worker of a running house time to carry what we asked."""
    import time

    until = time.monotonic() + WAIT_SECONDS
    while any(each.state == "waiting" and each.party.name in names for each in _standings(database, borrower_id)):
        if time.monotonic() > until:
            print("Not all have answered yet: the worker of `lendmill up` carries the questions.")
            return
        time.sleep(GLANCE_SECONDS)


def _show(standings: list["PartyStanding"], names: list[str]) -> None:
    for each in standings:
        if each.party.name not in names:
            continue
        newest = each.newest
        told = [each.state]
        if newest is not None and newest.as_of_on is not None:
            told.append(f"as of {newest.as_of_on}")
        if newest is not None and newest.missing:
            told.append(f"without {', '.join(newest.missing)}")
        if newest is not None and newest.reason:
            told.append(newest.reason)
        if each.request is not None and each.request.status == "given up":
            told.append("tried often enough: ask again")
        by = f" ({newest.answered_by})" if newest is not None and newest.answered_by else ""
        print(f"{each.party.name:<9} {'; '.join(told)}{by}")
