"""Small readers of what a card is written as, made from the formats' own rules and not from our writers."""

import math
import re
import zipfile
from io import BytesIO
from typing import Any
from xml.etree import ElementTree

PMML = "{http://www.dmg.org/PMML-4_4}"
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


class Pmml:
    """Evaluates a PMML scorecard: invalid values give None, as `returnInvalid` says."""

    def __init__(self, body: bytes) -> None:
        self.root = ElementTree.fromstring(body)
        self.card = self._all("Scorecard")[0]

    def _all(self, name: str, under: Any = None) -> list[Any]:
        return list((self.root if under is None else under).iter(PMML + name))

    def score(self, facts: dict[str, Any]) -> dict[str, Any] | None:
        """The outputs for one row, or None where it is invalid."""
        if not self._valid(facts):
            return None
        known = dict(facts)
        for field in self._all("DerivedField"):
            known[field.get("name")] = self._value(field[0], known)
        total = float(self.card.get("initialScore"))
        for characteristic in self._all("Characteristic", self.card):
            total += self._partial(characteristic, known)
        outputs: dict[str, Any] = {}
        for field in self._all("OutputField", self.card):
            outputs[field.get("name")] = (
                total if field.get("feature") == "predictedValue" else self._value(field[0], outputs)
            )
        return outputs

    def _valid(self, facts: dict[str, Any]) -> bool:
        fields = {field.get("name"): field for field in self._all("DataField")}
        for mining in self._all("MiningField", self.card):
            value, field = facts[mining.get("name")], fields[mining.get("name")]
            if value is None:
                if mining.get("missingValueTreatment") == "returnInvalid":
                    return False
                continue
            assert mining.get("invalidValueTreatment") == "returnInvalid"
            if field.get("optype") == "continuous":
                if not any(self._in(each, value) for each in field.iter(PMML + "Interval")):
                    return False
            elif value not in {each.get("value") for each in field.iter(PMML + "Value")}:
                return False
        return True

    @staticmethod
    def _in(interval: Any, value: float) -> bool:
        left, right = interval.get("leftMargin"), interval.get("rightMargin")
        closure = interval.get("closure")
        above = left is None or (value >= float(left) if closure.startswith("closed") else value > float(left))
        return above and (
            right is None or (value <= float(right) if closure.endswith("Closed") else value < float(right))
        )

    def _partial(self, characteristic: Any, known: dict[str, Any]) -> float:
        for attribute in self._all("Attribute", characteristic):
            if self._holds(attribute[0], known):
                complex_score = attribute.find(PMML + "ComplexPartialScore")
                if complex_score is not None:
                    return float(self._value(complex_score[0], known))
                return float(attribute.get("partialScore"))
        raise AssertionError("no attribute holds")

    def _holds(self, predicate: Any, known: dict[str, Any]) -> bool:
        kind = predicate.tag.removeprefix(PMML)
        if kind == "True":
            return True
        if kind == "CompoundPredicate":
            assert predicate.get("booleanOperator") == "and"
            return all(self._holds(each, known) for each in predicate)
        value = known[predicate.get("field")]
        if kind == "SimpleSetPredicate":
            words = re.findall(r'"((?:[^"\\]|\\.)*)"', predicate.find(PMML + "Array").text)
            return value in {re.sub(r"\\(.)", r"\1", word) for word in words}
        operator = predicate.get("operator")
        if operator in ("isMissing", "isNotMissing"):
            return (value is None) == (operator == "isMissing")
        if value is None:
            return False
        edge = float(predicate.get("value"))
        return {"lessThan": value < edge, "greaterOrEqual": value >= edge}[operator]

    def _value(self, element: Any, known: dict[str, Any]) -> Any:
        kind = element.tag.removeprefix(PMML)
        if kind == "FieldRef":
            return known[element.get("field")]
        if kind == "Constant":
            return float(element.text)
        if kind == "Apply":
            given = [self._value(each, known) for each in element]
            made = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "/": lambda a, b: a / b,
                    "floor": math.floor, "exp": math.exp}  # fmt: skip
            return made[element.get("function")](*given)
        if kind == "Discretize":
            value = known[element.get("field")]
            if value is None:
                return element.get("mapMissingTo")
            return next(each.get("binValue") for each in element if self._in(each[0], value))
        assert kind == "MapValues", kind
        pairs = {each.get("column"): known[each.get("field")] for each in element.iter(PMML + "FieldColumnPair")}
        if None in pairs.values():
            return element.get("mapMissingTo")
        out = PMML + element.get("outputColumn")
        return next(
            row.find(out).text
            for row in element.iter(PMML + "row")
            if all(row.find(PMML + column).text == str(value) for column, value in pairs.items())
        )


class Workbook:
    """Reads a workbook and works out its formulas, of the few functions a spreadsheet card uses."""

    TOKEN = re.compile(
        r"""\s*(?:(?P<number>\d+\.?\d*(?:[eE][+-]?\d+)?)|(?P<text>"(?:[^"]|"")*")|(?P<sheet>'(?:[^']|'')+'!|[A-Za-z]+!)
        |(?P<cell>\$?[A-Z]{1,3}\$?\d+(?::\$?[A-Z]{1,3}\$?\d+)?)|(?P<name>[A-Z]+)|(?P<sign><>|<=|>=|[-+*/&=<>(),]))""",
        re.X,
    )

    def __init__(self, body: bytes) -> None:
        with zipfile.ZipFile(BytesIO(body)) as book:
            strings = ElementTree.fromstring(book.read("xl/sharedStrings.xml"))
            self.strings = ["".join(t.text or "" for t in each.iter(SHEET + "t")) for each in strings]
            named = ElementTree.fromstring(book.read("xl/workbook.xml")).iter(SHEET + "sheet")
            self.names = [each.get("name") for each in named]
            self.cells: dict[tuple[str, int, int], Any] = {}
            for n, name in enumerate(self.names, start=1):
                self._read(name, ElementTree.fromstring(book.read(f"xl/worksheets/sheet{n}.xml")))

    def _read(self, name: str, root: Any) -> None:
        for cell in root.iter(SHEET + "c"):
            formula, value = cell.find(SHEET + "f"), cell.find(SHEET + "v")
            if formula is not None:
                self.cells[(name, *_at(cell.get("r")))] = ("=", formula.text)
            elif value is not None:
                told = self.strings[int(value.text)] if cell.get("t") == "s" else float(value.text)
                self.cells[(name, *_at(cell.get("r")))] = told

    def rows(self, name: str) -> dict[str, int]:
        """The first row in which each text stands in the first column."""
        found = sorted(
            (row, v) for (s, row, column), v in self.cells.items() if (s, column) == (name, 1) and isinstance(v, str)
        )
        return {text: row for row, text in reversed(found)}

    def at(self, name: str, row: int, column: int) -> Any:
        """What a cell shows; None where it is empty."""
        held = self.cells.get((name, row, column))
        return Formula(self, name, held[1]).result() if isinstance(held, tuple) else held


def _at(reference: str) -> tuple[int, int]:
    letters, row = re.fullmatch(r"\$?([A-Z]+)\$?(\d+)", reference).groups()  # type: ignore[union-attr]
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - 64
    return int(row), column


class Formula:
    """One formula, read from left to right."""

    def __init__(self, book: Workbook, sheet: str, text: str) -> None:
        self.book, self.sheet = book, sheet
        self.tokens = [(m.lastgroup, m[m.lastgroup]) for m in Workbook.TOKEN.finditer(text)]  # type: ignore[index]
        assert "".join(text.split()) == "".join("".join(t.split()) for _, t in self.tokens), text
        self.n = 0

    def result(self) -> Any:
        """Its value."""
        found = self._compared()
        assert self.n == len(self.tokens)
        return found

    def _next(self, *signs: str) -> str | None:
        if self.n < len(self.tokens) and self.tokens[self.n][1] in signs and self.tokens[self.n][0] == "sign":
            self.n += 1
            return self.tokens[self.n - 1][1]
        return None

    def _compared(self) -> Any:
        left = self._joined()
        while sign := self._next("<>", "<=", ">=", "=", "<", ">"):
            left = _each(COMPARED[sign], left, self._joined())
        return left

    def _joined(self) -> Any:
        left = self._summed()
        while self._next("&"):
            right = self._summed()
            left = f"{'' if left is None else left}{'' if right is None else right}"
        return left

    def _summed(self) -> Any:
        left = self._multiplied()
        while sign := self._next("+", "-"):
            right = self._multiplied()
            left = left + right if sign == "+" else left - right
        return left

    def _multiplied(self) -> Any:
        left = self._one()
        while sign := self._next("*", "/"):
            left = _each((lambda a, b: a * b) if sign == "*" else (lambda a, b: a / b), left, self._one())
        return left

    def _one(self) -> Any:
        if self._next("-"):
            return _each(lambda a, b: b * -a, self._one(), 1)
        if self._next("("):
            inner = self._compared()
            assert self._next(")")
            return inner
        kind, text = self.tokens[self.n]
        self.n += 1
        if kind == "number":
            return float(text)
        if kind == "text":
            return text[1:-1].replace('""', '"')
        if kind == "sheet":
            where, cells = text[:-1].strip("'"), self.tokens[self.n][1]
            self.n += 1
            return self._cells(where, cells)
        if kind == "cell":
            return self._cells(self.sheet, text)
        return self._function(text)

    def _cells(self, sheet: str, text: str) -> Any:
        if ":" not in text:
            return self.book.at(sheet, *_at(text))
        (top, left), (bottom, right) = (_at(each) for each in text.split(":"))
        return [[self.book.at(sheet, r, c) for c in range(left, right + 1)] for r in range(top, bottom + 1)]

    def _function(self, name: str) -> Any:
        assert self._next("("), name
        given = []
        while True:
            skipped = name == "IF" and given and bool(given[0]) == (len(given) == 2)
            given.append(self._skipped() if skipped else self._compared())
            if self._next(")"):
                break
            assert self._next(",")
        return FUNCTIONS[name](*given)

    def _skipped(self) -> None:
        """Pass over the branch that is not taken."""
        depth = 0
        while depth or self.tokens[self.n] not in (("sign", ","), ("sign", ")")):
            depth += {"(": 1, ")": -1}.get(self.tokens[self.n][1], 0) if self.tokens[self.n][0] == "sign" else 0
            self.n += 1


def _each(made: Any, left: Any, right: Any) -> Any:
    """A sign applied cell by cell where one side is a range."""
    if isinstance(left, list):
        rights = right if isinstance(right, list) else [[right] * len(row) for row in left]
        return [[made(a, b) for a, b in zip(*rows, strict=True)] for rows in zip(left, rights, strict=True)]
    return made(left, right)


def _ordered(value: Any) -> tuple[bool, Any]:
    """As a spreadsheet orders: an empty cell is nought, and text comes after all numbers."""
    return isinstance(value, str), 0.0 if value is None else value


def _flat(cells: Any) -> list[Any]:
    return [value for row in cells for value in row]


def _match(value: float, edges: Any, _: float) -> int:
    found = [n for n, edge in enumerate(_flat(edges), start=1) if edge <= value]
    assert found, "MATCH finds nothing"
    return found[-1]


COMPARED: dict[str, Any] = {
    "<>": lambda a, b: a != b,
    "<=": lambda a, b: _ordered(a) <= _ordered(b),
    ">=": lambda a, b: _ordered(a) >= _ordered(b),
    "=": lambda a, b: a == b,
    "<": lambda a, b: _ordered(a) < _ordered(b),
    ">": lambda a, b: _ordered(a) > _ordered(b),
}
FUNCTIONS: dict[str, Any] = {
    "IF": lambda test, yes, no: yes if test else no,
    "ISBLANK": lambda value: value is None,
    "ISNUMBER": lambda value: isinstance(value, float | int) and not isinstance(value, bool),
    "OR": lambda *tests: any(tests),
    "MATCH": _match,
    "INDEX": lambda cells, row, column=1: cells[int(row) - 1][int(column) - 1],
    "SUM": lambda cells: sum(_flat(cells)),
    "INT": math.floor,
    "ROUND": round,
    "EXP": math.exp,
    "MAX": max,
    "EXACT": lambda cells, text: [[value == text for value in row] for row in cells],
    "SUMPRODUCT": lambda cells: sum(_flat(cells)),
}
