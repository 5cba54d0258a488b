"""The pages where a policy is tested: its cases, backtests with what they cannot know, shadows, trials by lot."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from lendmill.api.approvals import caller_of
from lendmill.api.callers import Asked, database_of
from lendmill.api.documents import workbook_answer
from lendmill.api.statuses import status
from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import (
    POLICY,
    NoSuchDocumentKind,
    case_results,
    document,
    kind_named,
    live_fails,
)
from lendmill.credit.testing import actions, queries
from lendmill.credit.testing.backtest import Backtest
from lendmill.credit.testing.beside.queries import shadow_report, trial, trials
from lendmill.credit.testing.running import queries as running
from lendmill.credit.testing.running.actions import ASKED_FILES_MAX, ask_backtest
from lendmill.credit.testing.unit_cases import InvalidCases, read_cases, text_of
from lendmill.credit.testing.words import SWAP_NAMES, WHEN_NAMES, told
from lendmill.credit.testing.workbook import TITLES, group_called, spreadsheet, tables
from lendmill.db import Db
from lendmill.people.queries import act_today, house_day
from lendmill.people.roles import may
from lendmill.products.publishing.files import FileWrong
from lendmill.products.queries import live_products
from lendmill.refusals import Refusal
from lendmill.web.documents import FIELD_LETTERS_MAX, Upload, day_typed
from lendmill.web.pages import go, page, words_of
from lendmill.web.testing_charts import bounded, bounds_picture, pairs_picture
from lendmill.web.words import CHINESE, Words

BYTES_MAX: Final = 1_000_000
REASONS_DRAWN: Final = 10
MONEY: Final = ("loss", "profit")


def _policy(db: Db, kind: str, key: str, version: int) -> Policy:
    """The version of a policy a page is about; only policies are tested."""
    if kind_named(kind) is not POLICY:
        raise NoSuchDocumentKind(kind=kind)
    return document(db, POLICY, key, version)


@get("/staff/policies/{kind:str}/{key:str}/{version:int}/tests", sync_to_thread=True)
def tests_page(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """What was tested of a version: each case, every backtest, its shadow; and where more is tested."""
    return _tests(request, kind, key, version)


def _tests(request: Asked, kind: str, key: str, version: int, refusal: Refusal | None = None) -> Response[str]:
    words, reader = words_of(request), caller_of(request)
    wrong_cases: Refusal | None = None
    with database_of(request).transaction() as db:
        today = house_day(db)
        policy = _policy(db, kind, key, version)
        try:
            results = case_results(db, policy, live_products(db, today))
            live, live_wrong = live_fails(db, key, today)
        except InvalidCases as no:
            results, wrong_cases, live, live_wrong = [], no, 0, []
        kept = queries.case_sets(db, key)
        runs = queries.backtests(db, key, version)
        asked = [each for each in running.asked(db, key, version) if not each.done]
        first = queries.first_decided_on(db)
        shadow = shadow_report(db, key, version)
    return page(
        request,
        "tests.html",
        status_code=status(refusal) if refusal else 200,
        today=today,
        policy=policy,
        at=f"/staff/policies/{kind}/{key}/{version}",
        results=results,
        chinese=words.language == CHINESE,
        failing=sum(bool(each.wrong) for each in results),
        live=live,
        live_wrong=live_wrong,
        kept=kept,
        runs=runs,
        waiting=asked,
        first=first,
        shadow=shadow,
        files_max=ASKED_FILES_MAX,
        may_write=may(reader.role, "POST /staff/policies/{kind}/{key}/{version}/cases"),
        refused=words.refusal(refusal) if refusal and not isinstance(refusal, FileWrong) else "",
        wrong_file=refusal.facts if isinstance(refusal, FileWrong) else None,
        wrong_cases=words.refusal(wrong_cases) if wrong_cases else "",
    )


@post("/staff/policies/{kind:str}/{key:str}/{version:int}/cases", sync_to_thread=True)
def upload_cases(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], data: Upload
) -> Response[str] | Redirect:
    """Keep the cases of an uploaded file with the policy; where that is refused, the page says why."""
    by = caller_of(request)
    try:
        sent = data.get("file")
        name = str(getattr(sent, "filename", "the file"))[:FIELD_LETTERS_MAX]
        examples = read_cases(_text(sent, name), name)
        act_today(database_of(request), actions.keep_cases, policy_key=key, examples=examples, by=by)
    except Refusal as refusal:
        return _tests(request, kind, key, version, refusal)
    return go(f"/staff/policies/{kind}/{key}/{version}/tests")


def _text(sent: Any, name: str) -> str:
    content = sent.file.read(BYTES_MAX + 1) if isinstance(sent, UploadFile) else b""
    try:
        if len(content) > BYTES_MAX:
            raise InvalidCases(case=name, field="its size", value=f"above {BYTES_MAX:,}", allowed="at most 1 MB")
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidCases(case=name, field="its text", value="unreadable", allowed="UTF-8") from None


@get("/staff/policies/{kind:str}/{key:str}/{version:int}/cases", sync_to_thread=True)
def cases_file(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """The cases that count, as a file to change and bring back."""
    with database_of(request).transaction() as db:
        policy = _policy(db, kind, key, version)
        examples = queries.cases(db, policy.key)
    headers = {"Content-Disposition": 'attachment; filename="cases.toml"'}
    return Response(text_of(examples) if examples else "", media_type="application/toml", headers=headers)


@post("/staff/policies/{kind:str}/{key:str}/{version:int}/backtests", sync_to_thread=True)
def begin_backtest(
    request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int], data: Upload
) -> Response[str] | Redirect:
    """Ask for a backtest; the worker runs it, and its report stands on the same page."""
    by = caller_of(request)

    def ask(db: Db, *, today: date) -> None:
        _policy(db, kind, key, version)
        since, until = (day_typed(str(data.get(name, ""))[:FIELD_LETTERS_MAX]) for name in ("since", "until"))
        assumptions = _text(data.get("assumptions"), "the assumptions")
        ask_backtest(
            db, key=key, version=version, since_on=since or queries.first_decided_on(db) or today,
            until_on=until or today, assumptions=assumptions, by=by, today=today,
        )  # fmt: skip

    try:
        act_today(database_of(request), ask)
    except Refusal as refusal:
        return _tests(request, kind, key, version, refusal)
    return go(f"/staff/policies/{kind}/{key}/{version}/tests#backtests")


@get("/staff/policies/backtests/{backtest_id:uuid}", sync_to_thread=True)
def backtest_page(request: Asked, backtest_id: FromPath[UUID]) -> Response[str]:
    """A backtest's report: in short, in pictures and tables, what was assumed, and what it cannot know."""
    words = words_of(request)
    chinese = words.language == CHINESE
    with database_of(request).transaction() as db:
        run = queries.backtest(db, backtest_id)
        policy = _as_it_stands(db, run)
    found = run.found
    return page(
        request,
        "backtest.html",
        run=run,
        found=found,
        other_text=policy is not None and policy.fingerprint != run.policy_digest,
        sections=told(found, chinese=chinese),
        tables=tables(found, chinese=chinese),
        pictures=_pictures(found, words),
    )


def _as_it_stands(db: Db, run: queries.KeptBacktest) -> Policy | None:
    """The version that was tested as it stands today; None where only a file was tested."""
    try:
        return document(db, POLICY, run.policy_key, run.policy_version)
    except Refusal:
        return None


def _pictures(found: Backtest, words: Words) -> list[tuple[str, str]]:
    """The report's pictures with their titles, in the reader's language."""
    chinese = words.language == CHINESE
    before, after = (names[chinese] for names in WHEN_NAMES.values())
    shares = [(before, found.granted_before), (after, found.granted_after)]
    drawn = [(words.say("Share granted, with its bounds"), bounds_picture(bounded(shares, 1), form=".0%"))]
    drawn.append((TITLES["swaps"][chinese], pairs_picture(
        tuple((SWAP_NAMES[row.swap][chinese], row.limit_before_cents / 100, row.limit_after_cents / 100)
              for row in found.swaps if row.files), before=before, after=after, form="~s",
    )))  # fmt: skip
    if found.assumptions:
        loss, profit = words.heads("Expected loss", "Expected profit")
        money = [
            (f"{name}, {when}", getattr(found, f"{figure}_{side}"))
            for figure, name in zip(MONEY, (loss, profit), strict=True)
            for side, when in (("before", before), ("after", after))
        ]
        drawn.append((words.say("Loss and profit, yuan, with their bounds"),
                      bounds_picture(bounded(money, 0.01), form="~s")))  # fmt: skip
    last = max((n for n, (_, was, now) in enumerate(found.limits) if was or now), default=0)
    limits = tuple((words.round_money(band), float(was), float(now)) for band, was, now in found.limits[: last + 1])
    drawn.append((TITLES["limits"][chinese], pairs_picture(limits, before=before, after=after)))
    most = sorted(found.reasons, key=lambda each: -max(each[1:]))[:REASONS_DRAWN]
    if most:
        reasons = tuple((words.reasons([code])[0], float(was), float(now)) for code, was, now in most)
        drawn.append((TITLES["reasons"][chinese], pairs_picture(reasons, before=before, after=after)))
    grades = tuple(
        (group_called(by, value, chinese), each.granted_before / each.files, each.granted_after / each.files)
        for by, value, each in found.segments
        if by == "grade" and each.files
    )
    drawn.append((words.say("Share granted by grade"),
                  pairs_picture(grades, before=before, after=after, form=".0%")))  # fmt: skip
    return drawn


@get("/staff/policies/backtests/{backtest_id:uuid}/workbook", sync_to_thread=True)
def backtest_workbook(request: Asked, backtest_id: FromPath[UUID]) -> Response[bytes]:
    """A backtest's report as an Excel file in the reader's language."""
    with database_of(request).transaction() as db:
        run = queries.backtest(db, backtest_id)
    named = f"{run.policy_key} {run.policy_version}"
    content = spreadsheet(run.found, named, run.since_on, run.until_on, chinese=words_of(request).language == CHINESE)
    return workbook_answer(content, f"backtest-{run.policy_key}", run.policy_version)


@get("/staff/policies/{kind:str}/{key:str}/{version:int}/shadow", sync_to_thread=True)
def shadow_page(request: Asked, kind: FromPath[str], key: FromPath[str], version: FromPath[int]) -> Response[str]:
    """A version in the shadow beside what was decided: who would be granted more or less, and what became of loans."""
    with database_of(request).transaction() as db:
        _policy(db, kind, key, version)
        found = shadow_report(db, key, version)
    chinese = words_of(request).language == CHINESE
    return page(
        request,
        "shadow.html",
        found=found,
        at=f"/staff/policies/{kind}/{key}/{version}",
        sides={swap: names[chinese] for swap, names in SWAP_NAMES.items()},
    )


@get("/staff/policies/trials", sync_to_thread=True)
def trials_page(
    request: Asked, trial_name: FromQuery[str | None] = None, since: FromQuery[str] = "", until: FromQuery[str] = ""
) -> Response[str]:
    """The trials there have been, and one of them: its arms with bounds, and whether the difference may be chance."""
    words = words_of(request)
    refused, found = "", None
    with database_of(request).transaction() as db:
        every = trials(db)
        name = trial_name or (every[0].trial if every else None)
        if name is not None:
            try:
                first, last = day_typed(since), day_typed(until)
                found = trial(db, name, **_given(since_on=first, until_on=last))
            except Refusal as refusal:
                refused = words.refusal(refusal)
    return page(
        request, "trials.html", trials=every, named=name, found=found, refused=refused, since=since, until=until,
        scales={"limit_mean": 0.01},
    )  # fmt: skip


def _given(**days: date | None) -> dict[str, date]:
    return {name: day for name, day in days.items() if day is not None}
