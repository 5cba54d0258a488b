"""A backtest's tables: for the screen, and as an Excel file with the sentences in front."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any, Final

import xlsxwriter

from lendmill.credit.reasons import Reason
from lendmill.credit.testing.backtest import Backtest, Estimate
from lendmill.credit.testing.words import (
    FIGURE_NAMES,
    GROUP_NAMES,
    OUTCOME_NAMES,
    SEGMENT_NAMES,
    SHARES,
    SWAP_NAMES,
    percent,
    told,
)

STAMP_TITLES: Final = ("Report", "报告")
TITLES: Final = {
    "figures": ("Before and after", "前后对比"),
    "swaps": ("Who swaps sides", "授信变动"),
    "outcomes": ("Outcomes, before and after", "决策结果前后对照"),
    "limits": ("Limits", "额度分布"),
    "reasons": ("Reasons", "原因"),
    "segments": ("Segments", "分组"),
}
HEADS: Final = {
    "figures": (
        ("figure", "before", "after", "change", "at least", "at most"),
        ("指标", "原政策", "新政策", "变化", "下限", "上限"),
    ),
    "swaps": (
        ("side", "files", "limits before, yuan", "limits after, yuan", "mean PD", "expected loss, yuan",
         "ripened", "defaulted", "default rate"),
        ("变动", "笔数", "原额度（元）", "新额度（元）", "平均违约概率", "预期损失（元）", "已有结果", "违约",
         "违约率"),
    ),
    "outcomes": (("before", "after", "files"), ("原政策", "新政策", "笔数")),
    "limits": (("limit from, yuan", "files before", "files after"), ("额度自（元）", "原笔数", "新笔数")),
    "reasons": (("reason", "files before", "files after"), ("原因", "原笔数", "新笔数")),
    "segments": (
        ("by", "group", "files", "granted before", "granted after", "limits before, yuan", "limits after, yuan"),
        ("维度", "分组", "笔数", "原授信笔数", "新授信笔数", "原额度（元）", "新额度（元）"),
    ),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ReportTable:
    """One table of a report: title, heads, and rows of plain figures; yuan with two digits, shares from 0 to 1."""

    name: str
    title: str
    head: list[str]
    rows: list[list[Any]]

    @property
    def told(self) -> list[list[str]]:
        """The rows as people read them."""
        return [[_told(cell) for cell in row] for row in self.rows]


def tables(found: Backtest, *, chinese: bool) -> tuple[ReportTable, ...]:
    """All tables of a report."""
    makers = {
        "figures": _figures, "swaps": _swaps, "outcomes": _outcomes, "limits": _limits, "reasons": _reasons,
        "segments": _segments,
    }  # fmt: skip
    return tuple(
        ReportTable(name, TITLES[name][chinese], list(HEADS[name][chinese]), list(make(found, chinese)))
        for name, make in makers.items()
    )


def _figures(found: Backtest, chinese: bool) -> list[list[Any]]:
    rows = []
    for figure, names in FIGURE_NAMES.items():
        before, after, change = (getattr(found, f"{figure}_{when}") for when in ("before", "after", "change"))
        scale = 1.0 if figure in SHARES else 0.01
        values = (before.value, after.value, change.value, change.low, change.high)
        name = names[chinese] if figure in SHARES else f"{names[chinese]}{'（元）' if chinese else ', yuan'}"
        rows.append([name, *(None if value is None else _rounded(value * scale, figure) for value in values)])
    return rows


def _rounded(value: float, figure: str) -> Any:
    return _Share(value) if figure in SHARES else round(value, 2)


class _Share(float):
    """A share from 0 to 1."""


def _swaps(found: Backtest, chinese: bool) -> list[list[Any]]:
    return [
        [
            SWAP_NAMES[row.swap][chinese], row.files, row.limit_before_cents / 100, row.limit_after_cents / 100,
            None if row.mean_pd is None else _Share(row.mean_pd), _yuan(row.loss_after), row.known, row.defaults,
            percent(row.default_rate),
        ]
        for row in found.swaps
    ]  # fmt: skip


def _outcomes(found: Backtest, chinese: bool) -> list[list[Any]]:
    return [
        [OUTCOME_NAMES[before][chinese], OUTCOME_NAMES[after][chinese], files]
        for before, after, files in found.outcomes
    ]


def _limits(found: Backtest, _: bool) -> list[list[Any]]:
    return [[band / 100, before, after] for band, before, after in found.limits]


def _reasons(found: Backtest, chinese: bool) -> list[list[Any]]:
    return [
        [Reason.of(code).sentence("zh-Hans" if chinese else "en"), before, after]
        for code, before, after in found.reasons
    ]


def _segments(found: Backtest, chinese: bool) -> list[list[Any]]:
    return [
        [
            SEGMENT_NAMES[by][chinese], group_called(by, value, chinese), each.files, each.granted_before,
            each.granted_after, each.limit_before_cents / 100, each.limit_after_cents / 100,
        ]
        for by, value, each in found.segments
    ]  # fmt: skip


def group_called(by: str, value: str, chinese: bool) -> str:
    """A group of borrowers as it is called; products, regions and grades by their own names."""
    return GROUP_NAMES.get(by, {}).get(value, (value, value))[chinese] or "—"


def _yuan(found: Estimate) -> float | None:
    return None if found.value is None else round(found.value / 100, 2)


def _told(cell: Any) -> str:
    if cell is None:
        return "—"
    if isinstance(cell, _Share):
        return f"{cell:.2%}"
    if isinstance(cell, float):
        return f"{cell:,.0f}"
    return f"{cell:,}" if isinstance(cell, int) else str(cell)


def spreadsheet(found: Backtest, named: str, since_on: date, until_on: date, *, chinese: bool) -> bytes:
    """The report as an Excel file: the sentences on the first sheet, then a sheet for each table."""
    file = BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(file, options) as book:
        looks = {
            "title": book.add_format({"bold": True, "font_size": 13}),
            "head": book.add_format({"bold": True, "bottom": 1}),
            "text": book.add_format({"text_wrap": True, "valign": "top"}),
            "share": book.add_format({"num_format": "0.00%"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
            "count": book.add_format({"num_format": "#,##0"}),
        }
        front = book.add_worksheet(STAMP_TITLES[chinese])
        front.set_column(0, 0, 110)
        lines: list[tuple[str, str]] = [(f"{named}, {since_on} – {until_on}", "title")]
        for section in told(found, chinese=chinese):
            lines += [("", "text"), (section.title, "head"), *((sentence, "text") for sentence in section.sentences)]
        for row, (text, look) in enumerate(lines):
            front.write_string(row, 0, text, looks[look])
        for table in tables(found, chinese=chinese):
            _sheet(book.add_worksheet(table.title), table, looks)
    return file.getvalue()


def _sheet(sheet: Any, table: ReportTable, looks: dict[str, Any]) -> None:
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 34)
    sheet.set_column(1, len(table.head), 20)
    for column, head in enumerate(table.head):
        sheet.write_string(0, column, head, looks["head"])
    for at, row in enumerate(table.rows, start=1):
        _row(sheet, at, row, looks)


def _row(sheet: Any, at: int, row: Sequence[Any], looks: dict[str, Any]) -> None:
    for column, cell in enumerate(row):
        if isinstance(cell, str):
            sheet.write_string(at, column, cell, looks["text"])
        elif cell is not None:
            look = "share" if isinstance(cell, _Share) else "money" if isinstance(cell, float) else "count"
            sheet.write_number(at, column, float(cell), looks[look])
