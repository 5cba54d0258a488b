"""A card as one statement for PostgreSQL: the same logit, points and grade, and UNKNOWN where the card says so."""

from collections.abc import Iterable
from typing import Final

from lendmill.rating.axes import WHOLE_MAX, AnyAxis, Axis, Reading
from lendmill.rating.card import Card
from lendmill.rating.crowd import UNKNOWN
from lendmill.rating.tables import Table

HEAD: Final = """\
-- Card {key} for {target}, digest {digest}.
-- Reads the table or view `features`: one row per shop, `shop_key` and one column per feature; null is unknown.
-- A column that is missing, or text where a number was learned, is an error. A category is read from a column of text,
-- of whole numbers, or of yes and no; a column of another kind (char(n), numeric, a day) names none: cast it to text if
-- that is what was learned. What the card never learned to read makes a shop UNKNOWN, and `unknown` says why. The logit
-- is in units of 10^-15; PostgreSQL 15 or newer.
"""

# How a column's value names a category, as `level_of` reads it. What names none becomes a sign no name may hold.
NAMELESS: Final = r"e'\x01'"
NAMED: Final = """\
case when {column} is null then null
            when pg_typeof({column}) in ('text', 'varchar', 'name', 'boolean', 'smallint', 'integer', 'bigint')
            then {column}::text
            when pg_typeof({column}) not in ('real', 'double precision') then {nameless}
            when {column}::text in ('NaN', 'Infinity', '-Infinity') then {nameless}
            when {column}::text::numeric % 1 <> 0 or abs({column}::text::numeric) > {most} then {nameless}
            else trunc({column}::text::numeric)::text end"""

# The names of the inner tables are no feature's, for each is read with its own in front.
STATEMENT: Final = """\
select rated.shop_key,
       rated.logit,
       rated.points,
       case when rated.logit is not null
            then round(1 / (1 + exp(rated.logit * 1e-15)), 6)::double precision end as pd,
       case when rated.logit is null then {unknown}
            {grades}
       end as grade,
       rated.unknown
  from (
       select summed.shop_key,
              summed.logit,
              {base_points} + (summed.above - ((summed.above % {per_point} + {per_point}) % {per_point})) / {per_point}
                  as points,
              summed.unknown
         from (
              select told.shop_key,
                     told.unknown,
                     case when cardinality(told.unknown) = 0 then told.total end as logit,
                     case when cardinality(told.unknown) = 0
                          then told.total - {base_logit} + {half_point} end as above
                from (
                     select given.shop_key,
                            {start}::bigint
                            {cells}
                                as total,
                            array_remove(array[
                                {doubts}
                            ]::text[], null) as unknown
                       from (
                            select features.shop_key,
                                   {columns}
                              from features
                            ) given
                     ) told
              ) summed
       ) rated
"""


def written(card: Card) -> str:
    """The statement of one card."""
    axes = {axis.feature: axis for table in card.tables for axis in table.axes}
    names = {feature: f"given.x{n}" for n, feature in enumerate(axes, start=1)}
    scale = card.scale
    head = HEAD.format(key=_comment(card.key), target=_comment(card.target), digest=card.digest)
    return head + STATEMENT.format(
        unknown=_text(UNKNOWN),
        grades=_lines(12, (_grade(grade.name, grade.points_min) for grade in scale.grades)),
        base_points=scale.base_points,
        per_point=scale.per_point,
        half_point=scale.per_point // 2,
        base_logit=f"({scale.base_logit})",
        start=f"({card.start})",
        cells=_lines(28, (f"+ {_cells(table, names)}  -- {_comment(table.feature)}" for table in card.tables)),
        doubts=_lines(32, (_doubt(axis, names[feature]) for feature, axis in axes.items()), ","),
        columns=_lines(35, (_column(axis, names[feature]) for feature, axis in axes.items()), ","),
    )


def _lines(indent: int, texts: Iterable[str], between: str = "") -> str:
    return f"{between}\n{' ' * indent}".join(texts)


def _column(axis: AnyAxis, name: str) -> str:
    """A feature as the card reads it: a number is added to nought, which text cannot be; a category by its name."""
    column = f'features."{axis.feature.replace(chr(34), chr(34) * 2)}"'
    if isinstance(axis, Axis):
        read = f"{column} + 0::double precision"
    else:
        read = NAMED.format(column=column, nameless=NAMELESS, most=WHOLE_MAX)
    return f"{read} as {name.split('.')[1]}"


def _doubt(axis: AnyAxis, name: str) -> str:
    """Why the card would not read a value, as the rating would name it; null where it reads it."""
    cases = []
    if not axis.missing_seen:
        cases.append((f"{name} is null", Reading.NEVER_MISSING))
    if isinstance(axis, Axis):
        least, most = axis.reach
        cases.append((f"{name} in ('NaN', 'Infinity', '-Infinity')", Reading.UNUSABLE))
        cases.append((f"{name} < {_number(least)} or {name} > {_number(most)}", Reading.FAR_OUT))
    else:
        cases.append((f"{name} = {NAMELESS}", Reading.UNUSABLE))
        known = ", ".join(_text(level) for level in axis.where())
        cases.append((f"{name} not in ({known})", Reading.NEW_CATEGORY))
    told = " ".join(f"when {when} then {_text(f'{axis.feature}: {reading}')}" for when, reading in cases)
    return f"case {told} end"


def _cells(table: Table, names: dict[str, str]) -> str:
    """What a table gives: for one feature a case, for two a cell of the table written out row by row."""
    first = table.axes[0]
    if len(table.axes) == 1:
        return _case(first, names[first.feature], [f"({cell})::bigint" for cell in table.cells])
    at = [_case(axis, names[axis.feature], [str(n) for n in range(axis.size)]) for axis in table.axes]
    cells = ", ".join(map(str, table.cells))
    return f"(array[{cells}]::bigint[])[{at[0]} * {table.axes[1].size} + {at[1]} + 1]"


def _case(axis: AnyAxis, name: str, values: list[str]) -> str:
    """One of an axis's values by its bin; `values` are in the order of the bins, the missing one last."""
    whens = [f"when {name} is null then {values[-1]}"]
    if isinstance(axis, Axis):
        edges = zip(axis.edges, values, strict=False)
        whens += [f"when {name} < {_number(edge)} then {value}" for edge, value in edges]
        return f"case {' '.join(whens)} else {values[-2]} end"
    whens += [f"when {name} = {_text(level)} then {values[n]}" for level, n in axis.where().items()]
    return f"case {' '.join(whens)} end"


def _grade(name: str, points_min: int | None) -> str:
    return f"else {_text(name)}" if points_min is None else f"when rated.points >= {points_min} then {_text(name)}"


def _number(value: float) -> str:
    """A number that reads back as the very same one."""
    return f"'{value!r}'::double precision"


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _comment(text: str) -> str:
    return " ".join(text.split())
