"""What waits for a second person, and deciding about it."""

from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from lendmill.cli.counting import counted
from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.api.approvals import Outcome
    from lendmill.db import Database, Db
    from lendmill.people.sign_in.queries import Caller

commands = typer.Typer()
approvals = typer.Typer(help="Proposed changes of loans that wait for a second person; and what else waits for one.")
commands.add_typer(approvals, name="approvals")

Id = Annotated[UUID, typer.Argument(help="The approval's id; `lendmill approvals list` shows what waits.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever decides.")]
Key = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]


@approvals.command("list")
def list_waiting() -> None:
    """What waits for a second person today, the oldest first; and how much waits under other commands."""
    from lendmill.cli import opened
    from lendmill.people import queries as people
    from lendmill.people.approvals import queries
    from lendmill.people.queries import house_day

    after = None
    with opened.database(load()) as database, database.transaction() as db:
        while page := queries.waiting(db, house_day(db), after=after):
            for each in page:
                asked = " ".join(f"{name}={value}" for name, value in each.body.items())
                borrower = people.borrower(db, each.borrower_id)
                print(f"{each.approval_id}  {each.kind}  {asked}  until {each.expires_on}")
                loan = f", loan {each.loan_id}" if each.loan_id else ""
                print(f"    {borrower.display_name}{loan}  {each.proposer}: {each.reason}")
            after = page[-1].approval_id
        elsewhere = _elsewhere(db)
    if after is None:
        print("No change of a loan waits." if elsewhere else "Nothing waits.")
    for told in elsewhere:
        print(told)


def _elsewhere(db: "Db") -> list[str]:
    """What waits for a second person under other commands: cards, policies, products, adjustments."""
    from lendmill.people.queries import house_day
    from lendmill.products.publishing import queries as documents
    from lendmill.rating.adjusting import queries as adjusting
    from lendmill.rating.registry import queries as cards

    today = house_day(db)
    waiting = (
        (len(cards.waiting(db, today)), "rating card", "", "models list"),
        (len(documents.waiting(db, "policy", today)), "policy", "policies", "policies list"),
        (len(documents.waiting(db, "product", today)), "product", "", "products list"),
        (sum(each.state(today) == "waiting" for each in adjusting.adjustments(db)), "adjustment", "",
         "adjustments list"),
    )  # fmt: skip
    return [
        f"{counted(n, one, many)} {'waits' if n == 1 else 'wait'}: `lendmill {where}`"
        for n, one, many, where in waiting
        if n
    ]


@approvals.command()
def approve(
    approval: Id,
    by: By,
    reason: Annotated[str, typer.Option(help="Why, if there is more to say.")] = "",
    key: Key = "",
) -> None:
    """Agree to what another proposed: it is made at once."""
    _decide(approval, "approve", by, reason, key)


@approvals.command()
def decline(
    approval: Id, by: By, reason: Annotated[str, typer.Option(help="Why not, in words.")], key: Key = ""
) -> None:
    """Say no to what another proposed, and why; nothing is changed."""
    _decide(approval, "decline", by, reason, key)


@approvals.command()
def withdraw(approval: Id, by: By, key: Key = "") -> None:
    """Take one's own proposal back."""
    _decide(approval, "withdraw", by, "", key)


def _decide(approval_id: UUID, outcome: "Outcome", by: str, reason: str, key: str) -> None:
    from lendmill import ids
    from lendmill.api.approvals import decide_about
    from lendmill.cli import opened
    from lendmill.people.queries import act_today

    with opened.database(load()) as database:
        decided = act_today(
            database, decide_about, key=key or str(ids.new()), approval_id=approval_id, outcome=outcome, reason=reason,
            by=member(database, by),
        )  # fmt: skip
    print(f"approval {decided.approval_id}: {decided.outcome} on {decided.decided_on}")


def member(database: "Database", name: str) -> "Caller":
    """Who signs in by this name."""
    from lendmill.people.sign_in.queries import caller_named

    with database.transaction() as db:
        found = caller_named(db, name)
    if found is None:
        raise typer.BadParameter(f"Nobody signs in as {name}: `lendmill open-account` lets somebody in.")
    return found
