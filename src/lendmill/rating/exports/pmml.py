"""A card as PMML 4.4, the format other scoring engines read: a scorecard whose attributes are the card's bins.

Two-way tables are mapped from the two features' bins. Values the card never learned to read are invalid there and give
no result, which is this format's way to say UNKNOWN. PMML counts in floating point: its logit is the card's to about 15
digits.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Final
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from lendmill.rating.axes import AnyAxis, Axis
from lendmill.rating.card import Card
from lendmill.rating.tables import Table

NAMESPACE: Final = "http://www.dmg.org/PMML-4_4"
VERSION: Final = "4.4"
PAIR: Final = "lendmill_pair_"
OUTPUTS: Final = ("logit", "points", "pd", "grade")


def written(card: Card) -> bytes:
    """The document of one card, always with the same bytes."""
    root = Element("PMML", version=VERSION, xmlns=NAMESPACE)
    header = SubElement(root, "Header", description=f"Card {card.key} for {card.target}, digest {card.digest}")
    SubElement(header, "Application", name="lendmill")
    axes = {axis.feature: axis for table in card.tables for axis in table.axes}
    dictionary = SubElement(root, "DataDictionary", numberOfFields=str(len(axes)))
    for axis in axes.values():
        _field(dictionary, axis)
    pairs = [(n, table) for n, table in enumerate(card.tables) if len(table.axes) == 2]
    names = _names(axes)
    if pairs:
        derived = SubElement(root, "TransformationDictionary")
        for n, table in pairs:
            _pair(derived, names[PAIR] + str(n), table)
    _scorecard(root, card, list(axes.values()), names)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document


def _field(dictionary: Element, axis: AnyAxis) -> None:
    """What a feature may be: a number within the card's reach, or one of the categories it learned."""
    if isinstance(axis, Axis):
        field = SubElement(dictionary, "DataField", name=axis.feature, optype="continuous", dataType="double")
        least, most = axis.reach
        SubElement(field, "Interval", closure="closedClosed", leftMargin=repr(least), rightMargin=repr(most))
        return
    field = SubElement(dictionary, "DataField", name=axis.feature, optype="categorical", dataType="string")
    for level in axis.where():
        SubElement(field, "Value", value=level)


def _names(features: Collection[str]) -> dict[str, str]:
    """What is worked out, and its name in the document: its own, with underlines before it while a feature has that."""
    names = {name: name for name in (PAIR, *OUTPUTS)}
    for name in names:
        while any(each == names[name] or (name == PAIR and each.startswith(names[name])) for each in features):
            names[name] = f"_{names[name]}"
    return names


def _scorecard(root: Element, card: Card, axes: list[AnyAxis], names: Mapping[str, str]) -> None:
    made = SubElement(
        root, "Scorecard", modelName=card.key, functionName="regression", initialScore=_logit(card.start),
        useReasonCodes="false",
    )  # fmt: skip
    schema = SubElement(made, "MiningSchema")
    for axis in axes:
        missing = "asIs" if axis.missing_seen else "returnInvalid"
        SubElement(
            schema, "MiningField", name=axis.feature, usageType="active", missingValueTreatment=missing,
            invalidValueTreatment="returnInvalid",
        )  # fmt: skip
    _output(made, card, names)
    characteristics = SubElement(made, "Characteristics")
    for n, table in enumerate(card.tables):
        characteristic = SubElement(characteristics, "Characteristic", name=table.feature)
        if len(table.axes) == 2:
            attribute = SubElement(characteristic, "Attribute")
            SubElement(attribute, "True")
            SubElement(SubElement(attribute, "ComplexPartialScore"), "FieldRef", field=names[PAIR] + str(n))
        else:
            _attributes(characteristic, table)


def _attributes(characteristic: Element, table: Table) -> None:
    """One attribute for each bin of one feature, the missing one first, for only one may hold."""
    axis = table.axes[0]
    attribute = SubElement(characteristic, "Attribute", partialScore=_logit(table.cells[-1]))
    SubElement(attribute, "SimplePredicate", field=axis.feature, operator="isMissing")
    for n, cell in enumerate(table.cells[:-1]):
        attribute = SubElement(characteristic, "Attribute", partialScore=_logit(cell))
        if isinstance(axis, Axis):
            _within(attribute, axis, n)
        else:
            levels = [level for level, at in axis.where().items() if at == n]
            among = SubElement(attribute, "SimpleSetPredicate", field=axis.feature, booleanOperator="isIn")
            array = SubElement(among, "Array", type="string", n=str(len(levels)))
            array.text = " ".join('"' + level.replace("\\", "\\\\").replace('"', '\\"') + '"' for level in levels)


def _within(attribute: Element, axis: Axis, n: int) -> None:
    """A number's bin: from its lower edge on, the edge included, up to the next."""
    ends = [("greaterOrEqual", axis.edges[n - 1])] if n > 0 else []
    ends += [("lessThan", axis.edges[n])] if n < len(axis.edges) else []
    if not ends:
        SubElement(attribute, "SimplePredicate", field=axis.feature, operator="isNotMissing")
        return
    within = SubElement(attribute, "CompoundPredicate", booleanOperator="and") if len(ends) == 2 else attribute
    for operator, edge in ends:
        SubElement(within, "SimplePredicate", field=axis.feature, operator=operator, value=repr(edge))


def _pair(derived: Element, name: str, table: Table) -> None:
    """A two-way table: each feature's bin as a whole number, and the cell by both."""
    sides = ("first", "second")
    for side, axis in zip(sides, table.axes, strict=True):
        _bins(derived, f"{name}_{side}", axis)
    field = SubElement(derived, "DerivedField", name=name, optype="continuous", dataType="double")
    values = SubElement(field, "MapValues", outputColumn="cell", dataType="double")
    for side in sides:
        SubElement(values, "FieldColumnPair", field=f"{name}_{side}", column=side)
    rows = SubElement(values, "InlineTable")
    width = table.axes[1].size
    for at, cell in enumerate(table.cells):
        row = SubElement(rows, "row")
        for column, text in (("first", str(at // width)), ("second", str(at % width)), ("cell", _logit(cell))):
            SubElement(row, column).text = text


def _bins(derived: Element, name: str, axis: AnyAxis) -> None:
    """The bin of one feature; the missing one is the last."""
    field = SubElement(derived, "DerivedField", name=name, optype="categorical", dataType="integer")
    missing = str(axis.size - 1)
    if not isinstance(axis, Axis):
        mapped = SubElement(field, "MapValues", outputColumn="bin", dataType="integer", mapMissingTo=missing)
        SubElement(mapped, "FieldColumnPair", field=axis.feature, column="level")
        rows = SubElement(mapped, "InlineTable")
        for level, at in axis.where().items():
            row = SubElement(rows, "row")
            SubElement(row, "level").text = level
            SubElement(row, "bin").text = str(at)
        return
    cut = SubElement(field, "Discretize", field=axis.feature, dataType="integer", mapMissingTo=missing)
    for n in range(len(axis.edges) + 1):
        ends = {"leftMargin": repr(axis.edges[n - 1])} if n > 0 else {}
        ends |= {"rightMargin": repr(axis.edges[n])} if n < len(axis.edges) else {}
        closure = "closedOpen" if n > 0 else "openOpen"
        SubElement(SubElement(cut, "DiscretizeBin", binValue=str(n)), "Interval", {"closure": closure, **ends})


def _output(made: Element, card: Card, names: Mapping[str, str]) -> None:
    """The logit, and by the card's scale points, PD and grade."""
    output = SubElement(made, "Output")
    SubElement(
        output, "OutputField", name=names["logit"], optype="continuous", dataType="double", feature="predictedValue"
    )
    scale = card.scale
    points = _transformed(output, names["points"], "continuous", "integer")
    added = _apply(points, "+")
    _constant(added, str(scale.base_points), "integer")
    rounded = _apply(_apply(added, "floor"), "+")
    divided = _apply(rounded, "/")
    above = _apply(divided, "-")
    SubElement(above, "FieldRef", field=names["logit"])
    _constant(above, _logit(scale.base_logit))
    _constant(divided, _logit(scale.per_point))
    _constant(rounded, "0.5")
    pd = _apply(_transformed(output, names["pd"], "continuous", "double"), "/")
    _constant(pd, "1")
    odds = _apply(pd, "+")
    _constant(odds, "1")
    SubElement(_apply(odds, "exp"), "FieldRef", field=names["logit"])
    grade = SubElement(
        _transformed(output, names["grade"], "categorical", "string"), "Discretize", field=names["points"]
    )
    above_min: int | None = None
    for each in scale.grades:
        ends = {} if each.points_min is None else {"leftMargin": str(each.points_min)}
        ends |= {} if above_min is None else {"rightMargin": str(above_min)}
        closure = "openOpen" if each.points_min is None else "closedOpen"
        SubElement(SubElement(grade, "DiscretizeBin", binValue=each.name), "Interval", {"closure": closure, **ends})
        above_min = each.points_min


def _transformed(output: Element, name: str, optype: str, kind: str) -> Element:
    return SubElement(output, "OutputField", name=name, optype=optype, dataType=kind, feature="transformedValue")


def _apply(parent: Element, function: str) -> Element:
    return SubElement(parent, "Apply", function=function)


def _constant(parent: Element, text: str, kind: str = "double") -> None:
    SubElement(parent, "Constant", dataType=kind).text = text


def _logit(cell: int) -> str:
    """A whole number of 10^-15 as a decimal, digit for digit."""
    return f"{Decimal(cell).scaleb(-15):f}"
