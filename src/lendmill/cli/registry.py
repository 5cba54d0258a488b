"""The registry of cards: which are kept, where each stands, and taking one from stage to stage by two people."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

import typer

from lendmill.refusals import Refusal
from lendmill.settings import load

if TYPE_CHECKING:
    from lendmill.db import Database, Db
    from lendmill.people.sign_in.queries import Caller
    from lendmill.rating.queries import Model
    from lendmill.rating.registry.actions import Verdict
    from lendmill.rating.registry.proposal import ModelProposal
    from lendmill.rating.watching.figure import WatchFigure

commands = typer.Typer()
models = typer.Typer(help="The cards that are kept: draft, shadow, live, retired.")
commands.add_typer(models, name="models")

Id = Annotated[str, typer.Argument(help="The card's name; `lendmill models list` shows all.")]
ProposalId = Annotated[UUID, typer.Argument(help="The proposal's id; `lendmill models list` shows what waits.")]
By = Annotated[str, typer.Option(help="The sign-in name of whoever does this.")]
Reason = Annotated[str, typer.Option(help="Why, in words.")]
Key = Annotated[str, typer.Option(help="Makes the command happen once, however often it is sent; default: a new one.")]
To = Annotated[
    Literal["live", "retired"],
    typer.Option("--to", help="Live, or for the live card: retired with nothing in its place."),
]

BESIDE_APPROVAL = ("psi", "unknown", "auc", "calibration", "so far")


class NothingToWrite(Refusal):
    """Say what to write: --pdf, --page, --sql, --pmml, --xlsx or --json, each with a file."""


class NoSuchCardFile(Refusal):
    """There is no file {file}: name one that a notebook published, or `lendmill models export --json`."""


@models.command("list")
def list_models() -> None:
    """Every card with its stage, the newest first, and what waits for a second person."""
    from lendmill.cli import opened
    from lendmill.people.queries import house_day
    from lendmill.rating import queries as ratings
    from lendmill.rating.registry import queries
    from lendmill.rating.registry.reading import report_of

    with opened.database(load()) as database, database.transaction() as db:
        kept, waiting = ratings.models(db), queries.waiting(db, house_day(db))
    for model in kept:
        report = report_of(model.report)
        rows = f" in {report.rows} rows" if report and report.by_day else ""
        measured = f"AUC {report.auc}, {report.shops} shops{rows}" if report else "not measured here"
        print(f"{model.stage:<8} {model.model_id}  {model.kind}, {model.target}: {measured}")
    for proposal in waiting:
        print(f"waits until {proposal.expires_on}: {_told(proposal)}")
    if not kept:
        print("No card is kept yet: `lendmill train` makes one.")


@models.command()
def show(model_id: Id) -> None:
    """A card's page, the way it has come, and what it was last watched by."""
    from lendmill.cli import opened
    from lendmill.rating import queries as ratings
    from lendmill.rating.registry import queries
    from lendmill.rating.watching import queries as watched

    with opened.database(load()) as database, database.transaction() as db:
        model = ratings.model(db, model_id)
        steps = queries.stages_of(db, model_id)
        watched_on = watched.last_watched(db, model_id)
        figures = watched.figures(db, model_id, watched_on) if watched_on else []
    print(f"{model.model_id}: {model.stage}, {model.kind}, learns {model.target}")
    print(f"  card {model.digest}\n  data {model.data_hash or 'unknown'}\n  code {model.code_version or 'unknown'}")
    for step in steps:
        who = f" by {step.changer}" if step.changer else ""
        print(f"  {step.changed_on or step.made_at.date()}  {step.stage:<8}{who}: {step.reason}")
    if watched_on:
        print(f"Watched on {watched_on}:")
        _print_figures(figures)
    if model.page:
        print(f"\n{model.page}")


@models.command()
def keep(
    file: Annotated[Path, typer.Argument(help="What a notebook published, or a card that another house exported.")],
) -> None:
    """Keep a card learned elsewhere as a draft, with what was measured of it; the same card twice is kept once."""
    from lendmill.cli import opened
    from lendmill.features.catalogue import NAMES
    from lendmill.people.queries import HouseNotOpen, house_day
    from lendmill.rating.actions import keep_model
    from lendmill.rating.page import came_from
    from lendmill.rating.published import taken_in
    from lendmill.rating.registry.provenance import Provenance

    if not file.is_file():
        raise NoSuchCardFile(file=file)
    card, report = taken_in(file.read_bytes(), file.name)
    with opened.database(load()) as database:
        with database.transaction() as db:
            try:
                today = house_day(db)
            except HouseNotOpen:
                today = None
        came = came_from(card, report, as_of_on=None, kept_on=today) if report else Provenance(kept_on=today)
        model_id = database.act(keep_model, card, report or {}, came)
    print(f"kept as {model_id}, a draft: `lendmill models list` shows it, `lendmill models shadow` takes it further")
    if strange := sorted(set(card.features) - set(NAMES)):
        print(f"This house knows nothing of {', '.join(strange)}: with this card every shop's rating would be UNKNOWN.")


@models.command()
def shadow(model_id: Id, by: By, reason: Reason) -> None:
    """Let a draft, or a card that retired, rate in the shadow: it is compared, and decides nothing."""
    _move(model_id, "shadow", by, reason)


@models.command()
def retire(model_id: Id, by: By, reason: Reason) -> None:
    """Retire a draft or a card in the shadow; the live one takes two: `models propose --to retired`."""
    _move(model_id, "retired", by, reason)


@models.command()
def propose(model_id: Id, by: By, reason: Reason, to: To = "live", key: Key = "") -> None:
    """Propose that a card goes live; another person approves. A card that was live before can be proposed again."""
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.insight.outcomes.actions import watch_model
    from lendmill.people.queries import act_today
    from lendmill.rating import queries as ratings
    from lendmill.rating.registry import actions

    with opened.database(load()) as database:
        with database.transaction() as db:
            live = next((each for each in ratings.models(db) if each.stage == "live"), None)
        proposal = act_today(
            database, actions.propose, key=key or str(ids.new()), model_id=model_id, to_stage=to, reason=reason,
            by=_member(database, by),
        )  # fmt: skip
        with database.transaction() as db:
            model = ratings.model(db, model_id)
        found = act_today(database, watch_model, model_id=model_id) if to == "live" else []
    print(f"{_told(proposal)}\nwaits for another person until {proposal.expires_on}")
    if live is not None and live.target != model.target:
        print(f"It learns {model.target}; the live card learns {live.target}: their PDs are of different things.")
    if alarms := [each for each in found if each.alarm]:
        print("Watched now, these figures call for a look:")
        _print_figures(alarms)


@models.command()
def approve(
    proposal: ProposalId,
    by: By,
    reason: Annotated[str, typer.Option(help="Why, if there is more to say.")] = "",
    key: Key = "",
) -> None:
    """Agree to what another proposed: the card changes its stage at once."""
    _decide(proposal, "approve", by, reason, key)


@models.command()
def decline(proposal: ProposalId, by: By, reason: Reason, key: Key = "") -> None:
    """Say no to what another proposed, and why."""
    _decide(proposal, "decline", by, reason, key)


@models.command()
def withdraw(proposal: ProposalId, by: By, key: Key = "") -> None:
    """Take one's own proposal back."""
    _decide(proposal, "withdraw", by, "", key)


@models.command()
def export(
    model_id: Id,
    pdf: Annotated[Path | None, typer.Option(help="The card to read and file, with pictures.")] = None,
    sql: Annotated[Path | None, typer.Option(help="One SQL statement that rates.")] = None,
    pmml: Annotated[Path | None, typer.Option(help="PMML 4.4.")] = None,
    xlsx: Annotated[Path | None, typer.Option(help="A spreadsheet.")] = None,
    json: Annotated[Path | None, typer.Option(help="The card itself, as it is kept.")] = None,
    page: Annotated[Path | None, typer.Option(help="The model card in words, with how it fares.")] = None,
    language: Annotated[Literal["zh-Hans", "zh", "en"], typer.Option(help="The language of the PDF.")] = "en",
) -> None:
    """Write a card to files for other programs and for people; several at once if wished."""
    from lendmill.cli import opened
    from lendmill.rating import queries as ratings
    from lendmill.rating.exports import written

    wanted = {kind: file for kind, file in (("sql", sql), ("pmml", pmml), ("xlsx", xlsx)) if file}
    if not (wanted or pdf or json or page):
        raise NothingToWrite
    with opened.database(load()) as database, database.transaction() as db:
        model = ratings.model(db, model_id)
        printed = _pdf(db, model, "zh-Hans" if language == "zh" else language) if pdf else b""
        told = _page(db, model) if page else ""
    for kind, file in wanted.items():
        _write(file, written(model.card, model.report, kind))
    if json:
        _write(json, model.card.written())
    if page:
        _write(page, told.encode())
    if pdf:
        _write(pdf, printed)


@models.command()
def level(
    figure: Annotated[str, typer.Argument(help="psi, csi, impact, auc or unknown.")],
    watch: Annotated[float, typer.Argument(help="From where on somebody should look.")],
    alarm: Annotated[float, typer.Argument(help="From where on somebody should act.")],
    by: By,
    reason: Reason,
) -> None:
    """Set from where on a figure of watching calls for a look, and from where on for action."""
    from lendmill.cli import opened
    from lendmill.people.queries import act_today
    from lendmill.rating.watching import actions

    with opened.database(load()) as database:
        act_today(
            database, actions.set_level, figure=figure, watch=watch, alarm=alarm, reason=reason,
            by=_member(database, by),
        )  # fmt: skip
    print(f"{figure}: look from {watch}, act from {alarm}")


@commands.command("watch-model")
def watch_model(
    model_id: Annotated[
        str, typer.Argument(help="One card; without it, the live one and every card in the shadow.")
    ] = "",
) -> None:
    """Note what became of borrowers, work out what cards are watched by as of the house's day, and keep it."""
    from lendmill.cli import opened
    from lendmill.insight.outcomes import actions
    from lendmill.people.queries import act_today

    with opened.database(load()) as database:
        if model_id:
            act_today(database, actions.note_outcomes)
            found = {model_id: act_today(database, actions.watch_model, model_id=model_id)}
        else:
            found = act_today(database, actions.watch_models)
    for name, figures in found.items():
        print(name)
        _print_figures(figures)
    if not found:
        print("No card is live or in the shadow: there is nothing to watch.")


def _print_figures(figures: "list[WatchFigure]") -> None:
    from lendmill.web import card_facts, names
    from lendmill.web.words import Words

    english = Words("en")
    for each in figures:
        value = "too few" if each.value is None else f"{each.value:.4f}"
        between = "" if each.low is None or each.high is None else f" ({each.low:.4f} to {each.high:.4f})"
        expected = "" if each.expected is None else f", expected {each.expected:.4f}"
        chance = "" if each.chance is None else f", by chance up to {each.chance:.4f}"
        told, of = names.WATCH_FIGURES.get(each.figure, each.figure), card_facts.about(each, english)
        name = f"{told}: {of}" if of else told
        print(f"  {each.alarm.upper():<6} {name:<64} {value}{between}{expected}{chance}, counted {each.counted}")


def _told(proposal: "ModelProposal") -> str:
    return f"{proposal.proposal_id}  {proposal.model_id} to {proposal.to_stage}  {proposal.proposer}: {proposal.reason}"


def _move(model_id: str, to_stage: Literal["shadow", "retired"], by: str, reason: str) -> None:
    from lendmill.cli import opened
    from lendmill.people.queries import act_today
    from lendmill.rating.registry import actions

    with opened.database(load()) as database:
        act_today(database, actions.move, model_id=model_id, to_stage=to_stage, reason=reason, by=_member(database, by))
    print(f"{model_id}: {to_stage}")


def _decide(proposal_id: UUID, verdict: "Verdict", by: str, reason: str, key: str) -> None:
    from lendmill import ids
    from lendmill.cli import opened
    from lendmill.people.queries import act_today
    from lendmill.rating.registry import actions
    from lendmill.rating.watching.queries import figures, last_watched

    with opened.database(load()) as database:
        decided = act_today(
            database, actions.decide, key=key or str(ids.new()), proposal_id=proposal_id, verdict=verdict,
            reason=reason, by=_member(database, by),
        )  # fmt: skip
        with database.transaction() as db:
            on = last_watched(db, decided.model_id) if verdict == "approve" else None
            found = figures(db, decided.model_id, on) if on else []
    print(f"proposal {decided.proposal_id}: {decided.outcome} on {decided.decided_on}")
    if beside := [each for each in found if each.figure in BESIDE_APPROVAL]:
        print(f"It was last watched on {on}:")
        _print_figures(beside)
    if decided.outcome == "approved" and decided.to_stage == "live":
        print(f"{decided.model_id} is live; `lendmill rate` rates every shop with it now")


def _member(database: "Database", name: str) -> "Caller":
    from lendmill.cli.approvals import member

    return member(database, name)


def _pdf(db: "Db", model: "Model", language: str) -> bytes:
    from lendmill.web.card_pdf import card_pdf

    return card_pdf(db, model, language)


def _page(db: "Db", model: "Model") -> str:
    from lendmill.rating.page import fared
    from lendmill.rating.watching import queries as watched

    on = watched.last_watched(db, model.model_id)
    return fared(model.page, watched.figures(db, model.model_id, on) if on else [], on)


def _write(file: Path, content: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    print(file)
