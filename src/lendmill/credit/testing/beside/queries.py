"""What was decided beside the live policy: by shadows, and by the arms of a trial, with what became of it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from lendmill.credit.testing.beside.figures import (
    ArmGroup,
    ShadowDifference,
    ShadowPair,
    ShadowReason,
    ShadowReport,
    TrialReport,
    ripened,
    share_of,
    trial_report,
)
from lendmill.credit.testing.queries import BECAME
from lendmill.db import Db, many, one, scalar
from lendmill.refusals import Refusal

LARGEST: Final = 50
EVER: Final = (date(1900, 1, 1), date(9999, 12, 31))


class NoSuchTrial(Refusal):
    """No file was ever drawn for a trial {trial!r}."""


# What was granted counts with its limit whether the borrower took it whole or was offered less than asked.
GRANTED: Final = """
     cross join lateral (
           select case when d.outcome in ('approve', 'counter') then coalesce(d.limit_cents, 0) else 0 end as was_cents
           ) g
"""

BESIDE: Final = f"""
      from shadow_decision s
      join decision d on (d.decision_id, d.borrower_id) = (s.decision_id, s.borrower_id)
     {GRANTED.strip()}
      {BECAME.strip()}
     where s.policy_key = %(policy_key)s
       and s.policy_version = %(policy_version)s
"""

PAIRS = f"""
    select d.outcome as before, s.outcome as after, count(*)::integer as files,
           sum(g.was_cents)::bigint as limit_before_cents,
           sum(s.limit_cents)::bigint as limit_after_cents,
           count(*) filter (where s.limit_cents > g.was_cents)::integer as more,
           count(*) filter (where s.limit_cents < g.was_cents)::integer as less,
           count(coalesce(o.defaulted, p.defaulted))::integer as known,
           count(*) filter (where coalesce(o.defaulted, p.defaulted))::integer as defaults
    {BESIDE.strip()}
     group by 1, 2
     order by 1, 2
"""

SPAN = f"""
    select min(d.decided_on) as since_on, max(d.decided_on) as until_on,
           count(*) filter (where not (d.reasons @> s.reasons and s.reasons @> d.reasons))::integer as other_reasons
    {BESIDE.strip()}
"""

REASONS = f"""
    select said.reason, count(*) filter (where said.live)::integer as before,
           count(*) filter (where not said.live)::integer as after
      from (select jsonb_array_elements_text(d.reasons) as reason, true as live
    {BESIDE.strip()}
            union all
            select jsonb_array_elements_text(s.reasons) as reason, false as live
    {BESIDE.strip()}) said
     group by said.reason
     order by said.reason
"""

DIFFERENT = f"""
    select d.decision_id, d.borrower_id, d.decided_on, d.outcome as before, s.outcome as after,
           g.was_cents as limit_before_cents, s.limit_cents as limit_after_cents,
           d.reasons as reasons_before, s.reasons as reasons_after
    {BESIDE.strip()}
       and s.limit_cents <> g.was_cents
     order by abs(s.limit_cents - g.was_cents) desc, d.decision_id
     limit %(size)s
"""


@dataclass(frozen=True, slots=True)
class _Span:
    since_on: date | None
    until_on: date | None


@dataclass(frozen=True, slots=True)
class _ShadowSpan(_Span):
    other_reasons: int


def shadow_report(db: Db, policy_key: str, policy_version: int) -> ShadowReport:
    """A shadow beside what was decided, over all the files both decided; of none where it has not begun."""
    named = {"policy_key": policy_key, "policy_version": policy_version}
    pairs = tuple(many(db, ShadowPair, PAIRS, **named))
    span = one(db, _ShadowSpan, SPAN, **named)
    files = sum(each.files for each in pairs)
    more, less = sum(each.more for each in pairs), sum(each.less for each in pairs)
    same = sum(each.files for each in pairs if each.before == each.after)
    return ShadowReport(
        policy_key=policy_key,
        policy_version=policy_version,
        since_on=span.since_on,
        until_on=span.until_on,
        files=files,
        alike=share_of(same, files),
        more=more,
        less=less,
        other_reasons=span.other_reasons,
        limit_before_cents=sum(each.limit_before_cents for each in pairs),
        limit_after_cents=sum(each.limit_after_cents for each in pairs),
        pairs=pairs,
        ripened=ripened(pairs),
        reasons=tuple(many(db, ShadowReason, REASONS, **named)),
        largest=tuple(many(db, ShadowDifference, DIFFERENT, **named, size=LARGEST)),
    )


# One of 100 groups by the borrower: the spread between groups is what the bounds rest on.
ARM_GROUPS = f"""
    select a.arm, (((hashtextextended(a.borrower_id::text, 0) %% 100) + 100) %% 100)::integer as part,
           count(*)::integer as files,
           count(*) filter (where g.was_cents > 0)::integer as granted,
           count(*) filter (where d.outcome = 'refer')::integer as referred,
           sum(g.was_cents)::bigint as limit_cents,
           coalesce(sum(g.was_cents * r.pd), 0)::double precision as at_risk_cents,
           count(coalesce(o.defaulted, p.defaulted))::integer as known,
           count(*) filter (where coalesce(o.defaulted, p.defaulted))::integer as defaults,
           coalesce(sum(coalesce(o.pd, p.pd)), 0)::double precision as known_pd
      from decision_arm a
      join decision d on (d.decision_id, d.borrower_id) = (a.decision_id, a.borrower_id)
     {GRANTED.strip()}
     cross join lateral (
           select case when g.was_cents > 0
                       then (d.content::json #>> '{{case,rating,pd}}')::double precision end as pd
           ) r
      {BECAME.strip()}
     where a.trial = %(trial)s
       and d.decided_on between %(since_on)s and %(until_on)s
     group by 1, 2
     order by 1, 2
"""

TRIAL_SPAN = """
    select min(d.decided_on) as since_on, max(d.decided_on) as until_on
      from decision_arm a
      join decision d on (d.decision_id, d.borrower_id) = (a.decision_id, a.borrower_id)
     where a.trial = %(trial)s
       and d.decided_on between %(since_on)s and %(until_on)s
"""


@dataclass(frozen=True, slots=True)
class _Share:
    effective_on: date
    share_bp: int


SHARES = """
    select effective_on, share_bp
      from document_step
     where kind = %(kind)s
       and document_key = %(key)s
       and version = %(version)s
       and stage = 'share'
     order by n
"""

KNOWN_TRIAL = "select exists (select from decision_arm where trial = %(trial)s)"


def trial(db: Db, name: str, since_on: date = EVER[0], until_on: date = EVER[1]) -> TrialReport:
    """How the arms of a trial did, or the refusal `NoSuchTrial`; over a part of its time where one is named."""
    if not scalar(db, KNOWN_TRIAL, trial=name):
        raise NoSuchTrial(trial=name)
    about = {"trial": name, "since_on": since_on, "until_on": until_on}
    span = one(db, _Span, TRIAL_SPAN, **about)
    plain = name.removeprefix("product ")
    key, _, version = plain.rpartition("/")
    steps = many(
        db, _Share, SHARES, kind="policy" if plain == name else "product", key=key,
        version=int(version) if version.isdecimal() else 0,
    )  # fmt: skip
    shares = tuple((each.effective_on, each.share_bp) for each in steps if each.effective_on <= until_on)
    begun = [n for n, (on, _) in enumerate(shares) if on <= since_on]
    return trial_report(
        name, many(db, ArmGroup, ARM_GROUPS, **about), span.since_on, span.until_on,
        shares[begun[-1] :] if begun else shares,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class TrialNamed:
    """A trial there has been: from when to when, over how many files."""

    trial: str
    files: int
    since_on: date
    until_on: date


TRIALS = """
    select a.trial, count(*)::integer as files, min(d.decided_on) as since_on, max(d.decided_on) as until_on
      from decision_arm a
      join decision d on (d.decision_id, d.borrower_id) = (a.decision_id, a.borrower_id)
     group by a.trial
     order by min(d.decided_on) desc, a.trial
     limit 50
"""


def trials(db: Db) -> list[TrialNamed]:
    """The trials there have been, the one begun last in front."""
    return many(db, TrialNamed, TRIALS)
