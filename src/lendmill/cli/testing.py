"""A policy tested before it is trusted: its cases, decisions made again, shadows beside, and trials by lot."""

import json
import sys
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from lendmill.refusals import Refusal

if TYPE_CHECKING:
    from lendmill.credit.policy import Policy
    from lendmill.credit.pricing.assumptions import Assumptions
    from lendmill.credit.testing.backtest import Backtest, Estimate
    from lendmill.credit.testing.beside.figures import ArmDifference, ShadowReport, TrialReport
    from lendmill.credit.testing.unit_cases import ExampleResult
    from lendmill.db import Database, Db

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


def add_case_verbs(verbs: typer.Typer) -> None:
    """The verbs of a policy's cases, among those of policies."""

    @verbs.command()
    def cases(
        key: Key,
        file: Annotated[
            Path | None, typer.Option(help="Keep the cases in this TOML file; they count from now on.")
        ] = None,
        by: Annotated[str, typer.Option(help="The sign-in name of whoever keeps them.")] = "",
        out: Annotated[Path | None, typer.Option(help="Write the cases that count to this file, as TOML.")] = None,
    ) -> None:
        """Show the cases kept with a policy, keep others, or write them to a file.

        Every later version is held to them; those the live version fails are told at once, and kept all the same.
        """
        _cases(key, file, by, out)

    @verbs.command()
    def test(
        key: Key,
        version: Annotated[int | None, typer.Option(help="The version to test; default: the live one.")] = None,
        file: Annotated[Path | None, typer.Option(help="A draft in TOML or as .xlsx, kept nowhere yet.")] = None,
        cases: Annotated[Path | None, typer.Option(help="Cases in TOML instead of those kept.")] = None,
    ) -> None:
        """Try a policy's cases, each pass or fail with why; ends with 1 where one fails."""
        _test(key, version, file, cases)


def _cases(key: str, file: Path | None, by: str, out: Path | None) -> None:
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.testing.actions import keep_cases
    from lendmill.credit.testing.queries import case_sets
    from lendmill.credit.testing.unit_cases import read_cases, text_of
    from lendmill.people.queries import act_today

    examples = read_cases(_text(file)) if file else None
    with opened.database() as database:
        if examples is not None:
            caller = member(database, by)
            act_today(database, keep_cases, policy_key=key, examples=examples, by=caller)
        with database.transaction() as db:
            kept = case_sets(db, key)
            if examples is not None:
                _warn_failing(db, key)
    if not kept:
        print(f"No cases are kept with {key}: write some in TOML and keep them with --file.")
        return
    newest = kept[0]
    found = newest.examples
    if out is not None:
        _written(out, text_of(found).encode())
        return
    print(f"{len(found.cases)} cases kept with {key} on {newest.kept_on} by {newest.keeper or 'this release'}:")
    for case in found.cases:
        limit = f", limit {case.limit_cents / 100:,.2f} yuan" if case.limit_cents is not None else ""
        reasons = f" ({', '.join(case.reasons)})" if case.reasons else ""
        print(f"  {case.outcome:<8} {case.name}{limit}{reasons}")


def _warn_failing(db: "Db", key: str) -> None:
    """Which of the cases just kept the live version fails; they count all the same."""
    from lendmill.credit.publishing.queries import live_fails
    from lendmill.credit.testing.unit_cases import InvalidCases
    from lendmill.people.queries import house_day

    try:
        live, failing = live_fails(db, key, house_day(db))
    except InvalidCases as wrong:
        print(f"Warning: {wrong} The cases are kept all the same.")
        return
    if failing:
        print(f"Warning: version {live}, live now, fails {len(failing)} of these cases; they are kept all the same:")
    for each in failing:
        print(f"  {each.name}: {'; '.join(each.wrong)}")


def _test(key: str, version: int | None, file: Path | None, cases: Path | None) -> None:
    from lendmill.cli import opened
    from lendmill.credit.publishing.queries import case_results, live_policy
    from lendmill.credit.testing.unit_cases import read_cases, tried
    from lendmill.people.queries import house_day
    from lendmill.products.queries import live_products

    examples = read_cases(_text(cases)) if cases else None
    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        if version is None and file is None:
            policy = live_policy(db, key, on=today)
        else:
            policy = _policy(database, key, version, file)
        sold = live_products(db, today)
        results = tried(examples, policy, sold) if examples else case_results(db, policy, sold)
    _tell_cases(policy, results)


def _tell_cases(policy: "Policy", results: "list[ExampleResult]") -> None:
    for each in results:
        print(f"{'fail' if each.wrong else 'pass'}  {each.name}")
        for wrong in each.wrong:
            print(f"      {wrong}")
    failing = sum(bool(each.wrong) for each in results)
    named = f"{policy.key}, version {policy.version}"
    if not results:
        print(f"No cases are kept with {policy.key}: nothing was tried.")
    elif failing:
        print(f"{named}: {failing} of {len(results)} cases fail.")
        sys.exit(1)
    else:
        print(f"{named}: all {len(results)} cases pass.")


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
        policy = _policy(database, key, version, file)
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
        _written(as_json, json.dumps(msgspec.to_builtins(found), ensure_ascii=False, indent=1).encode())
    if excel is not None:
        _written(excel, spreadsheet(found, named, first, last, chinese=chinese))


def _written(out: Path, content: bytes) -> None:
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
            print(f"{each.policy_key} {each.policy_version}, in the shadow since {each.since_on}: {each.files:,} files")
        if done:
            print("  Only files decided since a version entered the shadow count, each once.")
        else:
            print("No policy stands in the shadow: `lendmill policies propose KEY VERSION --to shadow` begins.")
        if key is not None and version is not None:
            with database.transaction() as db:
                found = shadow_report(db, key, version)
            _tell_shadow(found)


def _tell_shadow(found: "ShadowReport") -> None:
    print(f"\n{found.policy_key} {found.policy_version} beside what was decided: {found.files:,} files")
    if not found.files:
        return
    print(f"  decided alike: {_share(found.alike)}; more granted in {found.more:,}, less in {found.less:,}; "
          f"other reasons in {found.other_reasons:,}")  # fmt: skip
    print(
        f"  limits: {found.limit_before_cents / 100:,.0f} yuan live, {found.limit_after_cents / 100:,.0f} in the shadow"
    )
    rows = [["live", "shadow", "files", "more", "less", "ripened", "defaulted"]]
    rows += [
        [pair.before, pair.after, *(f"{n:,}" for n in (pair.files, pair.more, pair.less, pair.known, pair.defaults))]
        for pair in found.pairs
    ]
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
        print(f"{each.trial:<24} {each.files:>9,} files  {each.since_on} to {each.until_on}")
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


def _policy(database: "Database", key: str, version: int | None, file: Path | None) -> "Policy":
    """A version as it stands or as it was last written, or the draft of a file."""
    from lendmill.credit.publishing.queries import POLICY, document
    from lendmill.products.publishing.files import document_in

    if (version is None) == (file is None):
        raise WhichPolicy
    if file is not None:
        if not file.is_file():
            raise NoSuchTestFile(file=file)
        return document_in(POLICY, file.read_bytes(), file.name)
    assert version is not None
    with database.transaction() as db:
        return document(db, POLICY, key, version)


def _assumptions(file: Path | None) -> "Assumptions | None":
    from lendmill.credit.pricing.assumptions import read_assumptions

    return read_assumptions(_text(file)) if file else None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError):
        raise NoSuchTestFile(file=file) from None
