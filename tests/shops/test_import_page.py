"""The handbook's example does what the handbook says."""

import re
from pathlib import Path

import pytest

from lendmill.shops.events import KINDS
from lendmill.shops.importers.mapped import import_events
from lendmill.shops.importers.mapping import Entry
from lendmill.shops.lake import Lake
from shops.selling import RECEIVED_AT

PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, flags=re.DOTALL)


def test_the_example_gives_what_it_shows(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from lendmill.cli import shops as verbs

    orders, rejects = blocks("csv")
    (tmp_path / "orders.csv").write_text(orders, encoding="utf-8")
    (tmp_path / "shop.toml").write_text(blocks("toml")[0], encoding="utf-8")
    lake = Lake(tmp_path / "lake")
    [report] = import_events([tmp_path / "orders.csv"], tmp_path / "shop.toml", lake, received_at=RECEIVED_AT)
    verbs._tell(report)
    assert capsys.readouterr().out.splitlines()[0] == blocks("text")[0].strip()
    assert report.rejects_file is not None
    assert report.rejects_file.read_text(encoding="utf-8") == rejects
    told = (
        lake.scan()
        .select("kind", "happened_on", "amount_cents", "status")
        .sort("kind", "happened_on", "amount_cents")
        .collect()
    )
    assert [(kind, str(day), cents, status) for kind, day, cents, status in told.rows()] == [
        ("order", "2025-03-01", 12850, "done"),
        ("order", "2025-03-01", 130000, "done"),
        ("order", "2025-03-02", 5990, "void"),
        ("refund", "2025-03-06", 130000, "done"),
    ]


def test_every_kind_and_every_word_is_explained() -> None:
    for kind in KINDS:
        assert f"| `{kind.name}` |" in PAGE
    for word in Entry.__struct_fields__:
        assert f"`{word}`" in PAGE or word == "files"
