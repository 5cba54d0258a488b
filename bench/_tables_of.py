"""Any table of numbers and categories, ready to learn from: guesses what each column is, and says what it left out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import polars as pl
from _reading import raw

from lendmill.rating.axes import FORBIDDEN, UNWRITABLE
from lendmill.rating.tables import START

MISSING = frozenset(
    {"", "?", "na", "n/a", "#n/a", "nan", "-nan", "null", "none", "nil", "missing", ".", "-", "--", "<na>",
     "nat", "#div/0!", "#value!", "#ref!", "#num!"}
)  # fmt: skip
INFINITE = frozenset({"inf", "-inf", "+inf", "infinity", "-infinity", "+infinity"})
ODD = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x{fffe}\x{ffff}]"  # signs that a card's levels cannot have
ID_NAME = re.compile(
    r"(^|[_ .-])(id|no|nr|key|uuid|index|idx|number|row)([_ .-]|$)|^rownames?$|^unnamed: ?\d+$"
    r"|(?-i:[a-z](ID|Id|Nr|No|Key)$)",
    re.I,
)
OUTCOME_NAME = re.compile(r"target|label|y|class|bad|bad_?flag|good_?bad|outcome|gb|creditability|response", re.I)
LIKELY_NAME = re.compile(r"default|delinq|dlq|charge.?off|status|risk|arrears|insolven|bankrupt|npl|dpd", re.I)
BAD_WORDS = re.compile(r"bad|def(ault(ed)?)?|charged.?off|chgoff|late|npl|insolvent|bankrupt", re.I)
GOOD_WORDS = re.compile(r"good|non.?default(ed)?|(fully.)?paid.*|p.?i.?f|performing|solvent|repaid", re.I)
BAD_NAME = re.compile(r"bad|default|delinq|dlq|charge.?off|arrears|insolven|bankrupt|npl", re.I)
GOOD_NAME = re.compile(r"good|(^|[_ .-])(no|not|non|never)", re.I)
YES, NO = frozenset({"1", "true", "yes", "y", "t"}), frozenset({"0", "false", "no", "n", "f"})
NUMBERS_MIN = 0.95  # a column of text is one of numbers if so large a share of what is there reads as numbers
NUMBERS_SOME = 0.5  # or so large a share, where the rest are a few words, such as "unknown"
WORDS_FEW = 3
STRAY = 0.001  # a third outcome that is rarer than this is a stray line, such as a second header
NAMES_SHARE = 0.9  # text that differs in so many rows names them
BADS_MIN = 10
GIVEN_AWAY = 0.95  # no honest fact sorts borrowers so well on its own
ALONE_BINS, ALONE_MIN = 50, 20  # how finely a column is cut to see what it tells alone, and rows in each part
DAYS = ("%Y-%m-%d", "%Y/%m/%d", "%d/%m/%Y", "%m/%d/%Y", "%Y.%m.%d", "%d.%m.%Y", "%d-%m-%Y", "%d-%b-%Y", "%d-%b-%y",
        "%d%b%Y", "%b-%Y", "%b-%y", "%b %Y", "%Y-%m", "%m/%Y")  # fmt: skip


@dataclass
class Known:
    """A table ready to learn from: numbers and text, who was bad, and what was done to it on the way."""

    name: str
    frame: pl.DataFrame
    bad: np.ndarray
    notes: list[str] = field(default_factory=list)

    @property
    def numbers(self) -> list[str]:
        """The columns of numbers."""
        return [name for name, dtype in self.frame.schema.items() if dtype != pl.String]

    @property
    def categories(self) -> list[str]:
        """The columns of text."""
        return [name for name, dtype in self.frame.schema.items() if dtype == pl.String]


def known(
    path: Path,
    *,
    target: str = "",
    positive: str = "",
    drop: tuple[str, ...] = (),
    sep: str = "",
    header: bool = True,
) -> Known:
    """The table of a file, with the target apart. Ends the program with a sentence where it cannot be read."""
    frame, notes = raw(path, sep, header)
    if not frame.height:
        raise SystemExit(f"{path.name} has no rows")
    frame = frame.drop([_column(frame, name) for name in drop])
    target = _column(frame, target) if target else _target(frame)
    words, bad, told = _outcome(frame[target], positive)
    notes.append(f"target {target}: bad is {told}")
    there = words.is_not_null()
    if not there.all():
        notes.append(f"{int((~there).sum())} rows without an outcome left out")
    frame, bad = frame.filter(there).drop(target), bad[there.to_numpy()]
    if min(bad.sum(), (~bad).sum()) < BADS_MIN:
        raise SystemExit(
            f"{path.name}: {bad.sum()} bad and {(~bad).sum()} good rows; from {BADS_MIN} of each on something can be"
            " measured"
        )
    frame = pl.DataFrame(list(_kept(frame, bad, notes)))
    if not frame.width:
        raise SystemExit(f"{path.name}: no column is left to learn from")
    if (copies := frame.height - frame.n_unique()) > 0:
        notes.append(f"{copies} rows are like another one in every column")
    return Known(path.name.split(".")[0], frame, bad, notes)


def _kept(frame: pl.DataFrame, bad: np.ndarray, notes: list[str]) -> Iterator[pl.Series]:
    """The columns that hold facts, numbers as numbers; notes say why the others go, and which tell too much."""
    comma = any(_decimal_comma(column) for column in frame if column.dtype == pl.String)
    taken = set(frame.columns)
    for column in frame:
        name = column.name
        made = typed(column, comma)
        if made is None:
            notes.append(f"{name} left out: a column of {column.dtype}, neither numbers nor text")
            continue
        if (why := _useless(made)) is not None:
            notes.append(f"{name} left out: {why}")
            continue
        if infinite := _infinite(column):
            notes.append(f"{name}: {infinite} infinite values are taken for missing")
        area, judged = alone(made, bad), name.lower() in FORBIDDEN
        if judged and area >= GIVEN_AWAY:
            notes.append(
                f"{name} left out: another lender's judgement that gives the answer away (AUC {area:.3f} alone)"
            )
            continue
        if judged:
            notes.append(
                f"{name} kept: a lender's judgement, of use here only if made before the outcome, else --drop it"
            )
        elif area >= GIVEN_AWAY:
            notes.append(f"{name} kept, but it alone has AUC {area:.3f}: if it was known only afterwards, --drop it")
        yield made.alias(_name(name, taken))


def _infinite(column: pl.Series) -> int:
    """How many values are infinite, as numbers or as they are written."""
    if column.dtype == pl.String:
        return int(column.str.strip_chars().str.to_lowercase().is_in(list(INFINITE)).sum())
    return int(column.is_infinite().sum()) if column.dtype.is_float() else 0


def _name(name: str, taken: set[str]) -> str:
    """A name that a card can have."""
    made = UNWRITABLE.sub("_", name)
    while (made != name and made in taken) or made == START or made in FORBIDDEN:
        made += "_"
    taken.add(made)
    return made


def alone(column: pl.Series, bad: np.ndarray) -> float:
    """The AUC of a column by the share of bad rows among those with about its value, missing being one."""
    if column.dtype == pl.String:
        often = column.value_counts().filter(pl.col("count") >= ALONE_MIN)[column.name]
        part = column.set(~column.is_in(often.implode()).fill_null(True), "others")
    else:
        bins = max(2, min(ALONE_BINS, len(column) // ALONE_MIN))
        part = ((column.rank("min") - 1) * bins / len(column)).floor()
    counts = pl.DataFrame({"part": part, "bad": bad}).group_by("part").agg(pl.col("bad").sum(), pl.len())
    bads, goods = (
        counts.sort(pl.col("bad") / pl.col("len")).select("bad", pl.col("len") - pl.col("bad"))
    ).get_columns()
    before = goods.cum_sum() - goods / 2  # the goods in better parts, and half of those in the same
    return float((bads * before).sum()) / (int(bads.sum()) * int(goods.sum()))


def _column(frame: pl.DataFrame, name: str) -> str:
    name = name.strip()
    if name in frame.columns:
        return name
    if name.lstrip("-").isdigit() and -frame.width <= int(name) < frame.width:
        return frame.columns[int(name)]
    alike = [column for column in frame.columns if column.lower() == name.lower()]
    if len(alike) == 1:
        return alike[0]
    there = ", ".join(frame.columns[:40]) + (", ..." if frame.width > 40 else "")
    raise SystemExit(f"no column is called {name}; there are: {there}")


def _target(frame: pl.DataFrame) -> str:
    """The column that says who was bad: by its name, else the last or the first, if it is one of two values."""
    names = [name for name in frame.columns if _values(frame[name])[1].len() == 2]
    last, first = frame.columns[-1], frame.columns[0]
    for found in (
        [name for name in names if OUTCOME_NAME.fullmatch(name)],
        [last] if last in names else [],
        [first] if first in names else [],
        [name for name in names if LIKELY_NAME.search(name)],
        names if len(names) == 1 else [],
    ):
        if found:
            return found[-1]
    return last


def _words(column: pl.Series) -> pl.Series:
    """What is written in a column, as text without blanks around it."""
    if column.dtype.is_nested() or column.dtype in (pl.Binary, pl.Object):
        return pl.Series(column.name, [None] * len(column), dtype=pl.String)
    if column.dtype.is_float() or column.dtype.is_decimal():
        numbers = column.cast(pl.Float64)
        distinct = numbers.unique().drop_nulls().drop_nans().to_list()
        if len(distinct) > 1000:
            return numbers.fill_nan(None).cast(pl.String)
        return numbers.fill_nan(None).replace_strict(distinct, [f"{v:.15g}" for v in distinct],
                                                     default=None, return_dtype=pl.String)  # fmt: skip
    return column.cast(pl.String).str.strip_chars().str.strip_chars("'\"")


def _values(column: pl.Series) -> tuple[pl.Series, pl.Series]:
    """The outcomes, and each of them once, the most frequent first; a sign that often means missing may be one."""
    words = _words(column).alias("outcome")
    words = words.set(words == "", None)
    values = words.drop_nulls().value_counts(sort=True)["outcome"]
    if values.len() != 2:
        words = words.set(words.str.to_lowercase().is_in(list(MISSING)), None)
        values = words.drop_nulls().value_counts(sort=True)["outcome"]
    return words, values


def _outcome(column: pl.Series, positive: str) -> tuple[pl.Series, np.ndarray, str]:
    """Who is bad: those with the positive value, or with the one called bad, or with the rarer of two."""
    words, found = _values(column)
    values = found.to_list()
    if positive:
        wanted = _asked(values, positive) or [v for part in positive.split(",") for v in _asked(values, part.strip())]
        if not wanted:
            raise SystemExit(f"{column.name} is never {positive}; it is one of {', '.join(values[:10])}")
        return words, words.is_in(wanted).fill_null(False).to_numpy(), f"{', '.join(wanted)} (as asked)"
    often = {value: int((words == value).sum()) for value in values[:20]}
    if len(values) > 2 and (strays := [v for v in values[2:20] if often[v] < max(2, STRAY * len(words))]) == values[2:]:
        words = words.set(words.is_in(strays), None)
        values = values[:2]
    if len(values) != 2:
        some = f" ({', '.join(values[:6])}{', ...' if len(values) > 6 else ''})" if values else ""
        raise SystemExit(
            f"{column.name} has {len(values)} values{some}, not two: name the outcome with --target and the bad value"
            " with --positive"
        )
    named = [v for v in values if BAD_WORDS.fullmatch(v)]
    named = named or [other for v, other in (values, values[::-1]) if GOOD_WORDS.fullmatch(v)]
    if len(named) == 1:
        return words, (words == named[0]).fill_null(False).to_numpy(), f"{named[0]}, by its name"
    if BAD_NAME.search(column.name) and not GOOD_NAME.search(column.name):
        no, yes = sorted(values, key=lambda value: value.lower() in YES)
        if no.lower() in NO and yes.lower() in YES:
            return words, (words == yes).fill_null(False).to_numpy(), f"{yes}, as the column's name says"
    rare = max(values) if often[values[0]] == often[values[1]] else values[-1]
    return words, (words == rare).fill_null(False).to_numpy(), f"{rare}, the rarer value"


def _asked(values: list[str], positive: str) -> list[str]:
    same = [value for value in values if value == positive or _number(value) == _number(positive) is not None]
    return same or [value for value in values if value.lower() == positive.lower()]


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None


def typed(column: pl.Series, comma: bool = False) -> pl.Series | None:
    """Numbers as numbers, days as numbers of days, all else as text; what stands for missing is null."""
    name, dtype = column.name, column.dtype
    if dtype == pl.Boolean:
        return column.cast(pl.Int8).cast(pl.Float64)
    if dtype in (pl.Date, pl.Datetime):
        return column.dt.epoch("d").cast(pl.Float64)
    if dtype == pl.Duration:
        return column.dt.total_seconds().cast(pl.Float64)
    if dtype == pl.Time:
        return column.cast(pl.Int64).cast(pl.Float64)
    if dtype.is_numeric():
        return _finite(column.cast(pl.Float64, strict=False))
    if dtype.is_nested() or dtype in (pl.Binary, pl.Object):
        return None
    words = column.cast(pl.String).str.strip_chars()
    words = words.set(words.str.to_lowercase().is_in(list(MISSING | INFINITE)), None)
    there = words.drop_nulls()
    for numbers in _readings(words, comma):
        read = numbers.drop_nulls().len()
        if read >= max(1, NUMBERS_MIN * len(there)):
            return numbers.alias(name)
        others = words.filter(numbers.is_null()).drop_nulls().n_unique()
        if read >= NUMBERS_SOME * len(there) and others <= WORDS_FEW and numbers.n_unique() > 20:
            return numbers.alias(name)
    return _days(words.str.replace_all(ODD, " ")) if len(there) else words


def _readings(words: pl.Series, comma: bool) -> Iterator[pl.Series]:
    """The ways numbers are written: plain, with thousands apart, with a decimal comma."""
    plain = words.str.replace(r"^([-+]?)\s*[$€£¥]\s*", "${1}").str.replace(r"\s*[%€]$", "")
    plain = plain.str.replace_all(r"(\d)[\u00a0\u202f ']+(\d{3})\b", "${1}${2}")
    yield _finite(plain.cast(pl.Float64, strict=False))
    comma_first = comma or _decimal_comma(plain)
    thousands = plain.str.replace_all(",", "")
    decimal = plain.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
    for reading in (decimal, thousands) if comma_first else (thousands,):
        yield _finite(reading.cast(pl.Float64, strict=False))


def _decimal_comma(column: pl.Series) -> bool:
    """Whether numbers are written with a comma before their fraction: some have not three digits after it."""
    there = column.drop_nulls().str.strip_chars()
    with_comma = there.filter(there.str.contains(r"^[-+]?[\d.]*,\d+%?$"))
    if len(with_comma) < 0.05 * len(there) or not len(with_comma):
        return False
    return not bool(with_comma.str.contains(r"^[-+]?[1-9]\d{0,2}(,\d{3})+%?$").all())


def _finite(numbers: pl.Series) -> pl.Series:
    return numbers.set(~numbers.is_finite().fill_null(True), None)


def _days(words: pl.Series) -> pl.Series:
    """A column of days as numbers of days, else as it was."""
    some = words.drop_nulls().head(1000)
    for shape in DAYS:
        for cut in (False, True) if "%d" in shape else (False,):
            days = _read_days(some, shape, cut)
            if days.drop_nulls().len() >= NUMBERS_MIN * len(some):
                days = _read_days(words, shape, cut)
                if days.drop_nulls().len() >= NUMBERS_MIN * words.drop_nulls().len():
                    return days.dt.epoch("d").cast(pl.Float64).alias(words.name)
    return words


def _read_days(words: pl.Series, shape: str, cut: bool) -> pl.Series:
    words = words.str.replace(r"[T ]\d{1,2}:.*$", "") if cut else words
    if "%d" in shape:
        return words.str.to_date(shape, strict=False)
    return ("01 " + words).str.to_date(f"%d {shape}", strict=False)


def _useless(column: pl.Series) -> str | None:
    """Why a column has nothing to learn from: the same throughout, or the name of its row."""
    there = column.drop_nulls()
    if there.is_empty():
        return "nothing is known of any row"
    if there.n_unique() == 1 and column.null_count() == 0:
        return "the same in every row"
    if column.dtype == pl.String:
        named = len(there) > 20 and there.n_unique() >= NAMES_SHARE * len(there)
        return "different in nearly every row, so a name and not a fact" if named else None
    distinct, whole = there.n_unique(), bool((there == there.floor()).all())
    if whole and ID_NAME.search(column.name) and len(there) > 20 and distinct >= NAMES_SHARE * len(there):
        return "a whole number different in nearly every row, so a name and not a fact"
    counted = there.max() - there.min() + 1 == len(there) or there.is_sorted()  # type: ignore[operator]
    if whole and counted and distinct == len(column):
        return "a whole number different in every row, so a name and not a fact"
    return None
