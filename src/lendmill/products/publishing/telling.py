"""A document in words, and what differs between two versions of it: each figure with its name and its unit."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from lendmill.money import yuan
from lendmill.products.publishing.differing import Difference, Path, RowName
from lendmill.terms.rates import BASIS_POINTS

Said = tuple[str, str]
"""English and Chinese."""
Unit = str

YES_NO: Final = (("no", "yes"), ("否", "是"))
NOTHING: Final = ("nothing", "无")
BY_ENDING: Final = (
    ("_bp", "bp"), ("_cents", "cents"), ("_days", "days"), ("_months", "months"), ("_years", "years"),
    ("_days_max", "days"), ("_months_min", "months"), ("_years_min", "years"), ("_years_max", "years"),
    ("months_max", "months"), ("_max_cents", "cents"),
)  # fmt: skip
COUNTED: Final[dict[Unit, Said]] = {
    "minutes": ("minutes", "分钟"),
    "days": ("days", "天"), "months": ("months", "个月"), "years": ("years", "岁"), "cents": ("yuan", "元"),
    "points": ("points", "分"), "yuan": ("yuan", "元"), "count": ("", ""),
}  # fmt: skip


@dataclass(frozen=True)
class Labels:
    """How the fields of one kind of document are called, and in which unit their figures are told.

    `fields` goes by the way to a field, `*` for any item, row or grade; `parts` by a field's last name alone. A label
    with `{after}` in it is a whole sentence. `{0}` is the item's name, `{label}` its label, `{row}` what a row is
    looked up by.
    """

    fields: Mapping[str, Said]
    parts: Mapping[str, Said]
    units: Mapping[str, Unit]
    unit_within: Callable[[Path, Mapping[str, Any]], Unit | None]
    words: Callable[[Path, Any, bool], str | None]

    def label(self, field: Path, names: Sequence[str], chinese: bool, within: Mapping[str, Any]) -> str:
        """What a field is called, with the names of what it stands in."""
        for way in ways_of(field):
            if (said := self.fields.get(way)) is not None:
                return _filled(said[chinese], self._blanks(field, way, names, chinese, within))
        if len(field) > 1 and names and field[-2] == "*":
            item = self.label(field[:-1], names, chinese, within)
            return f"{item}{'：' if chinese else ': '}{self.part(field, chinese)}"
        plainly = iter(names)
        return ".".join(next(plainly, "*") if part == "*" else part for part in field)

    def _blanks(
        self, field: Path, way: str, names: Sequence[str], chinese: bool, within: Mapping[str, Any]
    ) -> dict[str, str]:
        stars = [
            self.words((*field[:n], "*"), part, chinese) or part
            for n, (part, star) in enumerate(zip(field, way.split("."), strict=True))
            if star == "*" and part != "*"
        ]
        called = [name for name in (*names, *stars) if not isinstance(name, RowName)]
        rows = [self.row(name, within, chinese) for name in names if isinstance(name, RowName)]
        label = str(within.get("label_zh" if chinese else "label_en") or (called[-1] if called else ""))
        return {"0": called[0] if called else "", "label": label, "row": rows[-1] if rows else ""}

    def row(self, name: str, within: Mapping[str, Any], chinese: bool) -> str:
        """What a row of a table is looked up by, in words."""
        cells, axes = json.loads(name), within.get("axes", ())
        told = [self.cell(str(axis), cell, chinese) for axis, cell in zip(axes, cells, strict=False)]
        return ("，" if chinese else ", ").join(told or [str(cell) for cell in cells])

    def cell(self, axis: str, cell: Any, chinese: bool) -> str:
        """One cell a row is looked up by: a word, or a number from where on it counts."""
        name = self.words(("axes",), axis, chinese) or axis
        if cell == "":
            return f"{name}：其他" if chinese else f"any other {name}"
        if isinstance(cell, str):
            return f"{name} {cell}"
        return f"{name} {plain(cell)} 起" if chinese else f"{name} from {plain(cell)}"

    def value(self, field: Path, value: Any, chinese: bool, within: Mapping[str, Any]) -> str:
        """A value as a reader writes it, exactly, in the field's unit."""
        if value is None or value in ("", [], {}):
            return NOTHING[chinese]
        if isinstance(value, bool):
            return YES_NO[chinese][value]
        if isinstance(value, list):
            return ("、" if chinese else ", ").join(self.value((*field, "*"), each, chinese, within) for each in value)
        if isinstance(value, dict):
            return ("；" if chinese else "; ").join(
                f"{self.part((*field, key), chinese)} {self.value((*field, key), each, chinese, value)}"
                for key, each in value.items()
                if each not in (None, "", [])
            )
        if isinstance(value, str):
            return self.words(field, value, chinese) or value
        return figure(value, self.unit(field, within), chinese)

    def part(self, field: Path, chinese: bool) -> str:
        """What a field is called inside its item."""
        said = self.parts.get(field[-1])
        return said[chinese] if said else field[-1]

    def unit(self, field: Path, within: Mapping[str, Any]) -> Unit:
        """The unit a figure of this field is told in."""
        if (own := self.unit_within(field, within)) is not None:
            return own
        given = [self.units[way] for way in ways_of(field) if way in self.units]
        ended = [unit for part in reversed(field) for ending, unit in BY_ENDING if part.endswith(ending)]
        return (given or ended or [""])[0]


def ways_of(field: Path) -> Iterator[str]:
    """The way to a field, and the ways that lead to the same of any grade, any name.

    >>> list(ways_of(("limit", "share_bp", "B")))
    ['limit.share_bp.B', 'limit.share_bp.*', 'limit.*.B']
    """
    yield ".".join(field)
    for n in range(len(field) - 1, 0, -1):
        yield ".".join((*field[:n], "*", *field[n + 1 :]))


def _filled(text: str, blanks: Mapping[str, str]) -> str:
    for name, filled in blanks.items():
        text = text.replace(f"{{{name}}}", filled)
    return text


def figure(value: int | float, unit: Unit, chinese: bool) -> str:
    """A figure in its unit, to the last digit.

    >>> figure(3500, "bp", False), figure(100_000_000, "cents", False), figure(0.07, "share", True)
    ('35 %', '1,000,000.00 yuan', '7 %')
    >>> figure(600, "millionths a day", False), figure(1835, "bp a year", True)
    ('0.06 % a day', '年 18.35 %')
    """
    exact = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
    if unit == "bp":
        return f"{plain(exact * 100 / BASIS_POINTS)} %"
    if unit in ("share", "pd"):
        return f"{plain(exact * 100)} %"
    if unit == "millionths a day":
        return f"{'日 ' if chinese else ''}{plain(exact / BASIS_POINTS)} %{'' if chinese else ' a day'}"
    if unit == "bp a year":
        return f"{'年 ' if chinese else ''}{plain(exact * 100 / BASIS_POINTS)} %{'' if chinese else ' a year'}"
    if unit == "cents" and isinstance(value, int):
        return f"{yuan(value)} {COUNTED['cents'][chinese]}"
    return f"{plain(exact)} {COUNTED.get(unit, ('', ''))[chinese]}".rstrip()


def plain(value: int | float | Decimal) -> str:
    """A number without an exponent and without idle noughts.

    >>> plain(Decimal("35.00")), plain(0.1), plain(-0.7), plain(1e-07), plain(2.0)
    ('35', '0.1', '-0.7', '0.0000001', '2.0')
    """
    if isinstance(value, float):
        return f"{Decimal(repr(value)):f}"
    text = f"{Decimal(value):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def told(found: Sequence[Difference], labels: Labels, chinese: bool) -> list[str]:
    """Each difference as a sentence."""
    return [_sentence(each, labels, chinese) for each in found]


def _sentence(each: Difference, labels: Labels, chinese: bool) -> str:
    label = labels.label(each.field, each.names, chinese, _labelled(each))
    before = labels.value(each.field, each.before, chinese, each.within)
    after = labels.value(each.field, each.after, chinese, each.within)
    if each.how != "order" and "{after}" in label:
        return _begun(label.replace("{before}", before).replace("{after}", after))
    noun = label.split("{before}")[0]
    if each.how == "order":
        names = ("、" if chinese else ", ").join(map(str, each.after))
        return f"{noun}的顺序变为：{names}" if chinese else _begun(f"{noun}: now in the order {names}")
    if each.how == "added":
        return f"新增{noun}：{after}" if chinese else f"New: {noun}: {after}"
    if each.how == "gone":
        return f"取消{noun}（原为 {before}）" if chinese else _begun(f"{noun} is gone (was {before})")
    if _counts(each.before) and _counts(each.after):
        rises = each.after > each.before
        if chinese:
            return f"{noun}由 {before} {'升' if rises else '降'}至 {after}"
        return _begun(f"{noun} {'rises' if rises else 'falls'} from {before} to {after}")
    if chinese:
        return f"{noun}由 {before} 改为 {after}"
    return _begun(f"{noun} changes from {before} to {after}")


def _labelled(each: Difference) -> Mapping[str, Any]:
    """What a difference is named by: the item itself where that is new or gone, else what it stands in."""
    item = each.after if each.how == "added" else each.before if each.how == "gone" else None
    return item if isinstance(item, Mapping) and "label_en" in item else each.within


def _counts(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _begun(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]
