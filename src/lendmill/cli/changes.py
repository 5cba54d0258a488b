"""Changing a loan by hand: what a change would do, proposing it, and all changes of a loan."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.db import Database

commands = typer.Typer()
changes = typer.Typer(help="Changing a loan by hand: fees, waivers, rates, dates, plans, endings, payments taken back.")
commands.add_typer(changes, name="changes")

Shop = Annotated[str, typer.Argument(help="A shop of the borrower, by the marketplace's name for it.")]
Loan = Annotated[UUID, typer.Argument(help="The loan's id; `lendmill loans SHOP` lists them.")]
Kind = Annotated[str, typer.Argument(help="Such as charge_fee, waive, extend; `lendmill changes kinds` lists them.")]
Fields = Annotated[
    list[str] | None, typer.Argument(help="What the kind needs, such as amount=20.00 or to_on=2026-05-01.")
]
By = Annotated[str, typer.Option(help="The sign-in name of whoever proposes it.")]
Key = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]


@changes.command()
def kinds() -> None:
    """Every kind of change, what it needs, who may propose it and from which amount on it takes two people."""
    from lendmill.loans.changes import BY_KIND
    from lendmill.money import yuan
    from lendmill.people.approvals.rules import ANY_AMOUNT, RULES

    for kind, change in BY_KIND.items():
        rule = RULES[kind]
        alone_cents = rule.alone_up_to_cents
        alone = "one person" if alone_cents == ANY_AMOUNT else f"one person up to {yuan(alone_cents)}"
        needs = " ".join(field.removesuffix("_cents") for field in change.__struct_fields__) or "-"
        who = ", ".join(sorted(role.value for role in rule.proposers))
        print(f"{kind:<18}{needs:<44}{alone if alone_cents else 'two people':<24}{who}")


@changes.command()
def preview(shop: Shop, loan: Loan, kind: Kind, fields: Fields = None) -> None:
    """What a change would do to a loan today; nothing is written."""
    from lendmill.api.changes import try_out
    from lendmill.cli import opened
    from lendmill.people.queries import act_today

    change = _read(kind, fields or [])
    with opened.database(load()) as database:
        borrower_id = _borrower(database, shop)
        seen = act_today(database, try_out, borrower_id=borrower_id, loan_id=loan, change=change)
    for what, was, now in zip(("", *SHOWN), ("now", *_told(seen.before)), ("after", *_told(seen.after)), strict=True):
        print(f"{what:<20}{was:>20}{now:>20}{'  *' if was != now and what else ''}")
    people = "takes a second person" if seen.two_people else "one person is enough"
    print(f"begins {seen.begins_on}; {people}")


@changes.command()
def propose(
    shop: Shop,
    loan: Loan,
    kind: Kind,
    fields: Fields = None,
    *,
    by: By,
    reason: Annotated[str, typer.Option(help="Why, in words; kept with the change.")],
    key: Key = "",
) -> None:
    """Propose a change of a loan; where one person is enough it is made at once."""
    from lendmill import ids
    from lendmill.api.changes import propose_change
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.people.queries import act_today

    change = _read(kind, fields or [])
    with opened.database(load()) as database:
        approval = act_today(
            database, propose_change, key=key or str(ids.new()), borrower_id=_borrower(database, shop),
            loan_id=loan, change=change, reason=reason, by=member(database, by),
        )  # fmt: skip
    if approval.outcome is None:
        print(f"approval {approval.approval_id}: waits for a second person until {approval.expires_on}")
    else:
        print(f"approval {approval.approval_id}: made, one person is enough")


@changes.command("list")
def list_changes(shop: Shop, loan: Loan) -> None:
    """All changes of a loan: made, planned, waiting for a second person, and what was decided."""
    from lendmill.api.changes import changes_so_far
    from lendmill.cli import opened
    from lendmill.people.queries import house_day

    with opened.database(load()) as database:
        borrower_id = _borrower(database, shop)
        with database.transaction() as db:
            found = changes_so_far(db, borrower_id, loan, house_day(db))
    for made in found.made:
        print(f"made     {made.value_on}  booked {made.booked_on}  {made.kind:<12} {_details(made)}")
    for planned in found.planned:
        print(f"planned  {planned.begins_on}  {planned.kind:<12} {_details(planned)}")
    for each in (*found.waiting, *found.decided):
        asked = f"{each.approval_id}  {each.kind}  {each.proposer}: {each.reason}"
        decided = f"  {each.decider}: {each.decided_why}" if each.decided_why else ""
        print(f"{each.state:<9}{each.proposed_on}  {asked}{decided}")


SHOWN = ("status", "principal", "interest", "penalty", "fees", "owed in all", "due so far", "next due", "last day",
         "days past due", "adjusted")  # fmt: skip


def _told(loan: Any) -> tuple[str, ...]:
    from lendmill.money import yuan

    amounts = (loan.outstanding_cents, loan.interest_cents, loan.penalty_cents, loan.fees_cents, loan.payoff_cents,
               loan.due_now_cents)  # fmt: skip
    days = (loan.next_due_on or "-", loan.matures_on or "-", loan.days_past_due, loan.adjusted_days_past_due)
    return (loan.status, *map(yuan, amounts), *map(str, days))


def _details(change: Any) -> str:
    from lendmill.money import yuan

    amount = f"{yuan(change.amount_cents)} " if change.amount_cents else ""
    return amount + " ".join(f"{name}={value}" for name, value in change.details.items())


def _read(kind: str, fields: list[str]) -> Any:
    """The change that was typed: amounts in yuan, days as 2026-05-01, rows of re_age as dues.1=2026-05-01."""
    from lendmill.loans.changes import BY_KIND, read_change
    from lendmill.money import cents

    known = BY_KIND[kind].__struct_fields__ if kind in BY_KIND else ()
    content: dict[str, Any] = {}
    for field in fields:
        name, equals, text = field.partition("=")
        if not equals:
            raise typer.BadParameter(f"{field} is no field: write it like amount=20.00 or to_on=2026-05-01.")
        head, dot, row = name.partition(".")
        if f"{name}_cents" in known:
            content[f"{name}_cents"] = cents(text)
        elif dot:
            content.setdefault(head, {})[row] = text
        else:
            content[name] = int(text) if name in ("n", "months") and text.isdecimal() and len(text) < 10 else text
    return read_change(kind, content)


def _borrower(database: "Database", shop: str) -> UUID:
    from lendmill.people.queries import shops_by_key

    with database.transaction() as db:
        found = shops_by_key(db, [shop])
    if shop not in found:
        raise typer.BadParameter(f"No borrower runs a shop called {shop}: `lendmill import` registers shops.")
    return found[shop].borrower_id
