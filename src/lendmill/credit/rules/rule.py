"""A rule as an analyst writes it: whom it is about, what refers, what declines, what follows where it is unknown."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

import msgspec

from lendmill.credit.finding import Finding, HeldBack, Scalar, Step, Unit
from lendmill.credit.reasons import CODES, Reason
from lendmill.credit.rules.expression import Applied, Constant, Expression, Named
from lendmill.credit.rules.grammar import RuleMisread, read
from lendmill.credit.rules.rows import Worked, value_of, worked
from lendmill.credit.rules.vocabulary import vocabulary
from lendmill.products.reading import Check

ANY_SOURCE: Final = "any"
LETTERS_MAX: Final = 120
RuleVerdict = Literal["hit", "miss", "unknown"]
_UNITS: Final[Mapping[str, Unit]] = {
    "cents": "cents", "days": "days", "months": "months", "years": "years", "share": "share", "count": "count",
    "points": "points", "pd": "pd", "yuan": "yuan",
}  # fmt: skip


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, dict=True):
    """Conditions over named facts that refer or decline.

    `source` and `applies` say whom it is about: shops that a source covers, files for which a condition holds. A rule
    passes only where everything it reads is known and none of its conditions holds; where something is not known and
    no condition holds whatever that is, `unknown` says what happens. A figure from law names the `law` and the day
    from which it is in force.
    """

    rule: str
    label_en: str
    label_zh: str
    step: Step = "knock-outs"
    source: str = ANY_SOURCE
    applies: str = ""
    refer_when: str = ""
    decline_when: str = ""
    unknown: HeldBack
    reason: str
    law: str = ""
    in_force_on: date | None = None

    @cached_property
    def conditions(self) -> tuple[tuple[HeldBack, Expression], ...]:
        """What declines, then what refers, as far as they are given."""
        given: tuple[tuple[HeldBack, str], ...] = (("decline", self.decline_when), ("refer", self.refer_when))
        return tuple((effect, read(text)) for effect, text in given if text)

    @cached_property
    def scope(self) -> Expression | None:
        """What `applies` says, where it says something."""
        return read(self.applies) if self.applies else None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The facts its conditions read, each once."""
        return tuple(dict.fromkeys(name for _, condition in self.conditions for name in condition.names))

    @property
    def facts(self) -> tuple[str, ...]:
        """Every fact the rule reads, whom it is about included."""
        return tuple(dict.fromkeys((*(self.scope.names if self.scope else ()), *self.names)))

    @cached_property
    def reads(self) -> tuple[tuple[str, Worked], ...]:
        """Each fact of its conditions with the function that takes it, as its kind, out of what is known."""
        return tuple((name, worked(fact(name).node)) for name in self.names)

    @cached_property
    def tests(self) -> tuple[tuple[HeldBack, str, Worked, tuple[str, ...]], ...]:
        """Its conditions made ready: what follows, the text, the function over what is known, the facts it reads."""
        return tuple((effect, each.text, worked(each.node), each.names) for effect, each in self.conditions)


def found(rule: Rule, known: Mapping[str, Any], sources: Collection[str]) -> Finding:
    """The finding of one rule: what it read, what it says, and what follows."""
    if rule.source != ANY_SOURCE and rule.source not in sources:
        return _finding(rule, {}, "not-applicable", note=f"not covered by {rule.source}")
    about = value_of(rule.scope, known) if rule.scope else True
    if about is False:
        return _finding(rule, {}, "not-applicable", note="not about this file")
    values = {name: read_out(known) for name, read_out in rule.reads}
    verdict, effect, text = _judged(rule, known, values) if about else ("unknown", rule.unknown, rule.applies)
    if verdict == "miss":
        return _finding(rule, values, "pass", threshold=text)
    unknown = Reason.FACTS_UNKNOWN.code if verdict == "unknown" and rule.unknown == "refer" else rule.reason
    told: Literal["fail", "unknown"] = "fail" if verdict == "hit" else "unknown"
    return _finding(rule, values, told, effect=effect, reason=unknown, threshold=text)


def judged(rule: Rule, known: Mapping[str, Any]) -> tuple[RuleVerdict, HeldBack, str]:
    """Hit, miss or unknown, what follows unless it is a miss, and the condition that says so.

    What declines comes before what refers; a condition that may hold does not hide one that does.
    """
    return _judged(rule, known, {name: read_out(known) for name, read_out in rule.reads})


def _judged(rule: Rule, known: Mapping[str, Any], values: Mapping[str, Any]) -> tuple[RuleVerdict, HeldBack, str]:
    said = [holds(known) for _, _, holds, _ in rule.tests]
    for (effect, text, _, _), hit in zip(rule.tests, said, strict=True):
        if hit:
            return "hit", effect, text
    for (_, text, _, names), hit in zip(rule.tests, said, strict=True):
        if hit is None or any(values[name] is None for name in names):
            return "unknown", rule.unknown, text
    return "miss", rule.unknown, rule.tests[-1][1]


def fact(name: str) -> Expression:
    """A fact by itself."""
    return read(name, vocabulary()[name].kind)


def _finding(
    rule: Rule,
    values: Mapping[str, Any],
    verdict: Literal["pass", "fail", "unknown", "not-applicable"],
    *,
    effect: Literal["none", "refer", "decline"] = "none",
    reason: str | None = None,
    threshold: str | None = None,
    note: str = "",
) -> Finding:
    return Finding(
        step=rule.step, rule=rule.rule, verdict=verdict, effect=effect, reason=reason, fact=", ".join(rule.names),
        value=None if verdict == "not-applicable" else _told_values(values),
        op="when", threshold=threshold, unit=_unit(rule.names), note=note,
    )  # fmt: skip


def _told_values(values: Mapping[str, Any]) -> Scalar:
    """What was read: the value itself where it is one, else each with its name."""
    if len(values) == 1:
        (only,) = values.values()
        return only if only is None or isinstance(only, bool | float | str) else str(only)
    return "; ".join(f"{name} = {_spelled(value)}" for name, value in values.items())


def _spelled(value: Any) -> str:
    if value is None:
        return "?"
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def _unit(names: tuple[str, ...]) -> Unit:
    return _UNITS.get(vocabulary()[names[0]].unit, "") if len(names) == 1 else ""


def checks(rules: tuple[Rule, ...], sources: Collection[str]) -> Iterator[Check]:
    """What must hold of a policy's rules: names that are their own, texts that can be read, reasons there are."""
    names = [rule.rule for rule in rules]
    yield len(set(names)) == len(names), "rules", names, "each named once"
    for n, rule in enumerate(rules):
        at = f"rules[{n}]"
        for field, text in (("rule", rule.rule), ("label_en", rule.label_en), ("label_zh", rule.label_zh)):
            yield (
                bool(text.strip()) and len(text) <= LETTERS_MAX and text.isprintable(),
                f"{at}.{field}",
                text,
                "a name",
            )
        yield rule.reason in CODES, f"{at}.reason", rule.reason, f"one of {', '.join(sorted(CODES))}"
        known = (*sources, ANY_SOURCE)
        yield rule.source in known, f"{at}.source", rule.source, f"one of {', '.join(known)}"
        given = bool(rule.refer_when or rule.decline_when)
        yield given, f"{at}.refer_when", rule.refer_when, "given, or decline_when, or both"
        for field in ("applies", "refer_when", "decline_when"):
            text = getattr(rule, field)
            wrong = _misread(text) if text else None
            yield wrong is None, f"{at}.{field}", text, f"a condition that can be read ({rule.rule}, {wrong})"
        dated = not rule.law or rule.in_force_on is not None
        yield dated, f"{at}.in_force_on", rule.in_force_on, "the day from which that law is in force"


def reached(rules: tuple[Rule, ...]) -> Iterator[Check]:
    """What refers must hold for some file that is not declined: its bound is not inside the one that declines."""
    for n, rule in enumerate(rules):
        if not rule.refer_when or not rule.decline_when or _misread(rule.refer_when) or _misread(rule.decline_when):
            continue
        refer, decline = _bound(read(rule.refer_when)), _bound(read(rule.decline_when))
        if refer is None or decline is None or refer[:2] != decline[:2]:
            continue
        inside = refer[2:] <= decline[2:] if refer[1] == "below" else refer[2:] >= decline[2:]
        allowed = f"beyond what declines before it, {rule.decline_when}"
        yield not inside, f"rules[{n}].refer_when", rule.refer_when, allowed


def _bound(condition: Expression) -> tuple[str, str, float, bool] | None:
    """A fact held from one side: its name, which side strikes, from where on, and on which side of that figure."""
    node = condition.node
    if not isinstance(node, Applied) or node.op not in ("<", "<=", ">", ">=") or not isinstance(node.on[0], Named):
        return None
    figure = node.on[1]
    sign = 1
    if isinstance(figure, Applied) and figure.op == "negative":
        sign, figure = -1, figure.on[0]
    if not isinstance(figure, Constant) or not isinstance(figure.value, int | float):
        return None
    return node.on[0].name, "below" if "<" in node.op else "above", sign * figure.value, node.op in ("<=", ">")


def _misread(text: str) -> RuleMisread | None:
    try:
        read(text)
    except RuleMisread as wrong:
        return wrong
    return None
