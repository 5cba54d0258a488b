"""What the rules would make of one line over the nights to come, were nothing else to change."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date

from lendmill.credit.case import Case
from lendmill.credit.changes.change import LineChange, LineWeighed
from lendmill.credit.changes.weighing import History, weighed
from lendmill.credit.lines.line import Line
from lendmill.credit.policy import Policy
from lendmill.products.document import Product

COUNTED = {"raise": "raised", "cut": "cut", "cheaper": "priced", "dearer": "priced"}
Told = LineChange | LineWeighed


def after(line: Line, change: Told) -> Line | None:
    """The line once a change was carried out; None where it comes to nothing (see `change_lines`)."""
    if change.kind not in ("raise", "cut"):
        rate = (change.rate.num, change.penalty.num, change.rate.den) if isinstance(change, LineWeighed) else (
            change.rate_num, change.penalty_num, change.rate_den)  # fmt: skip
        return replace(line, rate_num=rate[0], penalty_num=rate[1], rate_den=rate[2])
    limit_cents = change.limit_cents
    if change.kind == "cut":
        limit_cents = max(limit_cents, line.used_cents + line.reserved_cents)
        if limit_cents >= line.limit_cents:
            return None
    return replace(line, limit_cents=limit_cents)


def foreseen(
    line: Line, history: History, waiting: Iterable[LineChange], case_on: Callable[[date], Case], rules: Policy | None,
    product: Product, nights: Sequence[date],
) -> list[tuple[date, str]]:  # fmt: skip
    """What would be counted of a line on which of the days that open: due notices first, then what a rule makes of it.

    Notices that wait come in the order in which they were given. What is owed, rated and granted to others is taken as
    it stands on the first of the nights.
    """
    told: list[tuple[date, str]] = []
    pending: list[Told] = [*waiting]
    for opens in nights:
        for change in [each for each in pending if each.effective_on <= opens]:
            pending.remove(change)
            changed = None if line.status == "closed" or line.ended(opens) else after(line, change)
            told.append((opens, "lapsed" if changed is None else "carried_out"))
            line = changed or line
        if rules is None or line.status != "open" or line.ended(opens) or history.changed_on == opens:
            continue
        history = replace(history, waiting=bool(pending))
        found = weighed(line, history, case_on(opens), rules, product)
        if found is None:
            continue
        told.append((opens, COUNTED[found.kind]))
        rules_on = {**dict(zip(history.rules, history.rules_on, strict=True)), found.rule: opens}
        history = replace(history, changed_on=opens, rules=[*rules_on], rules_on=[*rules_on.values()])
        if found.effective_on <= opens:
            line = after(line, found) or line
        else:
            pending.append(found)
    return told
