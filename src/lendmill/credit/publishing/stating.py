"""A policy or a product in words: its figures by their names, its rules, its tables, and the law behind what is law."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from lendmill.credit.publishing.policy_words import POLICY_LABELS
from lendmill.products.publishing.differing import NAMED_BY, differences
from lendmill.products.publishing.files import spreadsheet_of
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.products.publishing.product_words import PRODUCT_LABELS
from lendmill.products.publishing.telling import Labels, told
from lendmill.products.reading import content_of

LABELS: Final[Mapping[KindName, Labels]] = {"policy": POLICY_LABELS, "product": PRODUCT_LABELS}
MAIN_TITLE: Final = ("In short", "概要")
HEAD: Final = ("key", "version", "name_en", "name_zh")
CHINESE: Final = re.compile("[\u4e00-\u9fff]")
NO_WORDS: Final = ("label_en", "label_zh", "rows", "axes")


@dataclass(frozen=True, slots=True)
class LawSource:
    """The rule behind a figure, and the day from which it is in force."""

    law: str
    in_force_on: date


@dataclass(frozen=True, slots=True)
class StatedLine:
    """One figure of a document by its name, with the law behind it where there is one."""

    name: str
    value: str
    law: LawSource | None = None


@dataclass(frozen=True, slots=True)
class StatedTable:
    """One table in words: what it is looked up by, then the figure."""

    title: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    law: LawSource | None = None


@dataclass(frozen=True, slots=True)
class StatedItem:
    """A rule, a condition or whatever else has a name of its own, with what it says."""

    name: str
    label: str
    lines: tuple[StatedLine, ...]
    law: LawSource | None = None


@dataclass
class StatedPart:
    """One part of a document."""

    title: str
    lines: list[StatedLine] = field(default_factory=list)
    items: list[StatedItem] = field(default_factory=list)
    tables: list[StatedTable] = field(default_factory=list)


def differences_told(kind: DocumentKind[Any], before: Document, after: Document, *, chinese: bool) -> list[str]:
    """What the later of two versions says otherwise, each difference in a sentence; none where they are the same."""
    return told(differences(content_of(before), content_of(after)), LABELS[kind.name], chinese)


def spreadsheet(kind: DocumentKind[Any], document: Document, *, chinese: bool) -> bytes:
    """A version as an Excel file, each field with its meaning beside it."""
    labels = LABELS[kind.name]

    def meaning(sheet: str, head: str) -> str:
        way = tuple(head.split(".")) if sheet == "document" else (sheet, "*", head)
        known = ".".join(way) in labels.fields
        return labels.label(way, (), chinese, {}) if sheet == "document" and known else labels.part(way, chinese)

    return spreadsheet_of(kind, document, meaning)


def stated(kind: DocumentKind[Any], document: Document, *, chinese: bool) -> list[StatedPart]:
    """Every part of a document in words, the single figures first."""
    content = json.loads(json.dumps(content_of(document), default=str))
    telling = _Telling(LABELS[kind.name], content, chinese)
    main = StatedPart(MAIN_TITLE[chinese])
    parts = [main]
    for key, value in content.items():
        if key in HEAD or key == "laws":
            continue
        if isinstance(value, dict | list) and not _is_words(value):
            parts.append(telling.part((key,), value))
        else:
            main.lines.append(telling.line((key,), value, content))
    return [part for part in parts if part.lines or part.items or part.tables]


def titled(name: str) -> str:
    """A name as it stands at the head of something.

    >>> titled("the lowest age")
    'Lowest age'
    """
    bare = name.removeprefix("the ")
    return bare[:1].upper() + bare[1:]


def law_called(law: str, chinese: bool) -> str:
    """A law or a source as it is called; what an author says of it in English after its Chinese is for English readers,
    who read its Chinese name too, to look it up by.

    >>> law_called("民法典第十七条: of age from 18", True), law_called("Civil Code: from 18", True)
    ('民法典第十七条', 'Civil Code: from 18')
    """
    name, _, said = law.partition(": ")
    return name if chinese and said and CHINESE.search(name) and not CHINESE.search(said) else law


def _is_words(value: Any) -> bool:
    return isinstance(value, list) and not any(isinstance(each, dict | list) for each in value)


class _Telling:
    """Tells the parts of one document in one language."""

    def __init__(self, labels: Labels, content: Mapping[str, Any], chinese: bool) -> None:
        self.labels, self.chinese = labels, chinese
        self.laws = {
            each["figure"]: LawSource(law_called(each["law"], chinese), date.fromisoformat(each["in_force_on"]))
            for each in content.get("laws", ())
        }

    def line(self, way: tuple[str, ...], value: Any, within: Mapping[str, Any]) -> StatedLine:
        name = self.labels.label(way, (), self.chinese, within)
        said = law_called(value, self.chinese) if way == ("source",) else value
        shown = self.labels.value(way, said, self.chinese, within)
        return StatedLine(titled(name), shown, self.laws.get(".".join(way)))

    def part(self, way: tuple[str, ...], value: Any) -> StatedPart:
        made = StatedPart(titled(self.labels.label(way, (), self.chinese, {})))
        if isinstance(value, list):
            self._items(made, way, value)
        else:
            self._fields(made, way, value)
        return made

    def _fields(self, made: StatedPart, way: tuple[str, ...], content: Mapping[str, Any]) -> None:
        for key, value in content.items():
            here = (*way, key)
            if isinstance(value, dict):
                self._fields(made, here, value)
            elif isinstance(value, list) and not _is_words(value):
                self._items(made, here, value)
            elif key not in ("law", "in_force_on"):
                own = self._law(content) if key == next(iter(content)) else None
                line = self.line(here, value, content)
                made.lines.append(StatedLine(line.name, line.value, line.law or own))

    def _items(self, made: StatedPart, way: tuple[str, ...], items: list[dict[str, Any]]) -> None:
        for item in items:
            if "rows" in item and "axes" in item:
                made.tables.append(self._table((*way, "*", "rows"), item))
            else:
                made.items.append(self._item((*way, "*"), item))

    def _table(self, way: tuple[str, ...], item: Mapping[str, Any]) -> StatedTable:
        words, chinese = self.labels.words, self.chinese
        head = tuple(str(words(("axes",), axis, chinese) or axis) for axis in item["axes"])
        rows = tuple(
            (*self._cells(row[:-1]), self.labels.value((*way, "*"), row[-1], chinese, item)) for row in item["rows"]
        )
        label = self._label(item)
        figure = ("figure", "数值")[chinese]
        return StatedTable(label, (*head, figure), rows, self._law(item))

    def _cells(self, cells: list[Any]) -> Iterator[str]:
        for cell in cells:
            if cell == "":
                yield ("any other", "其他")[self.chinese]
            elif isinstance(cell, str):
                yield cell
            else:
                told_number = json.dumps(cell)
                yield f"{told_number} 起" if self.chinese else f"from {told_number}"

    def _item(self, way: tuple[str, ...], item: dict[str, Any]) -> StatedItem:
        named = next((name for name in NAMED_BY if name in item), "")
        lines = tuple(
            StatedLine(
                self.labels.part((*way, key), self.chinese), self.labels.value((*way, key), value, self.chinese, item)
            )
            for key, value in item.items()
            if key not in (*NO_WORDS, named, "law", "in_force_on") and value not in (None, "", [])
        )
        name = str(item.get(named, ""))
        label = self._label(item) or titled(self.labels.label(way, (name,), self.chinese, item))
        return StatedItem(name, label, lines, self._law(item))

    def _label(self, item: Mapping[str, Any]) -> str:
        keys = ("label_zh", "zh") if self.chinese else ("label_en", "en")
        label = str(next((item[key] for key in keys if item.get(key)), ""))
        return label[:1].upper() + label[1:]

    def _law(self, item: Mapping[str, Any]) -> LawSource | None:
        if not item.get("law"):
            return None
        return LawSource(law_called(str(item["law"]), self.chinese), date.fromisoformat(item["in_force_on"]))
