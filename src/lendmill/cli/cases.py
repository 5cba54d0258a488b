"""A policy's cases: shown, kept, written to a file, and tried on a version or a draft."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from lendmill.cli.testing import Key, Language, all_told, policy_named, text_in, written

if TYPE_CHECKING:
    from lendmill.credit.policy import Policy
    from lendmill.credit.testing.unit_cases import ExampleResult, Examples
    from lendmill.db import Db

SAID: Final = {
    "none kept": (
        "No cases are kept with {key}: write some in TOML and keep them with --file.",
        "{key}尚未保存用例：请用 TOML 编写，以 --file 保存。",
    ),
    "kept": ("{n} cases kept with {key} on {on} by {by}:", "{key}的用例共{n}个，{on}由{by}保存："),
    "release": ("this release", "本发行版"),
    "limit": (", limit {limit} yuan", "，额度{limit}元"),
    "reasons": (" ({reasons})", "（{reasons}）"),
    "kept all the same": (
        "Warning: {wrong} The cases are kept all the same.",
        "提示：{wrong}用例仍已保存。",
    ),
    "live fails": (
        "Warning: version {live}, live now, fails {n} of these cases; they are kept all the same:",
        "提示：当前生效的第{live}版有{n}个用例不通过；用例仍已保存：",
    ),
    "pass": ("pass  {name}", "通过    {name}"),
    "fail": ("fail  {name}", "不通过  {name}"),
    "nothing": (
        "No cases are kept with {key}: nothing was tried.",
        "{key}尚未保存用例：未作任何测试。",
    ),
    "failing": (
        "{key}, version {version}: {failing} of {n} cases fail.",
        "{key}第{version}版：{n}个用例中{failing}个不通过。",
    ),
    "all pass": (
        "{key}, version {version}: all {n} cases pass.",
        "{key}第{version}版：{n}个用例全部通过。",
    ),
}  # fmt: skip


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
        language: Language = "en",
    ) -> None:
        """Show the cases kept with a policy, keep others, or write them to a file.

        Every later version is held to them; those the live version fails are told at once, and kept all the same.
        """
        _cases(key, file, by, out, chinese=language == "zh")

    @verbs.command()
    def test(
        key: Key,
        version: Annotated[int | None, typer.Option(help="The version to test; default: the live one.")] = None,
        file: Annotated[Path | None, typer.Option(help="A draft in TOML or as .xlsx, kept nowhere yet.")] = None,
        cases: Annotated[Path | None, typer.Option(help="Cases in TOML instead of those kept.")] = None,
        language: Language = "en",
    ) -> None:
        """Try a policy's cases, each pass or fail with why; ends with 1 where one fails."""
        _test(key, version, file, cases, chinese=language == "zh")


def _cases(key: str, file: Path | None, by: str, out: Path | None, *, chinese: bool) -> None:
    from lendmill.cli import opened
    from lendmill.cli.approvals import member
    from lendmill.credit.reasons import Reason
    from lendmill.credit.testing.actions import keep_cases
    from lendmill.credit.testing.queries import case_sets
    from lendmill.credit.testing.unit_cases import text_of
    from lendmill.credit.testing.words import OUTCOME_NAMES
    from lendmill.money import yuan
    from lendmill.people.queries import act_today

    examples = _read(file, chinese=chinese) if file else None
    with opened.database() as database:
        if examples is not None:
            caller = member(database, by)
            act_today(database, keep_cases, policy_key=key, examples=examples, by=caller)
        with database.transaction() as db:
            kept = case_sets(db, key)
            if examples is not None:
                _warn_failing(db, key, chinese=chinese)
    if not kept:
        print(SAID["none kept"][chinese].format(key=key))
        return
    newest = kept[0]
    found = newest.examples
    if out is not None:
        written(out, text_of(found).encode())
        return
    keeper = newest.keeper or SAID["release"][chinese]
    print(SAID["kept"][chinese].format(n=len(found.cases), key=key, on=newest.kept_on, by=keeper))
    for case in found.cases:
        outcome = OUTCOME_NAMES[case.outcome][1] if chinese else f"{case.outcome:<8}"
        reasons = "；".join(Reason.of(code).zh for code in case.reasons) if chinese else ", ".join(case.reasons)
        print(
            f"  {outcome} {(chinese and case.name_zh) or case.name}",
            SAID["limit"][chinese].format(limit=yuan(case.limit_cents)) if case.limit_cents is not None else "",
            SAID["reasons"][chinese].format(reasons=reasons) if reasons else "",
            sep="",
        )


def _read(file: Path, *, chinese: bool) -> "Examples":
    from lendmill.credit.testing.unit_cases import read_cases
    from lendmill.products.publishing.files import FileWrong

    try:
        return read_cases(text_in(file), file.name)
    except FileWrong as wrong:
        all_told(wrong, chinese=chinese)


def _warn_failing(db: "Db", key: str, *, chinese: bool) -> None:
    """Which of the cases just kept the live version fails; they count all the same."""
    from lendmill.credit.publishing.queries import live_fails
    from lendmill.credit.testing.unit_cases import InvalidCases
    from lendmill.people.queries import house_day
    from lendmill.web.words import CHINESE, ENGLISH, Words

    try:
        live, failing = live_fails(db, key, house_day(db))
    except InvalidCases as wrong:
        told = Words(CHINESE if chinese else ENGLISH).refusal(wrong)
        print(SAID["kept all the same"][chinese].format(wrong=told))
        return
    if failing:
        print(SAID["live fails"][chinese].format(live=live, n=len(failing)))
    for each in failing:
        why = "；".join(each.wrong_zh) if chinese else "; ".join(each.wrong)
        print(f"  {each.called(chinese=chinese)}{'：' if chinese else ': '}{why}")


def _test(key: str, version: int | None, file: Path | None, cases: Path | None, *, chinese: bool) -> None:
    from lendmill.cli import opened
    from lendmill.credit.publishing.queries import case_results, live_policy
    from lendmill.credit.testing.unit_cases import tried
    from lendmill.people.queries import house_day
    from lendmill.products.queries import live_products

    examples = _read(cases, chinese=chinese) if cases else None
    with opened.database() as database, database.transaction() as db:
        today = house_day(db)
        if version is None and file is None:
            policy = live_policy(db, key, on=today)
        else:
            policy = policy_named(database, key, version, file)
        sold = live_products(db, today)
        results = tried(examples, policy, sold) if examples else case_results(db, policy, sold)
    _tell_cases(policy, results, chinese=chinese)


def _tell_cases(policy: "Policy", results: "list[ExampleResult]", *, chinese: bool) -> None:
    for each in results:
        print(SAID["fail" if each.wrong else "pass"][chinese].format(name=each.called(chinese=chinese)))
        for wrong in each.wrong_zh if chinese else each.wrong:
            print(f"      {wrong}")
    failing = sum(bool(each.wrong) for each in results)
    came = "nothing" if not results else "failing" if failing else "all pass"
    print(SAID[came][chinese].format(key=policy.key, version=policy.version, failing=failing, n=len(results)))
    if failing:
        sys.exit(1)
