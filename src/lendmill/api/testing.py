"""Testing a policy for programs: its cases, backtests, shadows, and the arms of a trial."""

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, RawBody

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.documents import wrong_file
from lendmill.credit.publishing.queries import POLICY, case_results, document, live_fails
from lendmill.credit.testing import actions, queries
from lendmill.credit.testing.backtest import Backtest
from lendmill.credit.testing.beside import queries as beside
from lendmill.credit.testing.beside.figures import ShadowReport, TrialReport
from lendmill.credit.testing.beside.queries import TrialNamed
from lendmill.credit.testing.running import queries as running
from lendmill.credit.testing.running.actions import ask_backtest
from lendmill.credit.testing.unit_cases import InvalidCases, read_cases
from lendmill.credit.testing.words import told
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day
from lendmill.products.publishing.files import FileWrong
from lendmill.products.queries import live_products


@dataclass(frozen=True)
class CasesTold:
    """The examples kept with a policy that count, by whom and when; `live_fails` names those the live version fails."""

    policy_key: str
    kept_on: date | None
    keeper: str | None
    cases: dict[str, Any]
    live_fails: list[str]


@dataclass(frozen=True)
class CaseTold:
    """What came of one case, and where that is not what must come."""

    name: str
    passes: bool
    outcome: str
    limit_cents: int
    reasons: list[str]
    wrong: list[str]


@dataclass(frozen=True)
class BacktestAsked:
    """Over which days to decide again, and the assumptions in TOML that losses and profits rest on."""

    since_on: date | None = None
    until_on: date | None = None
    assumptions: str = ""


@dataclass(frozen=True)
class BacktestTold:
    """A backtest that was asked for or is done, without its report."""

    backtest_id: UUID
    policy_key: str
    policy_version: int
    since_on: date
    until_on: date
    files: int
    state: str
    refused: str = ""


@dataclass(frozen=True)
class BacktestReport:
    """A backtest whole: its figures, and its sentences with what it cannot know."""

    backtest_id: UUID
    policy_key: str
    policy_version: int
    policy_digest: str
    since_on: date
    until_on: date
    run_on: date
    figures: Backtest
    sentences: dict[str, list[str]]


@get("/policies/{key:str}/cases", sync_to_thread=True)
def cases_kept(request: Asked, key: FromPath[str]) -> CasesTold:
    """The cases kept with a policy: the set that counts."""
    with database_of(request).transaction() as db:
        kept = queries.case_sets(db, key, size=1)
        fails = _live_fails(db, key, house_day(db))
    if not kept:
        return CasesTold(key, None, None, {}, [])
    return CasesTold(key, kept[0].kept_on, kept[0].keeper, msgspec.to_builtins(kept[0].examples), fails)


def _live_fails(db: Db, key: str, today: date) -> list[str]:
    try:
        _, failing = live_fails(db, key, today)
    except InvalidCases as wrong:  # a case for a product that is not sold any more
        return [str(wrong)]
    return [each.name for each in failing]


@put("/policies/{key:str}/cases", sync_to_thread=True)
def keep_cases(request: Asked, key: FromPath[str], body: RawBody) -> CasesTold | Response[dict[str, Any]]:
    """Keep other cases with a policy: the body is TOML. Every later version is held to them."""
    try:
        examples = read_cases(body.decode("utf-8-sig"))
    except FileWrong as wrong:
        return wrong_file(wrong)
    except UnicodeDecodeError:
        raise InvalidCases(case="the body", field="its text", value="unreadable", allowed="UTF-8") from None
    by = caller_of(request)

    def keep(db: Db, *, today: date) -> CasesTold:
        actions.keep_cases(db, policy_key=key, examples=examples, by=by, today=today)
        return CasesTold(key, today, by.display_name, msgspec.to_builtins(examples), _live_fails(db, key, today))

    return act_today(database_of(request), keep)


@get("/policies/{key:str}/{version:int}/cases", sync_to_thread=True)
def try_cases(request: Asked, key: FromPath[str], version: FromPath[int]) -> list[CaseTold]:
    """What a version makes of the cases kept with its policy, each pass or fail with why."""
    with database_of(request).transaction() as db:
        policy = document(db, POLICY, key, version)
        results = case_results(db, policy, live_products(db, house_day(db)))
    return [
        CaseTold(
            each.name, not each.wrong, each.decision.outcome,
            each.decision.terms.limit_cents if each.decision.terms else 0, list(each.decision.reasons),
            list(each.wrong),
        )
        for each in results
    ]  # fmt: skip


@get("/policies/{key:str}/{version:int}/backtests", sync_to_thread=True)
def backtests(request: Asked, key: FromPath[str], version: FromPath[int]) -> list[BacktestTold]:
    """The backtests of a version: those that wait or could not be run, then those that are done."""
    with database_of(request).transaction() as db:
        asked, done = running.asked(db, key, version), queries.backtests(db, key, version)
    waiting = [_waiting(each) for each in asked if not each.done]
    return waiting + [
        BacktestTold(each.backtest_id, key, version, each.since_on, each.until_on, each.files, "done") for each in done
    ]


def _waiting(asked: running.BacktestAsk) -> BacktestTold:
    return BacktestTold(
        asked.backtest_id, asked.policy_key, asked.policy_version, asked.since_on, asked.until_on, asked.files,
        "waits" if asked.waits else "refused", asked.refused,
    )  # fmt: skip


@post("/policies/{key:str}/{version:int}/backtests", sync_to_thread=True, status_code=202)
def begin_backtest(
    request: Asked, key: FromPath[str], version: FromPath[int], data: JSONBody[BacktestAsked]
) -> BacktestTold:
    """Ask for a backtest; the worker runs it, and its report will have the id given here."""
    by = caller_of(request)

    def ask(db: Db, *, today: date) -> BacktestTold:
        backtest_id = ask_backtest(
            db, key=key, version=version, since_on=data.since_on or queries.first_decided_on(db) or today,
            until_on=data.until_on or today, assumptions=data.assumptions, by=by, today=today,
        )  # fmt: skip
        return next(_waiting(each) for each in running.asked(db, key, version) if each.backtest_id == backtest_id)

    return act_today(database_of(request), ask)


@get("/backtests/{backtest_id:uuid}", sync_to_thread=True)
def backtest(request: Asked, backtest_id: FromPath[UUID], language: FromQuery[str] = "en") -> BacktestReport:
    """One backtest: every figure with its bounds, and what it cannot know in words."""
    with database_of(request).transaction() as db:
        run = queries.backtest(db, backtest_id)
    found = run.found
    sentences = {part.title: list(part.sentences) for part in told(found, chinese=language.startswith("zh"))}
    return BacktestReport(
        run.backtest_id, run.policy_key, run.policy_version, run.policy_digest, run.since_on, run.until_on, run.run_on,
        found, sentences,
    )  # fmt: skip


@get("/policies/{key:str}/{version:int}/shadow", sync_to_thread=True)
def shadow(request: Asked, key: FromPath[str], version: FromPath[int]) -> ShadowReport:
    """A version in the shadow beside what was decided, with what became of the loans."""
    with database_of(request).transaction() as db:
        document(db, POLICY, key, version)
        return beside.shadow_report(db, key, version)


@get("/trials", sync_to_thread=True)
def trials(request: Asked) -> list[TrialNamed]:
    """The trials there have been."""
    with database_of(request).transaction() as db:
        return beside.trials(db)


@get("/trials/arms", sync_to_thread=True)
def trial_arms(
    request: Asked, trial: FromQuery[str], since_on: FromQuery[date | None] = None,
    until_on: FromQuery[date | None] = None,
) -> TrialReport:  # fmt: skip
    """The arms of a trial with bounds, and whether the challenger's difference may be chance."""
    with database_of(request).transaction() as db:
        return beside.trial(db, trial, since_on or beside.EVER[0], until_on or beside.EVER[1])
