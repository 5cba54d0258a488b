"""The review desk on the command line: what waits, one file, taking it, asking, the verdict, the second person."""

from typing import TYPE_CHECKING, Annotated, Any
from uuid import UUID

import typer

from lendmill.cli.counting import counted
from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.api.reviews import Deed, FileOut, SecondDeed
    from lendmill.insight.overrides.shares import DefaultShare

commands = typer.Typer()
reviews = typer.Typer(help="Files a person looks at: referred by the computer, or asked about by their borrower.")
commands.add_typer(reviews, name="reviews")

Case = Annotated[UUID, typer.Argument(help="The file's id; `lendmill reviews list` shows what waits.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever does it.")]
Key = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]


@reviews.command("list")
def list_files(view: Annotated[str, typer.Option(help="open, waiting, late or all.")] = "open") -> None:
    """Files not decided yet, the weightiest first."""
    from lendmill.cli import opened
    from lendmill.credit.review import queries
    from lendmill.money import yuan
    from lendmill.people.queries import house_day

    if view not in queries.VIEWS:
        raise typer.BadParameter(f"Choose one of {', '.join(queries.VIEWS)}.")
    after = None
    with opened.database(load()) as database, database.transaction() as db:
        today = house_day(db)
        while page := queries.queue(db, today, view=view, after=after):
            for each in page:
                asked = "-" if each.asked_cents is None else yuan(each.asked_cents)
                late = "  overdue" if each.late(today) else ""
                print(f"{each.case_id}  {each.priority(today).weight:>4}  {each.product_key}  {asked} yuan  {each.why}")
                print(f"    {each.display_name}  due by {each.due_on}{late}  {', '.join(each.reasons)}")
            after = page[-1].case_id
    if after is None:
        print("No file waits.")


@reviews.command()
def show(case: Case, by: By) -> None:
    """One file: what the computer says today, what a person may grant, what happened; that it was opened is noted."""
    from lendmill.api.reviews import file_told
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.review import actions, queries
    from lendmill.people.queries import act_today, house_day

    with opened.database(load()) as database:
        reader = member(database, by)
        act_today(database, actions.look, case_id=case, by=reader)
        with database.transaction() as db:
            _print(file_told(db, queries.review_case(db, case), reader, house_day(db)))


def _print(told: "FileOut") -> None:
    from lendmill.money import yuan

    found = told.case
    print(f"{found.case_id}  {found.product_key}  {found.status}  due by {found.due_on}")
    print(f"  the computer said {found.outcome}: {', '.join(found.reasons) or 'no reasons'}")
    if told.bounds is not None:
        limits = f"{yuan(told.bounds.least_cents)} to {yuan(told.bounds.most_cents)} yuan"
        print(f"  today it says {told.bounds.outcome}; a person may grant {limits}, {told.bounds.months_max} months")
        if told.bounds.stands_against:
            print(f"  nobody may grant it: {', '.join(told.bounds.stands_against)}")
    for each in told.interviews:
        print(f"  conversation {each.status}  {each.starts_at or ''}  {each.recording_ref}")
    for event in told.events:
        print(f"  {event.happened_on}  {event.what}  {event.by or ''}  {event.words}".rstrip())


@reviews.command()
def take(case: Case, by: By) -> None:
    """Take a file for a while; nobody else decides about it meanwhile."""
    _do(case, "take", by)


@reviews.command("hand-back")
def hand_back(case: Case, by: By) -> None:
    """Let a file go, so that somebody else can take it."""
    _do(case, "hand-back", by)


@reviews.command()
def ask(case: Case, by: By, words: Annotated[str, typer.Option(help="What the seller is asked.")]) -> None:
    """Ask the seller for something; the file waits for them."""
    _do(case, "ask", by, words=words)


@reviews.command()
def tie(case: Case, by: By, kind: Annotated[str, typer.Option(help="relative, introduced or business.")]) -> None:
    """Tell that one is tied to the borrower: the file goes to somebody else."""
    _do(case, "tie", by, kind=kind)


def _do(case: UUID, deed: "Deed", by: str, *, words: str = "", kind: str = "") -> None:
    from lendmill.api.reviews import do_at_desk
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.people.queries import act_today

    with opened.database(load()) as database:
        act_today(database, do_at_desk, case_id=case, deed=deed, by=member(database, by), words=words, kind=kind)
    print(f"file {case}: {deed}")


@reviews.command()
def verdict(
    case: Case,
    outcome: Annotated[str, typer.Argument(help="approve or decline.")],
    by: By,
    reason: Annotated[list[str], typer.Option(help="A reason by its code; again for another.")],
    words: Annotated[str, typer.Option(help="Why, in words.")],
    amount: Annotated[str, typer.Option(help="How much is granted at most, in yuan.")] = "",
    months: Annotated[int | None, typer.Option(help="For how many months at most.")] = None,
    condition: Annotated[list[str] | None, typer.Option(help="guarantor or collateral, where asked for.")] = None,
    key: Key = "",
) -> None:
    """Decide about a file one has taken; where one person is not enough, the verdict waits for a second."""
    from lendmill import ids, money
    from lendmill.api.reviews import decide_file
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.review.verdict.review import read_verdict
    from lendmill.people.queries import act_today

    content: dict[str, Any] = {
        "outcome": outcome, "reasons": reason, "words": words, "months_max": months, "conditions": condition or [],
        "amount_cents": money.cents(amount) if amount else None,
    }  # fmt: skip
    with opened.database(load()) as database:
        given = act_today(
            database, decide_file, key=key or str(ids.new()), case_id=case, verdict=read_verdict(content),
            by=member(database, by),
        )  # fmt: skip
    if given.outcome is None:
        print(f"approval {given.approval_id}: waits for a second person until {given.expires_on}")
    else:
        print(f"decision {given.result_id}: {outcome}")


@reviews.command()
def confirm(case: Case, by: By, key: Key = "") -> None:
    """As a second person, agree to the verdict that waits: it is carried out now."""
    _second(case, "confirm", by, "", key)


@reviews.command("send-back")
def send_back(case: Case, by: By, reason: Annotated[str, typer.Option(help="Why not.")], key: Key = "") -> None:
    """As a second person, do not agree: the file goes back to the desk."""
    _second(case, "send-back", by, reason, key)


@reviews.command()
def withdraw(case: Case, by: By, key: Key = "") -> None:
    """Take one's own verdict back before the second person decided."""
    _second(case, "withdraw", by, "", key)


def _second(case: UUID, deed: "SecondDeed", by: str, reason: str, key: str) -> None:
    from lendmill import ids
    from lendmill.api.reviews import NothingWaits, second_says, waiting_proposal
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.review import queries
    from lendmill.people.queries import act_today, house_day

    with opened.database(load()) as database:
        with database.transaction() as db:
            waiting = waiting_proposal(db, queries.review_case(db, case), house_day(db))
        if waiting is None:
            raise NothingWaits
        decided = act_today(
            database, second_says, key=key or str(ids.new()), approval_id=waiting.approval_id, deed=deed,
            reason=reason, by=member(database, by),
        )  # fmt: skip
    print(f"approval {decided.approval_id}: {decided.outcome}")


@reviews.command()
def overrides() -> None:
    """How often people were right who decided otherwise than the computer, from what became of the loans."""
    from lendmill.cli import opened
    from lendmill.insight.overrides.queries import override_report

    with opened.database(load()) as database, database.transaction() as db:
        report = override_report(db)
    print(
        f"{counted(report.verdicts, 'verdict')}; of {counted(report.ripening, 'grant')} the outcome is not known yet."
    )
    for name, share in (("override", report.override), ("person", report.person), ("computer", report.computer)):
        print(f"{name:<10}{_share(share)}")
    if report.computer_as_mixed is not None:
        print(f"the computer's, at the grades of the overrides: {report.computer_as_mixed:.1%}")
    for line in report.by_grade:
        print(f"  {line.grade:<5}computer {_share(line.computer)}; override {_share(line.override)}")
    for reason in report.by_reason:
        print(f"  {reason.reason:<24}{_share(reason.told)}")


def _share(told: "DefaultShare") -> str:
    if told.share is None:
        return "no outcome known yet"
    return f"{told.defaulted} of {told.approved} defaulted, {told.share:.1%} ({told.low:.1%} to {told.high:.1%})"


@reviews.command("lender-name")
def lender_name(name: Annotated[str, typer.Argument(help="The name that stands under every notice.")]) -> None:
    """Say under which name the house lends; notices sent before keep theirs."""
    from lendmill.cli import opened
    from lendmill.credit.notices.actions import name_lender

    with opened.database(load()) as database:
        database.act(name_lender, name=name)
    print(f"lender: {name}")
