"""A rating laid out for the staff: its parts by block, sub-scores, interval, and what was put on top of the card."""

import re
from typing import Any, Final

from lendmill.api.ratings import RatingRead
from lendmill.rating.card import Band, Contribution
from lendmill.rating.tables import TIMES
from lendmill.rating.telling.blocks import BLOCKS, block_of
from lendmill.rating.telling.clauses import meant
from lendmill.rating.telling.kept import BESIDE, opened
from lendmill.rating.telling.reasons import BY_NAME
from lendmill.rating.telling.sentences import sentence
from lendmill.rating.telling.words import BESIDE_NAMES, BLOCK_NAMES, FILE_NAMES, called
from lendmill.web.words import CHINESE

BINS_ZH: Final = {"missing": "缺失", "other": "其他", "any": "任意"}
RANGE: Final = re.compile(r"^(\S+) to < (\S+)$")


def table_named(table: str, language: str) -> str:
    """What a contribution is about: the meaning of its feature or of both, or its own name where no table gave it."""
    if table in BESIDE_NAMES:
        return called(BESIDE_NAMES, table, language)
    return TIMES.join(meant(BY_NAME[name], language) if name in BY_NAME else name for name in table.split(TIMES))


def range_told(bins: str, language: str) -> str:
    """A bin, or a cell of two bins, in the reader's language; a category's level stays as it is.

    >>> range_told("2.5 to < 4.5 × missing", "zh-Hans")
    '2.5 至 < 4.5 × 缺失'
    """
    if language != CHINESE:
        return bins
    told = (BINS_ZH.get(name, RANGE.sub(r"\1 至 < \2", name)) for name in bins.split(TIMES))
    return TIMES.join(told)


def rating_facts(read: RatingRead, language: str) -> dict[str, Any]:
    """What the borrower's page shows of a rating beside its points."""
    return {
        "groups": _groups(read, language),
        "band": _band(read),
        "reasons": [sentence(each, language) for each in read.against],
        "file_name": called(FILE_NAMES, read.telling.file.kind, language),
        "file": read.short_file(language),
        "unread": read.unread(language),
        "moved": [(move.named(language), move.points) for move in read.moved],
    }


def _band(read: RatingRead) -> Band | None:
    """The shops that a card gave about as many points when it had not seen them: how sure a PD is."""
    band = read.card.band(read.telling.card_points) if read.telling.card_points is not None else None
    return band if band is not None and band.shops else None


def _groups(read: RatingRead, language: str) -> list[dict[str, Any]]:
    """The parts by block, in the order of the blocks; what no table gave comes first and last."""
    tables = {table.feature: block_of(table) for table in read.card.tables}
    parts = opened(read.card, read.rating.parts)
    groups = [_group("", [part for part in parts if part.feature == "start"], read, language)]
    named = [*BLOCKS, *sorted({block for block in tables.values() if block not in BLOCKS})]
    for block in named:
        groups.append(_group(block, [p for p in parts if tables.get(p.feature) == block], read, language))
    on_top = [part for part in parts if part.feature in BESIDE and part.feature != "start"]
    groups.append(_group("", on_top, read, language))
    return [group for group in groups if group["parts"] or group["sub_score"] is not None]


def _group(block: str, parts: list[Contribution], read: RatingRead, language: str) -> dict[str, Any]:
    return {
        "name": called(BLOCK_NAMES, block, language) if block else "",
        "points": sum(part.points for part in parts),
        "parts": parts,
        "sub_score": read.telling.blocks.get(block),
    }
