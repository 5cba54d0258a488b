"""What the lender and its sellers do before a loan, as a story says it: policies taken further, files decided."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from credit_cases import MARKET_FACTS, POLICY, rate

from lender import Introduced, Lender
from lendmill import ids
from lendmill.credit import actions, queries
from lendmill.credit.applications.actions import Decided
from lendmill.credit.conditions import actions as conditions
from lendmill.credit.conditions.queries import conditions_of
from lendmill.credit.consents import CONSENTS
from lendmill.credit.counters import actions as counters
from lendmill.credit.counters.queries import counter_offer
from lendmill.credit.lines.queries import lines_of
from lendmill.credit.notices.queries import notices_of
from lendmill.credit.policy import Policy, policy_of
from lendmill.credit.publishing.queries import POLICY as KIND
from lendmill.credit.review import actions as desk
from lendmill.credit.review.interview import actions as talks
from lendmill.credit.review.interview.queries import interview
from lendmill.credit.review.interview.slots import ZONE
from lendmill.credit.review.queries import review_case
from lendmill.credit.review.verdict import actions as verdicts
from lendmill.credit.review.verdict.review import Verdict
from lendmill.credit.testing.arms import allotted, drawn
from lendmill.credit.testing.beside.queries import shadow_report
from lendmill.credit.trials.queries import arms_of
from lendmill.db import Db
from lendmill.money import cents
from lendmill.people.actions import register_borrower
from lendmill.people.approvals.approval import Approval
from lendmill.people.command import Command
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller
from lendmill.products.publishing import actions as publishing
from lendmill.products.publishing.queries import log, stage_of
from lendmill.products.reading import content_of
from lendmill.refusals import Refusal
from people.staff import Staff

AMOUNT = r"[\d,]+\.\d\d"
DAY = r"(\d{4}-\d\d-\d\d)"
ROLES = {"analyst": Role.ANALYST, "risk officer": Role.RISK_OFFICER, "administrator": Role.ADMIN}
STAGES = {"in the shadow": "shadow", "on trial": "share", "live": "live", "retired": "retired", "in review": "review"}
OTHERWISE: dict[str, dict[str, Any]] = {
    "60 days late with us shut nobody out": {"debts": {"days_past_due_worst_max": 60}},
    "a person looks at grade B": {"rating": {"referred": ["B", "C"]}},
}
WRITTEN = (
    "application", "decision", "decision_arm", "line", "notice", "counter_answer", "document_proposal",
    "document_proposal_decision", "document_step", "review_event", "review_verdict", "approval",
)  # fmt: skip
MODEL = "insert into model (model_id, target, body, digest, report) values ('card-1', 't', '{}', 'd1', '{}')"


@dataclass
class CreditPlayer:
    """Plays the lines of one story in a house with the shipped products, policy and cases."""

    lender: Lender
    staff: dict[str, Caller] = field(default_factory=dict)
    sellers: dict[str, UUID] = field(default_factory=dict)
    files: dict[str, list[Decided]] = field(default_factory=dict)
    talks: dict[str, UUID] = field(default_factory=dict)
    verdicts: dict[str, Approval] = field(default_factory=dict)
    guarantors: dict[str, UUID] = field(default_factory=dict)
    proposal_id: UUID | None = None

    def found(self) -> "CreditPlayer":
        """The house begins."""
        self.lender.found()
        with self.lender.database.transaction() as db:
            actions.publish_presets(db, today=self.lender.today)
            db.execute(MODEL)
        return self

    def play(self, line: str) -> None:
        """Do what the line says, or check what it claims; what is refused leaves nothing behind."""
        said, no, code = line.partition(", but is refused: ")
        pattern, do = next((each for each in VERBS if re.fullmatch(each[0], said)), (None, None))
        assert pattern is not None, f"a story cannot say: {said}"
        assert do is not None
        told = re.fullmatch(pattern, said)
        assert told is not None
        if not no:
            do(self, *told.groups())
            return
        before = self._rows()
        with pytest.raises(Refusal) as refused:
            do(self, *told.groups())
        assert refused.value.code() == code, f"refused with {refused.value.code()}: {refused.value}"
        assert self._rows() == before

    def joins(self, name: str, role: str) -> None:
        """Somebody works for the lender."""
        self.staff[name] = Staff(self.lender.database, names=iter([name])).member(ROLES[role])  # type: ignore[arg-type]

    def sells(self, name: str, grade: str, amount: str | None) -> None:
        """A shop is known to the marketplace and rated."""
        made = Introduced(
            f"shop-{name}", kind="person", born_on=date(1990, 6, 1), member_since_on=date(2024, 1, 1)
        )  # fmt: skip
        self.sellers[name] = self.lender.database.act(
            register_borrower, seller=made, today=self.lender.today, vouched=True
        )
        facts = dict(MARKET_FACTS)
        if amount:
            facts |= {"sales_monthly_mean": cents(amount) / 100, "sales_net_90": 3 * cents(amount) / 100}
        with self.lender.database.transaction() as db:
            rate(db, self.sellers[name], grade, facts, self.lender.today)

    def asks(self, name: str, amount: str, outcome: str, why: str | None, by: str | None) -> None:
        """The seller applies and is decided at once."""
        answers = {
            "amount_cents": cents(amount), "purpose": "stock", "language": "en",
            "consents": [each.purpose for each in CONSENTS],
        }  # fmt: skip
        made = self._act(
            actions.apply_at_once, command=Command.of(str(uuid4())), borrower_id=self.sellers[name],
            product_key="credit-line", answers=answers,
        )  # fmt: skip
        self.files.setdefault(name, []).append(made)
        with self.lender.database.transaction() as db:
            kept = queries.decision(db, made.decision_id)
        assert kept.outcome == outcome, kept.outcome
        assert why is None or kept.opened.decision.reasons[0] == why, kept.opened.decision.reasons
        assert by is None or kept.opened.policy.version == int(by)

    def again(self, which: str, name: str, version: str) -> None:
        """A decision is made again from what was kept."""
        made = self.files[name][0 if which == "first" else -1]
        with self.lender.database.transaction() as db:
            assert queries.replay(db, made.decision_id).same
            assert queries.decision(db, made.decision_id).opened.policy.version == int(version)

    def writes(self, name: str, version: str, what: str) -> None:
        """Somebody drafts the next version of the policy."""
        content = content_of(POLICY) | {"version": int(version)}
        for part, fields in OTHERWISE[what].items():
            content[part] = {**content[part], **fields}
        document: Policy = policy_of(content)
        self._act(publishing.draft, KIND, document, by=self.staff[name])

    def proposes(self, name: str, version: str, where: str) -> None:
        """Somebody proposes to take a version further."""
        share = re.fullmatch(r"for (\d+) % of all borrowers", where)
        stage = "share" if share else {"for the shadow": "shadow", "to go live": "live"}[where]
        self.proposal_id = self._act(
            publishing.propose, KIND, command_key=str(ids.new()), key=POLICY.key, version=int(version), to_stage=stage,
            reason="as agreed", share_bp=int(share[1]) * 100 if share else None, by=self.staff[name],
        ).proposal_id  # fmt: skip

    def agrees(self, name: str) -> None:
        """Somebody agrees to what was proposed."""
        self._act(
            publishing.decide, KIND, command_key=str(ids.new()), proposal_id=self.proposal_id, verdict="approve",
            by=self.staff[name],
        )  # fmt: skip

    def stands(self, version: str, stage: str) -> None:
        """How far a version has come."""
        with self.lender.database.transaction() as db:
            found = stage_of(db, "policy", POLICY.key, int(version), self.lender.today)
        assert found == STAGES[stage], found

    def went(self, version: str, told: str) -> None:
        """The whole way of a version, as the log has it."""
        with self.lender.database.transaction() as db:
            steps = log(db, "policy", POLICY.key, int(version))
        assert [each.stage for each in steps] == [STAGES[each] for each in told.split(", then ")], steps

    def beside(self, version: str, files: str, otherwise: str) -> None:
        """What a version in the shadow decided in the night."""
        with self.lender.database.transaction() as db:
            report = shadow_report(db, POLICY.key, int(version))
        other = sum(pair.files for pair in report.pairs if pair.before != pair.after)
        assert (report.files, other) == (int(files), int(otherwise)), (report.files, other)

    def by_lot(self, grade: str, amount: str, version: str, share: str, others: str, outcome: str) -> None:
        """Shops come until three of them are drawn for a trial and three are not; each is decided by their own."""
        trial, seen = f"{POLICY.key}/{version}", {True: 0, False: 0}
        while min(seen.values()) < 3:
            name = f"somebody {len(self.sellers)}"
            self.sells(name, grade, None)
            mine = drawn(self.sellers[name], allotted({}, {trial: int(share) * 100}))[0] is not None
            self.asks(name, amount, outcome if mine else others, None, version if mine else str(POLICY.version))
            with self.lender.database.transaction() as db:
                (arm,) = arms_of(db, self.sellers[name], self.files[name][0].decision_id)
            assert (arm.trial, arm.arm) == (trial, "challenger" if mine else "champion")
            seen[mine] += 1

    def lies(self, name: str, until: str) -> None:
        """A file waits on the desk, with a day."""
        with self.lender.database.transaction() as db:
            found = review_case(db, self._file(name))
        assert (found.status, found.due_on) == ("open", date.fromisoformat(until)), (found.status, found.due_on)

    def wishes(self, name: str, words: str) -> None:
        """The seller asks for a person."""
        with self.lender.database.transaction() as db:
            newest = queries.decisions_of(db, self.sellers[name])[0]
        self._act(
            actions.ask_for_review, borrower_id=self.sellers[name], decision_id=newest.decision_id, words=words
        )  # fmt: skip

    def takes(self, name: str, seller: str) -> None:
        """A reviewer takes a file."""
        self._act(desk.take, case_id=self._file(seller), by=self.staff[name])

    def invites(self, name: str, seller: str) -> None:
        """A reviewer invites the seller to a conversation."""
        self.talks[seller] = self._act(
            talks.invite, case_id=self._file(seller), by=self.staff[name], meeting_url="https://meet.example.com/room"
        )  # fmt: skip

    def books(self, name: str, day: str, hour: str) -> None:
        """The seller chooses an hour."""
        at = datetime.fromisoformat(f"{day}T{hour}").replace(tzinfo=ZONE)
        found = self._act(talks.book, interview_id=self.talks[name], starts_at=at, borrower_id=self.sellers[name])
        assert (found.status, found.starts_at) == ("booked", at)

    def speaks(self, name: str, seller: str, topics: str) -> None:
        """The reviewer goes through the checklist, and everything matches."""
        with self.lender.database.transaction() as db:
            asked = interview(db, self.talks[seller]).asked
        assert set(topics.replace(" and ", ", ").split(", ")) <= {each.topic for each in asked}, asked
        findings = {each.key: ("matches", "seen") for each in asked}
        self._act(talks.answer, interview_id=self.talks[seller], by=self.staff[name], findings=findings)

    def closes(self, name: str, seller: str) -> None:
        """The conversation is over."""
        self._act(talks.close, interview_id=self.talks[seller], by=self.staff[name], recording_ref="REC-1")

    def grants(self, name: str, seller: str, amount: str, months: str, why: str) -> None:
        """The reviewer grants something."""
        self._gives(
            name, seller,
            Verdict(
                outcome="approve", reasons=(why,), words="As written in the file.", amount_cents=cents(amount),
                months_max=int(months),
            ),
        )  # fmt: skip

    def refuses(self, name: str, seller: str, why: str) -> None:
        """The reviewer declines."""
        self._gives(name, seller, Verdict(outcome="decline", reasons=(why,), words="As written in the file."))

    def waits(self, seller: str) -> None:
        """What a reviewer decided waits for a second person."""
        assert self.verdicts[seller].state(self.lender.today) == "waiting"
        with self.lender.database.transaction() as db:
            assert review_case(db, self._file(seller)).status == "second"

    def seconds(self, name: str, seller: str) -> None:
        """The second person agrees to the verdict, and the decision made by people is kept and made again."""
        made = self._act(
            verdicts.confirm, command=Command.of(str(uuid4())), approval_id=self.verdicts[seller].approval_id,
            by=self.staff[name],
        )  # fmt: skip
        with self.lender.database.transaction() as db:
            assert queries.replay(db, made.result_id).same

    def offered(self, name: str, amount: str, until: str) -> None:
        """Less than was asked is on offer."""
        with self.lender.database.transaction() as db:
            found = counter_offer(db, self.sellers[name], self._file(name), self.lender.today)
        assert (found.limit_cents, found.expires_on) == (cents(amount), date.fromisoformat(until)), found

    def accepts(self, name: str) -> None:
        """The seller takes the offer."""
        self._act(
            counters.accept_counter_offer, command=Command.of(str(uuid4())), borrower_id=self.sellers[name],
            decision_id=self._file(name),
        )  # fmt: skip

    def offer_is(self, name: str, state: str) -> None:
        """Where an offer stands."""
        with self.lender.database.transaction() as db:
            found = counter_offer(db, self.sellers[name], self._file(name), self.lender.today)
        assert found.state(self.lender.today) == state

    def has(self, name: str, amount: str | None, months: str | None, waits: str | None) -> None:
        """The lines of a seller: none, or the one that is open or waits for what the policy asks for beside it."""
        with self.lender.database.transaction() as db:
            found = [(each.limit_cents, each.status, each.months_max) for each in lines_of(db, self.sellers[name])]
        longest = int(months) if months else found[0][2] if found else 0
        assert found == ([(cents(amount), "pending" if waits else "open", longest)] if amount else []), found

    def backs(self, name: str, seller: str, guarantor: str, amount: str) -> None:
        """Somebody of the staff writes down who answers for a seller."""
        with self.lender.database.transaction() as db:
            (asked,) = conditions_of(db, self.sellers[seller])
        self.guarantors[seller] = self._act(
            conditions.tell_condition, borrower_id=self.sellers[seller], condition_id=asked.condition_id,
            way="guarantor", described=guarantor, cover_cents=cents(amount), by=self.staff[name],
        ).told_id  # fmt: skip

    def verifies(self, name: str, seller: str) -> None:
        """Somebody says that it is so."""
        self._act(
            conditions.judge_condition, borrower_id=self.sellers[seller], told_id=self.guarantors[seller],
            verified=True, reason="contract seen", by=self.staff[name],
        )  # fmt: skip

    def told(self, name: str, words: str) -> None:
        """What stands in the newest notice, in one language or the other."""
        with self.lender.database.transaction() as db:
            newest = notices_of(db, self.sellers[name])[0]
        assert words in newest.text_en or words in newest.text_zh, newest

    def not_told(self, name: str) -> None:
        """Nothing was written to the seller yet."""
        with self.lender.database.transaction() as db:
            assert notices_of(db, self.sellers[name]) == []

    def _gives(self, name: str, seller: str, verdict: Verdict) -> None:
        self.verdicts[seller] = self._act(
            verdicts.give_verdict, command=Command.of(str(uuid4())), case_id=self._file(seller), verdict=verdict,
            by=self.staff[name],
        )  # fmt: skip

    def _file(self, seller: str) -> UUID:
        return self.files[seller][-1].decision_id

    def _act(self, action: Callable[..., Any], *given: Any, **named: Any) -> Any:
        return self.lender.database.act(action, *given, **named, today=self.lender.today)

    def _rows(self) -> list[int]:
        with self.lender.database.transaction() as db:
            return [_count(db, table) for table in WRITTEN]


def _count(db: Db, table: str) -> int:
    found = db.execute(f"select count(*) from {table}").fetchone()
    assert found is not None
    return int(found[0])


OUTCOME = r"(approve|refer|decline|counter)"
VERBS: list[tuple[str, Callable[..., None]]] = [
    (rf"(\w+) is an? ({'|'.join(ROLES)})", CreditPlayer.joins),
    (rf"(\w+) is a shop of grade (\w+)(?: that sells ({AMOUNT}) a month)?", CreditPlayer.sells),
    (rf"(\w+) asks for ({AMOUNT}): {OUTCOME}(?:, because ([\w-]+))?(?:, by version (\d+))?", CreditPlayer.asks),
    (r"the (first|last) decision about (\w+), made again, is the same, by version (\d+)", CreditPlayer.again),
    (rf"(\w+) writes version (\d+): ({'|'.join(OTHERWISE)})", CreditPlayer.writes),
    (r"(\w+) proposes version (\d+) (for the shadow|for \d+ % of all borrowers|to go live)", CreditPlayer.proposes),
    (r"(\w+) agrees", CreditPlayer.agrees),
    (rf"version (\d+) is ({'|'.join(STAGES)})", CreditPlayer.stands),
    (r"version (\d+) was (.+)", CreditPlayer.went),
    (r"version (\d+) decided (\d+) files? beside the live one, (\d+) of them otherwise", CreditPlayer.beside),
    (
        rf"shops of grade (\w+) ask for ({AMOUNT}), of whom version (\d+) decides (\d+) % by lot: {OUTCOME},"
        rf" but those drawn: {OUTCOME}",
        CreditPlayer.by_lot,
    ),
    (rf"the file of (\w+) lies on the desk until {DAY}", CreditPlayer.lies),
    (r"(\w+) asks for a person: (.+)", CreditPlayer.wishes),
    (r"(\w+) takes the file of (\w+)", CreditPlayer.takes),
    (r"(\w+) invites (\w+) to a conversation", CreditPlayer.invites),
    (rf"(\w+) chooses {DAY} at (\d\d:\d\d)", CreditPlayer.books),
    (r"(\w+) goes through the checklist with (\w+), (.+) among it: all matches", CreditPlayer.speaks),
    (r"(\w+) ends the conversation with (\w+)", CreditPlayer.closes),
    (rf"(\w+) grants (\w+) ({AMOUNT}) for (\d+) months, because ([\w-]+)", CreditPlayer.grants),
    (r"(\w+) declines (\w+), because ([\w-]+)", CreditPlayer.refuses),
    (r"the verdict on (\w+) waits for a second person", CreditPlayer.waits),
    (r"(\w+) agrees to the verdict on (\w+)", CreditPlayer.seconds),
    (rf"(\w+) is offered ({AMOUNT}) until {DAY}", CreditPlayer.offered),
    (r"(\w+) accepts the offer", CreditPlayer.accepts),
    (r"the offer to (\w+) is (open|accepted|lapsed)", CreditPlayer.offer_is),
    (
        rf"(\w+) has (?:no line|a line of ({AMOUNT})(?: for loans of up to (\d+) months)?"
        r"(, that waits for a guarantor)?)",
        CreditPlayer.has,
    ),
    (rf"(\w+) writes down that (\w+) has a guarantor, (\w+), for ({AMOUNT})", CreditPlayer.backs),
    (r"(\w+) verifies the guarantor of (\w+)", CreditPlayer.verifies),
    (r"(\w+) is told: (.+)", CreditPlayer.told),
    (r"(\w+) has been told nothing", CreditPlayer.not_told),
]
