"""The generated pages of the handbook are those this source makes."""

from source import ROOT, told

from lendmill.cli.documents import pages


def test_the_generated_pages_are_fresh() -> None:
    stale = [
        str(path)
        for path, text in pages().items()
        if not (ROOT / path).exists() or (ROOT / path).read_text(encoding="utf-8") != text
    ]
    assert not stale, told([*stale, "make docs writes them anew"])
