"""A card as a spreadsheet: a sheet to type a shop's figures into and see its rating, and one sheet for each table."""

from collections.abc import Mapping
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import xlsxwriter
from xlsxwriter.utility import xl_range_abs, xl_rowcol_to_cell

from lendmill.rating.axes import AnyAxis, Axis, Reading
from lendmill.rating.card import Card
from lendmill.rating.crowd import UNKNOWN
from lendmill.rating.scale import LOGIT_UNITS
from lendmill.rating.tables import Table

if TYPE_CHECKING:
    from lendmill.rating.training.lessons import Report

RATE: Final = "Rate"
FIRST: Final = 4  # the first row with a figure, and with a bin on the sheets of tables
NAME_MAX: Final = 31
MOST: Final = 9.99999999999999e307  # the largest number that can be typed into a spreadsheet
LEAST: Final = -MOST
Counts = dict[str, dict[str, tuple[int, int]]]


def written(card: Card, report: "Report | Mapping[str, Any] | None") -> bytes:
    """The workbook of one card."""
    kept = BytesIO()
    book = xlsxwriter.Workbook(kept, {"in_memory": True})
    book.set_properties({"title": f"Card {card.key}", "comments": f"digest {card.digest}"})
    formats = {
        "head": book.add_format({"bold": True, "bg_color": "#e9f0ff", "bottom": 1}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "input": book.add_format({"bg_color": "#fff3dc", "border": 1}),
        "share": book.add_format({"num_format": "0.0%"}),
        "total": book.add_format({"bold": True, "top": 1}),
        "soft": book.add_format({"font_color": "#546079"}),
        "wrong": book.add_format({"font_color": "#b3261e"}),
    }
    rate = book.add_worksheet(RATE)
    counts = _counts(report)
    names = [_name(n, table) for n, table in enumerate(card.tables, start=1)]
    levels = _levels(book, card)
    for name, table in zip(names, card.tables, strict=True):
        _table(book.add_worksheet(name), formats, card, table, counts.get(table.feature, {}))
    _rate(rate, formats, card, names, levels)
    book.close()
    return kept.getvalue()


def _counts(report: "Report | Mapping[str, Any] | None") -> Counts:
    """Good and bad shops by table and bin, as training counted them."""

    def of(thing: Any, name: str) -> Any:
        return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)

    return {
        of(kept, "feature"): {of(each, "bin"): (of(each, "goods"), of(each, "bads")) for each in of(kept, "bins") or ()}
        for kept in (of(report, "kept") if report is not None else None) or ()
    }


def _name(n: int, table: Table) -> str:
    """A sheet's name: its number makes it the only one of that name, however alike the features are."""
    plain = "".join(letter for letter in table.feature if letter.isalnum() or letter in "_ .")
    return f"{n} {plain}"[:NAME_MAX].strip()


def _axes(card: Card) -> dict[str, AnyAxis]:
    return {axis.feature: axis for table in card.tables for axis in table.axes}


def _levels(book: xlsxwriter.Workbook, card: Card) -> dict[str, tuple[str, str]]:
    """A sheet with the categories of each feature that has them, and their bins; gives both ranges of each."""
    axes = {feature: axis for feature, axis in _axes(card).items() if not isinstance(axis, Axis)}
    if not axes:
        return {}
    sheet, ranges = book.add_worksheet("Categories"), {}
    for n, (feature, axis) in enumerate(axes.items()):
        sheet.write_string(0, 2 * n, feature)
        for row, (level, at) in enumerate(axis.where().items(), start=1):
            sheet.write_string(row, 2 * n, level)
            sheet.write_number(row, 2 * n + 1, at + 1)
        last = len(axis.where())
        first, second = (f"Categories!{xl_range_abs(1, 2 * n + side, last, 2 * n + side)}" for side in (0, 1))
        ranges[feature] = (first, second)
    return ranges


def _table(
    sheet: Any, formats: dict[str, Any], card: Card, table: Table, counts: Mapping[str, tuple[int, int]]
) -> None:
    """One table: bins with what they are worth and how many shops were in each; two-way ones as grids."""
    sheet.write_string(0, 0, table.feature, formats["title"])
    if len(table.axes) == 2:
        _grid(sheet, formats, card, table)
        return
    heads = ("bin", "from", "logit", "points", "good", "bad", "default rate")
    for column, head in enumerate(heads):
        sheet.write_string(FIRST - 1, column, head, formats["head"])
    axis = table.axes[0]
    for n, (name, cell) in enumerate(zip(table.names, table.cells, strict=True)):
        row = FIRST + n
        sheet.write_string(row, 0, name)
        if isinstance(axis, Axis) and n < axis.size - 1:
            sheet.write_number(row, 1, axis.edges[n - 1] if n else LEAST)
        sheet.write_number(row, 2, cell / LOGIT_UNITS)
        sheet.write_number(row, 3, card.scale.weight(cell))
        if name in counts:
            goods, bads = counts[name]
            sheet.write_number(row, 4, goods)
            sheet.write_number(row, 5, bads)
            if goods + bads:
                sheet.write_number(row, 6, bads / (goods + bads), formats["share"])
    sheet.set_column(0, 0, 24)


def _grid(sheet: Any, formats: dict[str, Any], card: Card, table: Table) -> None:
    """The logits of a two-way table, and below them the same in points; the edges stand in front and above."""
    down, across = table.axes
    sheet.write_string(1, 0, f"down: {down.feature}, across: {across.feature}; logits, then points", formats["soft"])
    below = FIRST + down.size + 3
    for top in (FIRST, below):
        for column, name in enumerate(across.names()):
            sheet.write_string(top - 1, 2 + column, name, formats["head"])
        for row, name in enumerate(down.names()):
            sheet.write_string(top + row, 0, name, formats["head"])
    for row in range(down.size):
        if isinstance(down, Axis) and row < down.size - 1:
            sheet.write_number(FIRST + row, 1, down.edges[row - 1] if row else LEAST, formats["soft"])
        for column in range(across.size):
            cell = table.cells[row * across.size + column]
            sheet.write_number(FIRST + row, 2 + column, cell / LOGIT_UNITS)
            sheet.write_number(below + row, 2 + column, card.scale.weight(cell))
    if isinstance(across, Axis):
        for column in range(across.size - 1):
            sheet.write_number(FIRST - 2, 2 + column, across.edges[column - 1] if column else LEAST, formats["soft"])
    sheet.conditional_format(below, 2, below + down.size - 1, 1 + across.size, {"type": "3_color_scale"})
    sheet.set_column(0, 0, 24)


def _rate(
    sheet: Any, formats: dict[str, Any], card: Card, names: list[str], levels: Mapping[str, tuple[str, str]]
) -> None:
    """The sheet to work with: figures in the yellow cells, what each table makes of them, and the rating."""
    axes = _axes(card)
    sheet.write_string(0, 0, f"Card {card.key} for {card.target}", formats["title"])
    sheet.write_string(1, 0, "Type a shop's figures into the yellow cells; an empty cell is unknown.", formats["soft"])
    for column, head in enumerate(("feature", "value", "read as", "may be")):
        sheet.write_string(FIRST - 1, column, head, formats["head"])
    values = {}
    for row, (feature, axis) in enumerate(axes.items(), start=FIRST):
        values[feature] = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
        sheet.write_string(row, 0, feature)
        sheet.write_blank(row, 1, None, formats["input"])
        sheet.write_formula(row, 2, _check(axis, values[feature], levels), formats["wrong"], "")
        sheet.write_string(row, 3, _may_be(axis), formats["soft"])
    checks = xl_range_abs(FIRST, 2, FIRST + len(axes) - 1, 2)
    top = FIRST + len(axes) + 2
    for column, head in enumerate(("table", "logit", "points", "bin", "bin of the second")):
        sheet.write_string(top - 1, column, head, formats["head"])
    for row, (name, table) in enumerate(zip(names, card.tables, strict=True), start=top):
        _line(sheet, row, name, table, values, levels, card)
    _total(sheet, formats, card, top + len(names), (top, top + len(names) - 1), checks)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, 4, 18)
    sheet.freeze_panes(FIRST, 0)


def _check(axis: AnyAxis, value: str, levels: Mapping[str, tuple[str, str]]) -> str:
    """What is wrong with a typed value, or nothing: as the card would name it."""
    missing = "" if axis.missing_seen else Reading.NEVER_MISSING.value
    if isinstance(axis, Axis):
        least, most = _reach(axis)
        far = f'IF(OR({value}<{least!r},{value}>{most!r}),"{Reading.FAR_OUT.value}","")'
        known = f'IF(ISNUMBER({value}),{far},"{Reading.NOT_A_NUMBER.value}")'
    else:
        among = f'SUMPRODUCT(--EXACT({levels[axis.feature][0]},{value}&""))'
        known = f'IF({among}=0,"{Reading.NEW_CATEGORY.value}","")'
    return f'=IF(ISBLANK({value}),"{missing}",{known})'


def _reach(axis: Axis) -> tuple[float, float]:
    """What the card reads of a number, as far as a spreadsheet has such numbers."""
    least, most = axis.reach
    return max(least, LEAST), min(most, MOST)


def _may_be(axis: AnyAxis) -> str:
    if isinstance(axis, Axis):
        least, most = _reach(axis)
        told = f"{least:.6g} to {most:.6g}"
    else:
        told = ", ".join(list(axis.where())[:12])
    return told if axis.missing_seen else f"{told}; not empty"


def _line(
    sheet: Any,
    row: int,
    name: str,
    table: Table,
    values: Mapping[str, str],
    levels: Mapping[str, tuple[str, str]],
    card: Card,
) -> None:
    """One table's part: the bins its figures fall into, and what the cell gives."""
    sheet.write_url(row, 0, f"internal:'{name}'!A1", string=table.feature)
    bins = []
    for side, axis in enumerate(table.axes):
        bins.append(xl_rowcol_to_cell(row, 3 + side))
        sheet.write_formula(row, 3 + side, _bin(name, table, side, values[axis.feature], levels))
    if len(table.axes) == 1:
        cells = xl_range_abs(FIRST, 2, FIRST + table.axes[0].size - 1, 2)
        formula = f"=INDEX('{name}'!{cells},{bins[0]})"
    else:
        cells = xl_range_abs(FIRST, 2, FIRST + table.axes[0].size - 1, 1 + table.axes[1].size)
        formula = f"=INDEX('{name}'!{cells},{bins[0]},{bins[1]})"
    sheet.write_formula(row, 1, formula)
    per_point = card.scale.per_point / LOGIT_UNITS
    sheet.write_formula(row, 2, f"=INT({xl_rowcol_to_cell(row, 1)}/{per_point!r}+0.5)")


def _bin(name: str, table: Table, side: int, value: str, levels: Mapping[str, tuple[str, str]]) -> str:
    """Which bin a figure falls into, the first being 1: the last lower edge it reaches, or the one for the unknown."""
    axis = table.axes[side]
    if not isinstance(axis, Axis):
        named, bins = levels[axis.feature]
        return f'=IF(ISBLANK({value}),{axis.size},MAX(1,SUMPRODUCT(EXACT({named},{value}&"")*{bins})))'
    if side == 0:
        edges = xl_range_abs(FIRST, 1, FIRST + axis.size - 2, 1)
    else:
        edges = xl_range_abs(FIRST - 2, 2, FIRST - 2, axis.size)
    return f"=IF(ISBLANK({value}),{axis.size},IF(ISNUMBER({value}),MATCH({value},'{name}'!{edges},1),1))"


def _total(sheet: Any, formats: dict[str, Any], card: Card, row: int, tables: tuple[int, int], checks: str) -> None:
    """The sum and what the scale makes of it; UNKNOWN as soon as one figure is not read."""
    scale, bold = card.scale, formats["total"]
    unknown = f'SUMPRODUCT(--({checks}<>""))>0'
    logit = xl_rowcol_to_cell(row, 1, row_abs=True, col_abs=True)
    points = xl_rowcol_to_cell(row + 1, 1, row_abs=True, col_abs=True)
    parts = xl_range_abs(tables[0], 1, tables[1], 1)
    base, per_point = scale.base_logit / LOGIT_UNITS, scale.per_point / LOGIT_UNITS
    grade = '"?"'
    for each in reversed(scale.grades):
        grade = (
            _quoted(each.name)
            if each.points_min is None
            else f"IF({points}>={each.points_min},{_quoted(each.name)},{grade})"
        )
    for n, (name, formula) in enumerate(
        (
            ("logit", f'=IF({unknown},"",{card.start / LOGIT_UNITS!r}+SUM({parts}))'),
            ("points", f'=IF({unknown},"",{scale.base_points}+INT(({logit}-{base!r})/{per_point!r}+0.5))'),
            ("PD", f'=IF({unknown},"",ROUND(1/(1+EXP({logit})),6))'),
            ("grade", f'=IF({unknown},"{UNKNOWN}",{grade})'),
        )
    ):
        sheet.write_string(row + n, 0, name, bold)
        sheet.write_formula(row + n, 1, formula, bold)


def _quoted(text: str) -> str:
    """A text inside a formula: its own quotation marks are doubled, so that it stays a text."""
    return '"' + text.replace('"', '""') + '"'
