"""A policy tested before it is trusted: its cases, decisions made again, shadows beside, and trials by lot."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, NoReturn

import typer

from lendmill.cli.counting import counted
from lendmill.refusals import Refusal

if TYPE_CHECKING:
    from lendmill.credit.policy import Policy
    from lendmill.credit.pricing.assumptions import Assumptions
    from lendmill.credit.testing.backtest import Backtest, Estimate
    from lendmill.credit.testing.beside.figures import ArmDifference, ShadowReport, TrialReport
    from lendmill.db import Database
    from lendmill.products.publishing.files import FileWrong

commands = typer.Typer()
DAY = ["%Y-%m-%d"]
ARM_FIGURES = {
    "granted": "granted", "referred": "to a person", "limit_mean": "mean limit", "at_risk_share": "PD of limits",
    "default_rate": "defaulted",
}  # fmt: skip

Key = Annotated[str, typer.Argument(help="The policy's key, such as standard.")]
Language = Annotated[Literal["en", "zh"], typer.Option(help="The language of the sentences.")]


class NoSuchTestFile(Refusal):
    """There is no file {file} that could be read as text in UTF-8."""


class WhichPolicy(Refusal):
    """Name either a version of the policy or a file with a draft of it."""


@commands.command()
def backtest(
    key: Key,
    version: Annotated[int | None, typer.Argument(help="The version to test; else --file.")] = None,
    file: Annotated[Path | None, typer.Option(help="A draft in TOML or as .xlsx, kept nowhere yet.")] = None,
    since: Annotated[
        datetime | None, typer.Option(formats=DAY, help="The first day; default: that of the first decision.")
    ] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="The last day; default: the house's.")] = None,
    assumptions: Annotated[
        Path | None, typer.Option(help="What losses and profits rest on, as `lendmill pricing start` begins it.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=16, help="How many processes work side by side.")] = 2,
    as_json: Annotated[Path | None, typer.Option("--json", help="Write the report to this file.")] = None,
    excel: Annotated[Path | None, typer.Option(help="Write the report to this Excel file.")] = None,
    by: Annotated[str, typer.Option(help="The sign-in name of whoever runs it, kept with the report.")] = "",
    language: Language = "en",
) -> None:
    """Decide again what was decided, under another policy: who swaps sides, what it would cost and earn, how sure."""
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.cli.bars import bars
    from lendmill.credit.testing.actions import keep_backtest
    from lendmill.credit.testing.queries import first_decided_on
    from lendmill.credit.testing.running.actions import backtest as run
    from lendmill.people.queries import house_day

    said = _assumptions(assumptions)
    with opened.database() as database:
        policy = policy_named(database, key, version, file)
        runner = member(database, by) if by else None
        with database.transaction() as db:
            today = house_day(db)
            first = since.date() if since else first_decided_on(db) or today
        last = until.date() if until else today
        with bars() as progress:
            found = run(
                database, policy, since_on=first, until_on=last, assumptions=said, workers=workers,
                watch=lambda done, of: progress("Files decided again", done, of),
            )  # fmt: skip
        with database.transaction() as db:
            backtest_id = keep_backtest(
                db, policy, found, since_on=first, until_on=last, by=runner.account_id if runner else None, today=today
            )
    _tell_backtest(policy, found, first, last, language)
    print(f"\nKept as {backtest_id}.")
    _write_backtest(found, policy, first, last, as_json, excel, chinese=language == "zh")


def _write_backtest(
    found: "Backtest", policy: "Policy", first: date, last: date, as_json: Path | None, excel: Path | None, *,
    chinese: bool,
) -> None:  # fmt: skip
    import msgspec

    from lendmill.credit.testing.workbook import spreadsheet

    named = f"{policy.key} {policy.version}"
    if as_json is not None:
        written(as_json, json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1).encode())
    if excel is not None:
        written(excel, spreadsheet(found, named, first, last, chinese=chinese))


def written(out: Path, content: bytes) -> None:
    """Write a file and tell its name."""
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(content)
    print(out)


def _tell_backtest(policy: "Policy", found: "Backtest", first: date, last: date, language: str) -> None:
    from lendmill.credit.testing.words import told
    from lendmill.credit.testing.workbook import tables

    chinese = language == "zh"
    print(f"{policy.key}, version {policy.version}, {first} – {last}")
    for section in told(found, chinese=chinese):
        print(f"\n{section.title}\n")
        for sentence in section.sentences:
            print(f"  {sentence}")
    for table in tables(found, chinese=chinese):
        print(f"\n{table.title}\n")
        _tell_table([table.head, *([str(cell) for cell in row] for row in table.told)])


def _tell_table(rows: "list[list[str]]") -> None:
    from rich.cells import cell_len

    wide = [max(cell_len(row[n]) for row in rows) for n in range(len(rows[0]))]
    for row in rows:
        cells = [
            row[n] + " " * (wide[n] - cell_len(row[n])) if n == 0 else " " * (wide[n] - cell_len(row[n])) + row[n]
            for n in range(len(row))
        ]
        print("  " + "  ".join(cells).rstrip())


@commands.command()
def shadow(
    key: Annotated[str | None, typer.Argument(help="The policy to tell of; default: none, only decide.")] = None,
    version: Annotated[int | None, typer.Argument(help="Its version.")] = None,
) -> None:
    """Let policies in the shadow decide what was decided since the last time, as every night; tell how one compares."""
    from lendmill.cli import opened
    from lendmill.cli.bars import bars
    from lendmill.credit.testing.beside.actions import decide_beside
    from lendmill.credit.testing.beside.queries import shadow_report
    from lendmill.people.queries import house_day

    with opened.database() as database:
        with database.transaction() as db:
            today = house_day(db)
        with bars() as progress:  # how many there are is not known before, so it ends only here
            done = decide_beside(database, today=today, watch=lambda what, n: progress(what, n, n + 1))
        for each in done:
            files = counted(each.files, "file")
            print(f"{each.policy_key} {each.policy_version}, in the shadow since {each.since_on}: {files}")
        if done:
            print("  Only files decided since a version entered the shadow count, each once.")
        else:
            print("No policy stands in the shadow: `lendmill policies propose KEY VERSION --to shadow` begins.")
        if key is not None and version is not None:
            with database.transaction() as db:
                found = shadow_report(db, key, version)
            _tell_shadow(found)


def _tell_shadow(found: "ShadowReport") -> None:
    from lendmill.credit.testing.words import OUTCOME_NAMES

    print(f"\n{found.policy_key} {found.policy_version} beside what was decided: {counted(found.files, 'file')}")
    if not found.files:
        return
    print(f"  decided alike: {_share(found.alike)}; more granted in {found.more:,}, less in {found.less:,}; "
          f"other reasons in {found.other_reasons:,}")  # fmt: skip
    print(
        f"  limits: {found.limit_before_cents / 100:,.0f} yuan live, {found.limit_after_cents / 100:,.0f} in the shadow"
    )
    rows = [["live", "shadow", "files", "more", "less", "ripened", "defaulted"]]
    for pair in found.pairs:
        figures = (pair.files, pair.more, pair.less, pair.known, pair.defaults)
        rows.append([OUTCOME_NAMES[pair.before][0], OUTCOME_NAMES[pair.after][0], *(f"{n:,}" for n in figures)])
    _tell_table(rows)
    for each in found.ripened:
        if each.known:
            side = {"both": "both grant", "out": "only live grants", "in": "only the shadow grants"}.get(
                each.swap, "none"
            )
            print(f"  {side}: {each.known:,} ripened, {_share(each.default_rate)} defaulted")


trials = typer.Typer(help="Champion and challenger: who is decided by whom is drawn by lot; how each did.")
commands.add_typer(trials, name="trials")


@trials.command("list")
def list_trials() -> None:
    """The trials there have been."""
    from lendmill.cli import opened
    from lendmill.credit.testing.beside.queries import trials as all_trials

    with opened.database() as database, database.transaction() as db:
        found = all_trials(db)
    for each in found:
        print(f"{each.trial:<24} {counted(each.files, 'file'):>15}  {each.since_on} to {each.until_on}")
    if not found:
        print(
            "Nobody has been drawn for a trial yet: one begins with `lendmill policies propose KEY VERSION --to share`."
        )


@trials.command()
def show(
    trial: Annotated[str, typer.Argument(help="The trial, such as standard/4; `list` names them.")],
    since: Annotated[datetime | None, typer.Option(formats=DAY, help="Only files decided from this day on.")] = None,
    until: Annotated[datetime | None, typer.Option(formats=DAY, help="Only files decided up to this day.")] = None,
) -> None:
    """The arms of a trial beside each other, with bounds, and whether their difference may be chance."""
    from lendmill.cli import opened
    from lendmill.credit.testing.beside.queries import EVER
    from lendmill.credit.testing.beside.queries import trial as trial_of

    with opened.database() as database, database.transaction() as db:
        found = trial_of(db, trial, since.date() if since else EVER[0], until.date() if until else EVER[1])
    _tell_trial(found)


def _tell_trial(found: "TrialReport") -> None:
    print(f"{found.trial}, {found.since_on} to {found.until_on}")
    rows = [["arm", "files", "granted", "to a person", "mean limit, yuan", "PD of limits", "ripened", "defaulted"]]
    for arm in found.arms:
        mean = "—" if arm.limit_mean.value is None else f"{arm.limit_mean.value / 100:,.0f}"
        rows.append([
            arm.arm, f"{arm.files:,}", _share(arm.granted), _share(arm.referred), mean, _share(arm.at_risk_share),
            f"{arm.known:,}", _share(arm.default_rate),
        ])  # fmt: skip
    _tell_table(rows)
    for each in found.differences:
        print(f"  challenger less champion, {_difference(each)}")
    if found.share_changed:
        days = ", ".join(f"{bp / 100:g} % from {on}" for on, bp in found.shares_bp)
        print(f"  The challenger's share was changed ({days}): the arms are not of one time; compare with --since.")


def _difference(found: "ArmDifference") -> str:
    gap, name = found.difference, ARM_FIGURES[found.figure]
    if gap.value is None or gap.low is None or gap.high is None:
        return f"{name}: not known yet"
    scale, unit = (0.01, "yuan") if found.figure == "limit_mean" else (100, "points")
    bounds = f"({gap.low * scale:+,.1f} to {gap.high * scale:+,.1f})"
    verdict = "may be chance" if found.may_be_chance else "more than chance"
    few = "; too few defaults to go by" if found.too_few else ""
    return f"{name}: {gap.value * scale:+,.1f} {bounds} {unit}: {verdict}{few}"


def _share(found: "Estimate") -> str:
    if found.value is None:
        return "—"
    if found.low is None or found.high is None:
        return f"{found.value:.1%}"
    return f"{found.value:.1%} ({found.low:.1%}–{found.high:.1%})"


def policy_named(database: "Database", key: str, version: int | None, file: Path | None) -> "Policy":
    """A version as it stands or as it was last written, or the draft of a file."""
    from lendmill.credit.publishing.queries import POLICY, document
    from lendmill.products.publishing.files import FileWrong, document_in

    if (version is None) == (file is None):
        raise WhichPolicy
    if file is not None:
        if not file.is_file():
            raise NoSuchTestFile(file=file)
        try:
            return document_in(POLICY, file.read_bytes(), file.name)
        except FileWrong as wrong:
            all_told(wrong)
    assert version is not None
    with database.transaction() as db:
        return document(db, POLICY, key, version)


def _assumptions(file: Path | None) -> "Assumptions | None":
    from lendmill.credit.pricing.assumptions import read_assumptions

    return read_assumptions(text_in(file)) if file else None


def all_told(wrong: "FileWrong", *, chinese: bool = False) -> NoReturn:
    """Tell every mistake of a file on a line of its own, in their order, and end as every refusal does."""
    from lendmill.cli import TOLD
    from lendmill.web.words import CHINESE, ENGLISH, Words

    words, (first, *others) = Words(CHINESE if chinese else ENGLISH), wrong.facts["mistakes"]
    print(words.refusal(type(wrong)(**{**wrong.facts, "first": words.mistake(first)})), file=sys.stderr)
    for mistake in others:
        print(f"{wrong.facts['name']}{'：' if chinese else ': '}{words.mistake(mistake)}", file=sys.stderr)
    raise typer.Exit(TOLD)


def text_in(file: Path) -> str:
    """What a file says, or the refusal `NoSuchTestFile`."""
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise NoSuchTestFile(file=file) from None
