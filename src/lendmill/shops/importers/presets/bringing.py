"""Bringing in a set we know: its own step first, then its mapping, like any other file."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from importlib.resources import files as package_files
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import polars as pl

from lendmill.shops.importers.files import CannotRead
from lendmill.shops.importers.mapped import ImportReport, Progress, import_file
from lendmill.shops.importers.mapping import Mapping, read_mapping
from lendmill.shops.importers.presets import koubei, olist
from lendmill.shops.lake import Lake
from lendmill.shops.sellers import Seller

Prepare = Callable[[Path, Path], tuple[list[Path], list[Seller]]]
PRESETS: Final[dict[str, tuple[Prepare, tuple[str, ...]]]] = {
    "olist": (olist.prepare, tuple(f"{name}.parquet" for name in olist.TABLES)),
    "koubei": (koubei.prepare, (koubei.SHOPS, koubei.VIEWS, *koubei.WEEKS)),
}


@dataclass(frozen=True, slots=True)
class SetImport:
    """The sellers of a set, to register, and what became of its rows."""

    sellers: list[Seller]
    reports: list[ImportReport]


def preset_mapping(name: str) -> Mapping:
    """How the house reads a set, once its tables are joined: a page like anybody's."""
    text = package_files("lendmill.shops.importers.presets").joinpath(f"{name}.toml").read_text(encoding="utf-8")
    return read_mapping(text, f"{name}.toml")


def import_preset(
    name: str, folder: Path, lake: Lake, *, received_at: datetime, progress: Progress | None = None
) -> SetImport:
    """Take a set in, whole or not at all; a second time it changes nothing."""
    prepare, needed = PRESETS[name]
    missing = [file for file in needed if not (folder / file).is_file()]
    if missing:
        raise CannotRead(file=folder, problem=f"it does not hold {', '.join(missing)}")
    mapping = preset_mapping(name)
    with TemporaryDirectory() as aside:
        try:
            files, sellers = prepare(folder, Path(aside))
        except pl.exceptions.PolarsError as error:
            raise CannotRead(file=folder, problem=str(error).splitlines()[0]) from None
        reports = [import_file(file, mapping, lake, received_at=received_at, progress=progress) for file in files]
    return SetImport(sellers, reports)
