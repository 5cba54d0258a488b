"""A text in TOML is taken apart within bounds, and what is beyond them is told by its line or its field."""

from contextlib import suppress
from datetime import date
from time import process_time

import pytest

from lendmill.credit.pricing.assumptions import InvalidAssumptions, read_assumptions
from lendmill.credit.publishing.queries import POLICY
from lendmill.credit.testing.unit_cases import read_cases, shipped_cases, text_of
from lendmill.products.publishing.cells import Unreadable, value_of
from lendmill.products.publishing.fields import info_of
from lendmill.products.publishing.files import FileWrong, document_in
from lendmill.products.publishing.lines import places_of
from lendmill.products.spelled import DEPTH_MAX, Misspelled, NumberBeyond, content_in

DIGITS = "9" * 5_000


def wrong(text: str) -> tuple[str, int | None]:
    """What is wrong with a text, and on which line."""
    with pytest.raises(Misspelled) as found:
        content_in(text)
    return str(found.value), found.value.line


def test_what_nests_too_deep_is_told_by_its_line_before_it_costs_anything() -> None:
    deep = f"line 3: it nests deeper than {DEPTH_MAX} levels"
    dotted = ".".join("a" * 20_000)
    for line in (f"{dotted} = 1", f"[{dotted}]", f"a = {{ {dotted} = 1 }}", "a = " + "[" * 2_000, "a = " + "{a=" * 99):
        assert wrong(f'b = """\n."""\n{line}\n') == (deep, 3)
    with pytest.raises(
        FileWrong, match=r"line 1: the file is a\.a.*, but must be valid TOML \(line 1: it nests deeper"
    ):
        document_in(POLICY, f"{dotted} = 1".encode(), "x.toml")
    assert wrong("a = '" + "x" * 1_000_000 + "'") == ("it has more than 1,000,000 letters", None)


def test_what_only_looks_deep_is_read() -> None:
    dots = "." * 99 + "[" * 99
    text = f'a = "{dots}\\""\nb = """{dots}\n\\""" {dots}"""\nc = \'{dots}\' # {dots}\n'
    text += "d.e.f = [[1.5, 2.5]]\ng = 2026-01-01\n"
    assert content_in(text) == {
        "a": f'{dots}"', "b": f'{dots}\n""" {dots}', "c": dots, "d": {"e": {"f": [[1.5, 2.5]]}}, "g": date(2026, 1, 1)
    }  # fmt: skip


def test_a_number_no_figure_can_be_is_told_and_never_a_fault() -> None:
    assert wrong(f"a = 1\nb = {DIGITS}") == ("line 2: there is a number of thousands of digits", 2)
    for number in ("inf", "-nan", "1e999", "9223372036854775808", f"0x{DIGITS}"):
        with pytest.raises(NumberBeyond) as found:
            content_in(f"[[a]]\nb = [1, {number}]")
        assert found.value.field == "a[0].b[1]"
    assert content_in("a = 9223372036854775807") == {"a": 2**63 - 1}


@pytest.mark.parametrize("number", ["inf", "nan", DIGITS, f"0x{DIGITS}"])
def test_each_reader_of_a_text_tells_it(number: str) -> None:
    usual = text_of(shipped_cases())
    for text in (
        usual.replace('"history_days" = 400', f'"history_days" = {number}'),
        usual + f'\n[[cases]]\nname = "x"\noutcome = "decline"\nrating = {{ pd = {number} }}\n',
        usual + f'\n[[cases]]\nname = "x"\noutcome = "decline"\nlimit_cents = {number}\n',
    ):
        assert text != usual
        with pytest.raises(FileWrong):
            read_cases(text)
    with pytest.raises(InvalidAssumptions):
        read_assumptions(f"net_assets_cents = {number}")
    with pytest.raises(FileWrong, match="line 2: "):
        document_in(POLICY, f'key = "x"\nversion = {number}\n'.encode(), "x.toml")


def test_a_cell_with_such_a_number_is_told_too() -> None:
    for cell, kind in ((DIGITS, int), (DIGITS, float), ("1e999", float), (float("inf"), float), ("1e999", str | float)):
        with pytest.raises(Unreadable):
            value_of(cell, info_of(kind), left_out=False)


def test_each_letter_is_read_once_however_a_text_is_cut_up() -> None:
    """Each of these took from seconds to minutes where a text of twice the length took four or eight times as long."""
    far = 20_000
    texts = ['"\\', "'a\n", '"""\\', '"""\\"""', "'''a''", '""', '"\\"', "[", " ", "a . ", '" "', "_9" * 40 + " "]
    began = process_time()
    for bit in texts:
        places_of(bit * far)
        places_of(f'a = ["""\n]\n[{bit * far}\n"""]\n')
        with suppress(Misspelled):
            content_in(bit * far)
    with pytest.raises(FileWrong):
        document_in(POLICY, ('a = ["""\n]\n[' + " " * far + '\n"""]\n').encode(), "x.toml")
    with pytest.raises(FileWrong):
        document_in(POLICY, "".join(f"a{n} = 1\n" for n in range(far // 4)).encode(), "x.toml")
    assert wrong(("9" * 998 + " ") * 100 + DIGITS) != ("", None)
    assert process_time() - began < 10


def test_a_name_longer_than_any_document_has_is_told() -> None:
    assert wrong("a = 1\n[" + "b" * 201 + "]\n") == ("a name in it has more than 200 letters", None)
    assert wrong("a = [[{" + "b" * 201 + " = 1}]]\n") == ("a name in it has more than 200 letters", None)
    assert content_in("b" * 200 + " = 1") == {"b" * 200: 1}


def test_a_text_of_several_lines_hides_what_looks_like_entries_and_comments() -> None:
    text = 'a = [\'\'\'\n]\nb = 1\n\'\'\', """[\n\\"""c = 1"""""]\n# d = [\ne = "#["\n'
    text += '[f]\n"g" . h = """\n[x]\n"""\ni = 1\n'
    assert content_in(text)["f"] == {"g": {"h": "[x]\n"}, "i": 1}
    assert places_of(text) == {"a": 1, "e": 7, "f": 8, "f.g.h": 9, "f.i": 12}
