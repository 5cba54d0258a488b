"""The ways a card has been written down: an older one is read as it was meant, a newer one is refused."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from lendmill.rating.axes import InvalidCard

FORMAT: Final = 2


def upgraded(document: Mapping[str, Any]) -> dict[str, Any]:
    """A card's document in today's format.

    The first format knew numbers only and gave each table a last cell for values that were no number; such a value is
    UNKNOWN now, so the cell is left out.
    """
    written = document.get("format", 1)
    if written == FORMAT:
        return dict(document)
    if written != 1 or "format" in document:
        allowed = f"1 to {FORMAT}; a card written by a newer lendmill is read by a newer lendmill"
        raise InvalidCard(field="format", value=written, allowed=allowed)
    tables = [_upgraded_table(table) for table in document.get("tables", [])]
    return {**document, "format": 1, "tables": tables}


def _upgraded_table(table: Mapping[str, Any]) -> dict[str, Any]:
    if len(table.get("axes", ())) != 1:
        raise InvalidCard(field="tables", value="two features together", allowed="one feature each in format 1")
    return {**table, "axes": [{"kind": "number", **table["axes"][0]}], "cells": list(table["cells"])[:-1]}


def as_first_written(document: Mapping[str, Any]) -> bytes:
    """A card of the first format with the very bytes it was kept with, so that its digest stays what it was."""
    tables = [
        {
            "axes": [{name: value for name, value in table["axes"][0].items() if name != "kind"}],
            "cells": [*table["cells"], min(table["cells"])],
            "block": table["block"],
        }
        for table in document["tables"]
    ]
    first = {name: document[name] for name in ("key", "target", "start")}
    told = {**first, "tables": tables, "scale": document["scale"]}
    return msgspec.json.encode(told)
