"""Reading a rule's text: SQL's expression syntax, nothing else, and every fact and type checked before it is kept.

The parser is sqlglot's, in PostgreSQL's dialect; what it gives is taken over piece by piece, so that whatever is not
listed here is refused with its place. Numbers are real numbers: 1 / 2 is 0.5. What hides that something is not known
(`is null`, `coalesce`, `case`) is refused: a rule says in its own field what is done then.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from math import isfinite
from typing import Any, Final

from sqlglot import exp
from sqlglot.dialects.postgres import Postgres
from sqlglot.errors import ParseError, TokenError

from lendmill.credit.rules.expression import Applied, Constant, Expression, Kind, Named, Node, Op, names_in
from lendmill.credit.rules.vocabulary import Fact, vocabulary

LETTERS_MAX: Final = 2_000
DEPTH_MAX: Final = 64
KIND_NAMES: Final[Mapping[Kind, str]] = {
    "number": "a number", "text": "a word", "truth": "true or false", "day": "a day",
}  # fmt: skip
COMPARED: Final[Mapping[type[exp.Expr], Op]] = {
    exp.EQ: "=", exp.NEQ: "<>", exp.LT: "<", exp.LTE: "<=", exp.GT: ">", exp.GTE: ">=",
}  # fmt: skip
COUNTED: Final[Mapping[type[exp.Expr], Op]] = {exp.Add: "+", exp.Sub: "-", exp.Mul: "*", exp.Div: "/"}
JOINED: Final[Mapping[type[exp.Expr], Op]] = {exp.And: "and", exp.Or: "or"}
FUNCTIONS: Final[Mapping[type[exp.Expr], Op]] = {
    exp.Abs: "abs", exp.Least: "least", exp.Greatest: "greatest", exp.Floor: "floor", exp.Ceil: "ceiling",
}  # fmt: skip
IGNORED: Final = frozenset({"typed", "safe", "ignore_nulls", "quoted"})  # what the dialect notes of itself
HIDES: Final = (exp.Is, exp.Null, exp.Coalesce, exp.Case, exp.If, exp.Nullif)
_Part = exp.Expr


class RuleMisread(Exception):
    """A text that is not a rule, by the line and column where that shows, and what to write instead."""

    def __init__(self, line: int, column: int, what: str, meant: Callable[[], str] = str) -> None:
        super().__init__(what)
        self.line, self.column, self._what, self._meant = line, column, what, meant

    @property
    def what(self) -> str:
        """What is wrong; which fact may have been meant is looked for only where that is told."""
        return self._what + self._meant()

    def __str__(self) -> str:
        return f"line {self.line}, column {self.column}: {self.what}"


def read(text: str, wanted: Kind = "truth", facts: Mapping[str, Fact] | None = None) -> Expression:
    """Read a text that gives `wanted`; raises `RuleMisread`.

    `facts` are those it may name: the whole vocabulary where nothing else is said.
    """
    return _read(text, wanted, None) if facts is None else _Reader(text, facts).read(wanted)


@lru_cache(maxsize=4_096)
def _read(text: str, wanted: Kind, _facts: None) -> Expression:
    return _Reader(text, vocabulary()).read(wanted)


class _Reader:
    def __init__(self, text: str, facts: Mapping[str, Fact]) -> None:
        self.text, self.facts = text, facts

    def read(self, wanted: Kind) -> Expression:
        if len(self.text) > LETTERS_MAX:
            raise self.misread(LETTERS_MAX, f"a rule has at most {LETTERS_MAX} letters: write two")
        try:
            node = self.node(self.parsed(), 0)
        except RecursionError:
            raise self.misread(0, f"brackets go deeper than {DEPTH_MAX}: write two rules") from None
        if node.kind != wanted:
            raise self.misread(0, f"this gives {KIND_NAMES[node.kind]}, but must give {KIND_NAMES[wanted]}")
        return Expression(self.text, node, tuple(dict.fromkeys(names_in(node))))

    def parsed(self) -> _Part:
        if not self.text.isascii():
            for at, letter in enumerate(self.text):
                if 0xD800 <= ord(letter) <= 0xDFFF:
                    raise self.misread(at, "half a letter is not text")
        if "\0" in self.text:
            raise self.misread(self.text.index("\0"), "a rule is written in letters, digits and signs")
        try:
            parts = Postgres().parse_into(exp.Condition, self.text)
        except ParseError as error:
            raise self.unreadable(error) from None
        except TokenError:
            raise self.misread(max(self.text.rfind("'"), self.text.rfind('"'), 0), "a quote is not closed") from None
        if len(parts) != 1 or parts[0] is None:
            raise self.misread(0, "say when the rule stops somebody, such as refund_rate_90 > 0.3")
        return parts[0]

    def unreadable(self, error: ParseError) -> RuleMisread:
        told = error.errors[0] if error.errors else {}
        before, word = str(told.get("start_context", "")), str(told.get("highlight", ""))
        at = self.text.find(before + word)
        what = f"cannot be read at {word[:40]!r}: write a condition such as refund_rate_90 > 0.3"
        return self.misread(at + len(before) if at >= 0 else 0, what)

    def misread(self, at: int, what: str, meant: Callable[[], str] = str) -> RuleMisread:
        before = self.text[:at]
        return RuleMisread(before.count("\n") + 1, at - (before.rfind("\n") + 1) + 1, what, meant)

    def at(self, part: _Part) -> int:
        """Where a part begins: the first letter of its first word."""
        starts = [each.meta["start"] for each in part.walk() if "start" in each.meta]
        return min(starts, default=0)

    def wrong(self, part: _Part, what: str) -> RuleMisread:
        return self.misread(self.at(part), what)

    def node(self, part: Any, depth: int) -> Node:
        if depth > DEPTH_MAX:
            raise RecursionError
        for kind, taken in _TAKEN:
            if isinstance(part, kind):
                return taken(self, part, depth + 1)
        if isinstance(part, HIDES):
            raise self.wrong(part, "what is not known makes the rule unknown; its field `unknown` says what then")
        if isinstance(part, exp.Binary):
            raise self.wrong(part, f"{part.sql('postgres')[:40]!r} is not part of a rule: its signs are {_SIGNS}")
        name = str(getattr(part, "this", "")) if isinstance(part, exp.Anonymous) else type(part).__name__.lower()
        raise self.wrong(part, f"{name[:40]!r} is not part of a rule: facts, figures, words, and, or, not, {_SIGNS}")

    def parts(self, part: _Part, *fields: str) -> list[Any]:
        """The operands in these fields; a part that says anything beside them is refused."""
        for name, value in part.args.items():
            if name not in fields and name not in IGNORED and value:
                raise self.wrong(part, f"{name!r} is more than a rule may say here")
        found: list[Any] = []
        for name in fields:
            value = part.args.get(name)
            found += value if isinstance(value, list) else [value]
        if None in found:
            raise self.wrong(part, "something is missing here")
        return found

    def bracket(self, part: _Part, depth: int) -> Node:
        (within,) = self.parts(part, "this")
        return self.node(within, depth)

    def fact(self, part: _Part, depth: int) -> Node:
        del depth
        (name,) = self.parts(part, "this")
        word = str(name.this) if isinstance(name, exp.Identifier) else ""
        known = word if word in self.facts else word.lower()
        if known not in self.facts:
            raise self.misread(self.at(part), f"there is no fact called {word[:60]}", lambda: self.meant(known))
        return Named(self.facts[known].kind, known)

    def meant(self, word: str) -> str:
        """The fact that a word comes nearest to."""
        near = get_close_matches(word, self.facts, 1)
        return f"; did you mean {near[0]}?" if near else ""

    def constant(self, part: _Part, depth: int) -> Node:
        del depth
        if part.args.get("is_string"):
            return Constant("text", str(part.this))
        try:
            value = float(str(part.this))
        except ValueError:
            value = float("nan")
        if not isfinite(value):
            raise self.wrong(part, f"{str(part.this)[:40]} is not a number that can be counted with")
        return Constant("number", value)

    def yes_no(self, part: _Part, depth: int) -> Node:
        del depth
        return Constant("truth", bool(part.this))

    def day(self, part: _Part, depth: int) -> Node:
        del depth
        written, kind = part.this, part.args.get("to")
        is_day = isinstance(kind, exp.DataType) and kind.this == exp.DType.DATE
        if not is_day or not isinstance(written, exp.Literal) or not written.is_string:
            raise self.wrong(part, "only a day is written with its type, such as date '2026-01-31'")
        try:
            return Constant("day", date.fromisoformat(str(written.this)))
        except ValueError:
            raise self.wrong(part, f"{str(written.this)[:40]!r} is not a day: write date '2026-01-31'") from None

    def negative(self, part: _Part, depth: int) -> Node:
        (on,) = self.all_of("number", part, depth, "this")
        if isinstance(on, Constant) and isinstance(on.value, float):
            return Constant("number", -on.value)
        return Applied("number", "negative", (on,))

    def opposite(self, part: _Part, depth: int) -> Node:
        return Applied("truth", "not", tuple(self.all_of("truth", part, depth, "this")))

    def joined(self, part: _Part, depth: int) -> Node:
        return Applied("truth", JOINED[type(part)], tuple(self.all_of("truth", part, depth, "this", "expression")))

    def counted(self, part: _Part, depth: int) -> Node:
        parts = self.parts(part, "this", "expression")
        on = tuple(self.node(each, depth) for each in parts)
        if isinstance(part, exp.Sub) and [each.kind for each in on] == ["day", "day"]:
            return Applied("number", "days between", on)
        self.check("number", parts, on)
        return Applied("number", COUNTED[type(part)], on)

    def function(self, part: _Part, depth: int) -> Node:
        fields = ("this", "expressions") if isinstance(part, exp.Least | exp.Greatest) else ("this",)
        return Applied("number", FUNCTIONS[type(part)], tuple(self.all_of("number", part, depth, *fields)))

    def compared(self, part: _Part, depth: int) -> Node:
        op = COMPARED[type(part)]
        left, right = self.alike(self.parts(part, "this", "expression"), depth)
        if left.kind in ("text", "truth") and op not in ("=", "<>"):
            raise self.wrong(part, f"{KIND_NAMES[left.kind]} is not more or less than another: use =, <> or in")
        return Applied("truth", op, (left, right))

    def between(self, part: _Part, depth: int) -> Node:
        parts = self.parts(part, "this", "low", "high")
        on, low, high = self.alike(parts, depth)
        if on.kind in ("text", "truth"):
            raise self.wrong(part, f"{KIND_NAMES[on.kind]} is not between two others: use in")
        return Applied("truth", "and", (Applied("truth", ">=", (on, low)), Applied("truth", "<=", (on, high))))

    def among(self, part: _Part, depth: int) -> Node:
        on = self.alike(self.parts(part, "this", "expressions"), depth)
        if len(on) < 2 or not all(isinstance(each, Constant) for each in on[1:]):
            raise self.wrong(part, "in (...) lists what is looked for as written: ('A', 'B') or (1, 2)")
        return Applied("truth", "in", tuple(on))

    def all_of(self, kind: Kind, part: _Part, depth: int, *fields: str) -> list[Node]:
        parts = self.parts(part, *fields)
        on = [self.node(each, depth) for each in parts]
        self.check(kind, parts, on)
        return on

    def check(self, kind: Kind, parts: Sequence[_Part], on: Sequence[Node]) -> None:
        for part, node in zip(parts, on, strict=True):
            if node.kind != kind:
                raise self.wrong(part, f"here must stand {KIND_NAMES[kind]}, not {KIND_NAMES[node.kind]}")

    def alike(self, parts: list[_Part], depth: int) -> list[Node]:
        """Operands of one kind; a word that a fact can never be is refused."""
        on = [self.node(each, depth) for each in parts]
        self.check(on[0].kind, parts, on)
        choices = next((self.facts[each.name].choices for each in on if isinstance(each, Named)), ())
        for part, node in zip(parts, on, strict=True):
            if choices and isinstance(node, Constant) and node.value not in choices:
                raise self.wrong(part, f"{str(node.value)[:40]!r} is none of {', '.join(choices)}")
        return on


_SIGNS: Final = "in, between, = <> < <= > >= + - * /, abs, least, greatest, floor, ceil"
_Taken = Callable[[_Reader, Any, int], Node]
_TAKEN: Final[tuple[tuple[Any, _Taken], ...]] = (
    (exp.Paren, _Reader.bracket),
    (exp.Column, _Reader.fact),
    (exp.Literal, _Reader.constant),
    (exp.Boolean, _Reader.yes_no),
    (exp.Cast, _Reader.day),
    (exp.Neg, _Reader.negative),
    (exp.Not, _Reader.opposite),
    (exp.Between, _Reader.between),
    (exp.In, _Reader.among),
    (tuple(JOINED), _Reader.joined),
    (tuple(COMPARED), _Reader.compared),
    (tuple(COUNTED), _Reader.counted),
    (tuple(FUNCTIONS), _Reader.function),
)
