"""Products and policies from the command line: `lendmill policies` and `lendmill products`, the same verbs for both."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from uuid import UUID

import typer

from lendmill.cli.cases import add_case_verbs
from lendmill.cli.testing import all_told
from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.db import Database, Db
    from lendmill.people.sign_in.queries import Caller
    from lendmill.products.publishing.kept import DocumentProposal, Verdict
    from lendmill.products.publishing.kind import Document, DocumentKind

Plural = Literal["policies", "products"]
PERCENT_TO_BP = 100

commands = typer.Typer()

Key = Annotated[str, typer.Argument(help="The document's key, such as standard or credit-line.")]
Number = Annotated[int, typer.Argument(help="The version's number.")]
File = Annotated[Path, typer.Argument(help="The document, in TOML or as .xlsx.")]
ProposalId = Annotated[UUID, typer.Argument(help="The proposal's id; `list` shows what waits.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever does this.")]
Reason = Annotated[str, typer.Option(help="Why, in words.")]
Once = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]
Language = Annotated[Literal["en", "zh"], typer.Option(help="The language of the sentences.")]
To = Annotated[Literal["shadow", "share", "live", "retired"], typer.Option("--to", help="The stage it is to stand in.")]
From = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="The day it counts from; default: the day of the approval."),
]
Share = Annotated[float | None, typer.Option(help="For the stage share: per cent of all borrowers, such as 5.")]


class NoSuchDocumentFile(Refusal):
    """There is no file {file}."""


def _verbs(plural: Plural) -> typer.Typer:
    """The verbs of one kind of document."""
    verbs = typer.Typer(help=f"{plural.capitalize()} as versions: draft, review, shadow, share, live, retired.")
    _looking(verbs, plural)
    _writing(verbs, plural)
    _taking_further(verbs, plural)
    if plural == "policies":
        add_case_verbs(verbs)
    return verbs


def _looking(verbs: typer.Typer, plural: Plural) -> None:
    """What shows and compares."""

    @verbs.command("list")
    def list_versions() -> None:
        """Every version with where it stands, and what waits for a second person."""
        _list(plural)

    @verbs.command()
    def show(key: Key, version: Number, language: Language = "en") -> None:
        """One version: what it says in words, and its log."""
        _show(plural, key, version, language)

    @verbs.command()
    def diff(
        key: Key,
        version: Number,
        other: Annotated[int | None, typer.Argument(help="The version to compare with; default: the live one.")] = None,
        language: Language = "en",
    ) -> None:
        """What a version says otherwise than another one: each difference in a sentence."""
        _diff(plural, key, version, other, language)


def _writing(verbs: typer.Typer, plural: Plural) -> None:
    """What reads and writes files."""

    @verbs.command()
    def check(
        file: File,
        on: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="For this day.")] = None,
    ) -> None:
        """Say whether a file could be published as the house is today; each mistake by its line or cell."""
        _check(plural, file, on)

    @verbs.command()
    def draft(file: File, by: By, note: Annotated[str, typer.Option(help="What it is about.")] = "") -> None:
        """Keep what a file says as a draft, or as the draft's next revision."""
        _draft(plural, file, by, note)

    @verbs.command("export")
    def export_version(
        key: Key,
        version: Annotated[str | None, typer.Argument(help="The version's number; default: the live one.")] = None,
        file: Annotated[Path | None, typer.Argument(help="The .xlsx to write.")] = None,
        toml: Annotated[Path | None, typer.Option(help="Write it as TOML to this file.")] = None,
    ) -> None:
        """Write a version to an Excel or a TOML file, from which the very same version is read again."""
        if version is not None and not version.isdecimal():
            if file is not None:
                raise typer.BadParameter(f"{version} is no version's number.")
            file, version = Path(version), None
        _export(plural, key, int(version) if version else None, file, toml)

    @verbs.command("import")
    def import_version(file: File, by: By, note: Annotated[str, typer.Option(help="What it is about.")] = "") -> None:
        """Keep an Excel file as a draft; each cell that cannot be read is told by sheet, row and column."""
        _draft(plural, file, by, note)


def _taking_further(verbs: typer.Typer, plural: Plural) -> None:
    """What takes a version from stage to stage, or holds it back."""

    @verbs.command()
    def propose(
        key: Key, version: Number, by: By, reason: Reason, to: To = "live", share: Share = None, on: From = None,
        once: Once = "",
    ) -> None:  # fmt: skip
        """Propose that a version goes to a stage, from a day on; another person approves."""
        _propose(plural, key, version, by, reason, to, share, on.date() if on else None, once)

    @verbs.command()
    def approve(
        proposal: ProposalId,
        by: By,
        reason: Annotated[str, typer.Option(help="Why, if there is more to say.")] = "",
        once: Once = "",
    ) -> None:
        """Agree to what another wrote and proposed."""
        _decide(plural, proposal, "approve", by, reason, once)

    @verbs.command()
    def decline(proposal: ProposalId, by: By, reason: Reason, once: Once = "") -> None:
        """Say no to what another proposed, and why: the version is a draft again."""
        _decide(plural, proposal, "decline", by, reason, once)

    @verbs.command()
    def withdraw(proposal: ProposalId, by: By, once: Once = "") -> None:
        """Take one's own proposal back."""
        _decide(plural, proposal, "withdraw", by, "", once)

    @verbs.command()
    def retire(key: Key, version: Number, by: By, reason: Reason) -> None:
        """Retire what is not live, give up a draft, or call off what is agreed for a coming day; one person may."""
        _hold_back(plural, key, version, by, reason, None)

    @verbs.command("lower-share")
    def lower_share(
        key: Key, version: Number, by: By, reason: Reason, to: Annotated[float, typer.Option("--to", help="Per cent.")]
    ) -> None:
        """Give a version a smaller share of all borrowers at once; one person may."""
        _hold_back(plural, key, version, by, reason, to)


commands.add_typer(_verbs("policies"), name="policies")
commands.add_typer(_verbs("products"), name="products")


def _list(plural: Plural) -> None:
    from lendmill.cli import opened
    from lendmill.people.queries import house_day
    from lendmill.products.publishing import queries

    kind = _kind(plural).name
    with opened.database(load()) as database, database.transaction() as db:
        today = house_day(db)
        found, waiting = queries.versions(db, kind, today), queries.waiting(db, kind, today)
    for each in found:
        since = f"  since {each.since_on}" if each.since_on else ""
        share = f"  {each.share_bp / PERCENT_TO_BP:g} %" if each.share_bp else ""
        coming = f"  {each.coming} from {each.coming_on}" if each.coming else ""
        print(f"{each.stage:<8} {each.document_key} {each.version}{share}{since}{coming}")
    for proposal in waiting:
        print(f"waits until {proposal.expires_on}: {_told(proposal)}")
    if not found:
        print(f"No {plural} are kept yet: `lendmill publish` puts those shipped in force.")


def _show(plural: Plural, key: str, version: int, language: str) -> None:
    from lendmill.cli import opened
    from lendmill.credit.publishing.stating import stated
    from lendmill.people.queries import house_day
    from lendmill.products.publishing import queries

    kind = _kind(plural)
    with opened.database(load()) as database, database.transaction() as db:
        document = _document(db, kind, key, version)
        stage = queries.stage_of(db, kind.name, key, version, house_day(db))
        steps = queries.log(db, kind.name, key, version)
    print(f"{key}, version {version}: {stage}\n  {document.fingerprint}")
    for step in steps:
        share = f" {step.share_bp / PERCENT_TO_BP:g} %" if step.share_bp else ""
        who = " and ".join(filter(None, (step.proposer, step.changer)))
        print(f"  from {step.effective_on}  {step.stage}{share}{f'  {who}' if who else ''}: {step.reason}")
    for part in stated(kind, document, chinese=language == "zh"):
        print(f"\n{part.title}")
        for line in part.lines:
            print(f"  {line.name}{'：' if language == 'zh' else ': '}{line.value}")
        for table in part.tables:
            print(f"  {table.title}")
            for row in table.rows:
                print(f"    {'  '.join(row)}")


def _diff(plural: Plural, key: str, version: int, other: int | None, language: str) -> None:
    from lendmill.cli import opened
    from lendmill.credit.publishing.stating import differences_told
    from lendmill.people.queries import house_day
    from lendmill.products.publishing import queries

    kind = _kind(plural)
    with opened.database(load()) as database, database.transaction() as db:
        live = queries.day_of(db, kind.name, key, house_day(db)).live
        if other is None and live is None:
            print(f"No version of {key} is live: name the version to compare with.")
            raise typer.Exit(1)
        beside = other if other is not None or live is None else live.version
        assert beside is not None
        after, before = _document(db, kind, key, version), _document(db, kind, key, beside)
    found = differences_told(kind, before, after, chinese=language == "zh")
    for sentence in found:
        print(sentence)
    if not found:
        print(f"Versions {beside} and {version} say the same.")


def _check(plural: Plural, file: Path, on: datetime | None) -> None:
    from lendmill.cli import opened
    from lendmill.people.queries import house_day

    kind = _kind(plural)
    document = _read(kind, file)
    with opened.database(load()) as database, database.transaction() as db:
        kind.fits(db, document, on.date() if on else house_day(db))
    print(f"{document.key}, version {document.version}, can be published.")


def _draft(plural: Plural, file: Path, by: str, note: str) -> None:
    from lendmill.cli import opened
    from lendmill.people.queries import act_today
    from lendmill.products.publishing import actions

    kind = _kind(plural)
    document = _read(kind, file)
    with opened.database(load()) as database:

        def keep(db: "Db", *, today: date, by: "Caller") -> Any:
            return actions.draft(db, kind, document, by=by, today=today, note=note)

        kept = act_today(database, keep, by=_member(database, by))
    print(f"{kept.document_key}, version {kept.version}: draft, revision {kept.revision}")


def _propose(
    plural: Plural, key: str, version: int, by: str, reason: str, to: Any, share: float | None, on: date | None,
    once: str,
) -> None:  # fmt: skip
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.cli.lending_after import stops
    from lendmill.people.queries import act_today
    from lendmill.products.publishing import actions

    kind = _kind(plural)
    with opened.database(load()) as database:

        def ask(db: "Db", *, today: date, by: "Caller") -> "DocumentProposal":
            return actions.propose(
                db, kind, command_key=once or str(ids.new()), key=key, version=version, to_stage=to, reason=reason,
                by=by, today=today, share_bp=_bp(share), effective_on=on,
            )  # fmt: skip

        proposal = act_today(database, ask, by=_member(database, by))
        means = stops(database, proposal)
    print(f"{_told(proposal)}\nwaits for another person until {proposal.expires_on}{means}")


def _decide(plural: Plural, proposal_id: UUID, verdict: "Verdict", by: str, reason: str, once: str) -> None:
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.cli.lending_after import offers_again
    from lendmill.people.queries import act_today
    from lendmill.products.publishing import actions

    kind = _kind(plural)
    with opened.database(load()) as database:

        def say(db: "Db", *, today: date, by: "Caller") -> "DocumentProposal":
            return actions.decide(
                db, kind, command_key=once or str(ids.new()), proposal_id=proposal_id, verdict=verdict, by=by,
                today=today, reason=reason,
            )  # fmt: skip

        decided = act_today(database, say, by=_member(database, by))
    print(f"proposal {decided.proposal_id}: {decided.outcome} on {decided.decided_on}")
    if decided.outcome == "approved":
        since = decided.effective_on or decided.decided_on
        print(
            f"{decided.document_key}, version {decided.version}: {decided.to_stage} from {since}{offers_again(decided)}"
        )


def _hold_back(plural: Plural, key: str, version: int, by: str, reason: str, share: float | None) -> None:
    from lendmill.cli import opened
    from lendmill.people.queries import act_today
    from lendmill.products.publishing import actions

    kind = _kind(plural)
    with opened.database(load()) as database:

        def hold(db: "Db", *, today: date, by: "Caller") -> None:
            actions.hold_back(
                db, kind, key=key, version=version, reason=reason, by=by, today=today, share_bp=_bp(share)
            )

        act_today(database, hold, by=_member(database, by))
    print(f"{key}, version {version}: {'retired' if share is None else f'{share:g} % of all borrowers'}")


def _export(plural: Plural, key: str, version: int | None, file: Path | None, toml: Path | None) -> None:
    from lendmill.cli import opened
    from lendmill.credit.publishing.stating import spreadsheet
    from lendmill.people.queries import house_day
    from lendmill.products.publishing import queries
    from lendmill.products.publishing.toml import toml_of

    if file is None and toml is None:
        raise typer.BadParameter("Say where to: a file for Excel, or --toml and a file.")
    kind = _kind(plural)
    with opened.database(load()) as database, database.transaction() as db:
        if version is None:
            live = queries.day_of(db, kind.name, key, house_day(db)).live
            if live is None:
                raise typer.BadParameter(f"No version of {key} is live: name one.")
            version = live.version
        document = _document(db, kind, key, version)
    note = f"{kind.name} {key}, version {version}\n{document.fingerprint}"
    written = {
        file: spreadsheet(kind, document, chinese=False) if file else b"",
        toml: toml_of(document, note).encode(),
    }
    for out, content in written.items():
        if out is not None:
            out.parent.mkdir(parents=True, exist_ok=True)
            out.write_bytes(content)
            print(out)


def _kind(plural: Plural) -> "DocumentKind[Any]":
    from lendmill.credit.publishing.queries import kind_named

    return kind_named(plural)


def _document(db: "Db", kind: "DocumentKind[Any]", key: str, version: int) -> "Document":
    from lendmill.credit.publishing.queries import document

    found: Document = document(db, kind, key, version)
    return found


def _read(kind: "DocumentKind[Any]", file: Path) -> "Document":
    """The document of a file; where it cannot be taken over, each mistake on a line of its own, in their order."""
    from lendmill.products.publishing.files import FileWrong, document_in

    if not file.is_file():
        raise NoSuchDocumentFile(file=file)
    try:
        found: Document = document_in(kind, file.read_bytes(), file.name)
    except FileWrong as wrong:
        all_told(wrong)
    return found


def _told(proposal: "DocumentProposal") -> str:
    share = f" {proposal.share_bp / PERCENT_TO_BP:g} %" if proposal.share_bp else ""
    since = f" from {proposal.effective_on}" if proposal.effective_on else ""
    return (
        f"{proposal.proposal_id}  {proposal.document_key} {proposal.version} to {proposal.to_stage}{share}{since}  "
        f"{proposal.proposer}: {proposal.reason}"
    )


def _bp(percent: float | None) -> int | None:
    return None if percent is None else round(percent * PERCENT_TO_BP)


def _member(database: "Database", name: str) -> "Caller":
    from lendmill.cli.approvals import member

    return member(database, name)
