"""One thing a decision looks at, and the few figures of a file that settle what is found.

Declared once: for one file the findings are asked for as they are; of many, files alike in these figures find alike, so
that they are asked for once for each kind of file there is.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from lendmill.credit.case import Case
from lendmill.credit.finding import Finding
from lendmill.credit.policy import Policy

Found = Callable[[Case, Policy, tuple[str, ...]], tuple[Finding, ...]]


@dataclass(frozen=True, slots=True)
class Look:
    """The columns that settle it, as `offers.files` names them, and what is found in a case.

    Some looks are only for those who ask: they set every offer aside.
    """

    by: tuple[str, ...]
    found: Found
    asked_only: bool = False


def looked_at(looks: Iterable[Look], case: Case, policy: Policy, sources: tuple[str, ...]) -> tuple[Finding, ...]:
    """What all of them find in one case."""
    return tuple(finding for look in looks for finding in look.found(case, policy, sources))
