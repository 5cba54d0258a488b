"""Whether what the seller states fits the record: close figures speed a file up, distant ones a person looks at.

Nobody has to state anything; where nothing is stated, or nothing can be held against it, the step is set aside.
"""

import msgspec

from lendmill.credit.case import Case
from lendmill.credit.finding import Finding, at_least, known_number, not_applicable, noted
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import Reason
from lendmill.features.stated import ON_PLATFORM_MIN_SHARE
from lendmill.rating.stated.closeness import HISTORY_FACT, SALES_FACT, WEIGHTS, overall, share_too_small, verdict

FAST_LANE = "fast lane"
SHARE_FACT = "stated_platform_share"
SEEN_FACT = "sales_net_365"


def stated_figures(case: Case, policy: Policy) -> tuple[Finding, ...]:
    """The lower of the closeness of all figures together and that of the sales alone, held to the policy's threshold.

    Where so small a share is said to be sold on the platform that any sales would fit, that share is looked at.

    A policy from before there were stated figures has no such step, so that its decisions replay as they were.
    """
    rules = policy.stated
    if rules is msgspec.UNSET:
        return ()
    facts = {name: known_number(case.facts.get(name)) for name in (*WEIGHTS, HISTORY_FACT)}
    thresholds = {"matches_from": rules.matches_from, "differs_below": rules.differs_below}
    told, whole, sales = verdict(facts, **thresholds), overall(facts), facts[SALES_FACT]
    said_share, seen = (known_number(case.facts.get(name)) for name in (SHARE_FACT, SEEN_FACT))
    if sales is None and share_too_small(said_share) and (seen or 0) > 0:
        return (_looked_at(said_share, ON_PLATFORM_MIN_SHARE),)
    if whole is None or sales is None:
        return (not_applicable("rating", "stated figures match", "nothing stated that can be compared"),)
    if told == "cannot tell" and min(whole, sales) < rules.differs_below:
        return (not_applicable("rating", "stated figures match", "the record is shorter than the year stated"),)
    held = _looked_at(min(whole, sales), rules.differs_below)
    return (held, noted("rating", FAST_LANE, told == "matches"))


def _looked_at(share: float | None, least: float) -> Finding:
    return at_least(
        "rating", "stated figures match", share, least, Reason.STATED_FIGURES_DIFFER, otherwise="refer", unit="share"
    )
