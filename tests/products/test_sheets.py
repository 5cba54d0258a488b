"""A document goes to Excel and back without a letter lost, and a cell that cannot be read is told by its place."""

import io
import json
import pickle
import re
import subprocess
import sys
import tomllib
import zipfile
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
import xlsxwriter
from document_chances import QUICK, contents
from hypothesis import given
from hypothesis import strategies as st

from lendmill.credit.policy import Policy
from lendmill.credit.publishing.queries import POLICY
from lendmill.credit.queries import preset_policy
from lendmill.people.canonical import canonical
from lendmill.products.document import Product
from lendmill.products.publishing.files import FileWrong, NotAText, document_in, spreadsheet_of
from lendmill.products.publishing.sheets import sheets_of, taken
from lendmill.products.publishing.toml import toml_of
from lendmill.products.publishing.workbook import NotASpreadsheet, SpreadsheetTooLarge, read, written
from lendmill.products.queries import PRODUCT, preset
from lendmill.products.reading import content_of

LINE = preset("credit-line")


def spelled(document: Any) -> str:
    return canonical(content_of(document))


@pytest.mark.parametrize(
    ("kind", "document"), [(PRODUCT, LINE), (PRODUCT, preset("order-loan")), (POLICY, preset_policy())]
)
def test_a_shipped_document_comes_back_byte_for_byte(kind: Any, document: Any) -> None:
    again = document_in(kind, spreadsheet_of(kind, document), "x.xlsx")
    assert (again.fingerprint, spelled(again)) == (document.fingerprint, spelled(document))


@pytest.mark.parametrize("kind", [Product, Policy])
@QUICK
@given(data=st.data())
def test_whatever_a_document_says_comes_back_byte_for_byte(kind: Any, data: st.DataObject) -> None:
    content = data.draw(contents(kind))
    before = spelled(msgspec.convert(content, kind))
    found = taken(read(written(sheets_of(json.loads(before), kind), lambda _, __: ""), "x"), kind)
    assert found.wrong == []
    assert spelled(msgspec.convert(found.content, kind)) == before


@pytest.mark.parametrize("kind", [Product, Policy])
@QUICK
@given(data=st.data())
def test_whatever_a_document_says_comes_back_from_its_toml_byte_for_byte(kind: Any, data: st.DataObject) -> None:
    document = msgspec.convert(data.draw(contents(kind)), kind)
    text = toml_of(document, "a note\nof two lines")
    assert text.startswith("# a note\n# of two lines\n")
    assert spelled(msgspec.convert(tomllib.loads(text), kind)) == spelled(document)


@pytest.mark.parametrize(
    ("kind", "document"), [(PRODUCT, LINE), (PRODUCT, preset("order-loan")), (POLICY, preset_policy())]
)
def test_a_shipped_document_is_read_from_its_toml_with_the_same_fingerprint(kind: Any, document: Any) -> None:
    again = document_in(kind, toml_of(document).encode(), "x.toml")
    assert (again.fingerprint, spelled(again)) == (document.fingerprint, spelled(document))


def test_numbers_are_numbers_text_is_text_and_nothing_is_a_formula() -> None:
    sheets = read(spreadsheet_of(PRODUCT, msgspec.structs.replace(LINE, source="=1+1", name_zh="007")), "x")
    cells = {row[0]: row[1] for row in sheets["document"]}
    assert (cells["source"], cells["name_zh"], cells["grace_days"]) == ("=1+1", "007", 3.0)
    assert cells["advance_rate_bp"] == ""
    assert sheets["laws"][1][3] == date(2025, 12, 1)
    packed = zipfile.ZipFile(io.BytesIO(spreadsheet_of(PRODUCT, msgspec.structs.replace(LINE, source="=1+1"))))
    assert not any(b"<f>" in packed.read(name) for name in packed.namelist())
    assert b"quotePrefix" in packed.read("xl/styles.xml")


def changed(cells: dict[tuple[str, int, int], Any], drop: str = "", more: str = "") -> bytes:
    """The credit line as a workbook with some cells written otherwise."""
    book = io.BytesIO()
    sheets = read(spreadsheet_of(PRODUCT, LINE), "x")
    with xlsxwriter.Workbook(book) as made:
        day = made.add_format({"num_format": "yyyy-mm-dd"})
        for name, rows in ((name, rows) for name, rows in sheets.items() if name != drop):
            sheet = made.add_worksheet(name)
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    value = cells.get((name, at, column), cell)
                    if isinstance(value, date):
                        sheet.write_datetime(at, column, value, day)
                    else:
                        sheet.write(at, column, value)
        if more:
            made.add_worksheet(more)
    return book.getvalue()


def at(field: str) -> int:
    return [row[0] for row in read(spreadsheet_of(PRODUCT, LINE), "x")["document"]].index(field)


@pytest.mark.parametrize(
    ("field", "value", "told"),
    [
        ("grace_days", "three", "sheet document, cell B{row}: grace_days is three, but must be a whole number"),
        ("grace_days", 2.5, "grace_days is 2.5, but must be a whole number"),
        ("grace_days", None, "grace_days is empty, but must be given"),
        ("grace_days", True, "grace_days is True, but must be a whole number"),
        ("name_zh", 7, "name_zh is 7.0, but must be text: format the cell as text"),
        ("excess", "keep", "excess is keep, but must be one of"),
        ("methods", 'on-demand, "x', "a quote closed where it was opened"),
        ("methods", "on-demand,", "none left open at the end"),
        ("joint_limit", "perhaps", "must be TRUE or FALSE"),
        ("grace_days", 91, "sheet document, cell B{row}: grace_days is 91, but must be from 0 to 90"),
        ("methods", "weekly", "must be one of"),
    ],
)
def test_a_wrong_cell_is_told_by_sheet_row_and_column(field: str, value: Any, told: str) -> None:
    row = at(field)
    with pytest.raises(FileWrong) as refused:
        document_in(PRODUCT, changed({("document", row, 1): value}), "x.xlsx")
    assert told.format(row=row + 1) in str(refused.value)


def test_every_wrong_cell_is_told_at_once() -> None:
    wrong = {
        ("document", at("grace_days"), 1): "three",
        ("document", at("months_max"), 0): "months",
        ("laws", 1, 3): "soon",
        ("laws", 0, 2): "Law",
        ("waterfall_stages", 2, 2): "loan",
    }
    with pytest.raises(FileWrong) as refused:
        document_in(PRODUCT, changed(wrong, more="notes"), "x.xlsx")
    found = {(each.sheet, each.cell) for each in refused.value.facts["mistakes"]}
    assert {("laws", "D2"), ("laws", "C1"), ("waterfall_stages", "C3"), ("notes", "A1")} < found
    assert ("document", f"B{at('grace_days') + 1}") in found
    assert ("document", f"A{at('months_max') + 1}") in found
    assert str(refused.value).startswith(f"x.xlsx cannot be taken over, {len(found)} to put right: ")


@pytest.mark.parametrize(
    ("there", "told"),
    [
        ('t="e"><v>#REF!</v>', ".decline_when is #REF!, but must be a value: what a spreadsheet could not work out"),
        ('t="e"><f>1/0</f><v>#DIV/0!</v>', ".decline_when is =1/0 #DIV/0!, but must be a value and no formula"),
        ("><f>7+7</f><v>14</v>", ".decline_when is =7+7 14, but must be a value and no formula"),
    ],
)
def test_a_formula_or_an_error_in_a_rule_is_told_by_its_cell_and_never_read_as_empty(there: str, told: str) -> None:
    column = list(sheets_of(content_of(preset_policy()), Policy)["rules"][0]).index("decline_when")
    whole, packed = io.BytesIO(spreadsheet_of(POLICY, preset_policy())), io.BytesIO()
    cell = f"{chr(ord('A') + column)}3"
    with zipfile.ZipFile(whole) as before, zipfile.ZipFile(packed, "w") as after:
        book = before.read("xl/workbook.xml").decode()
        n = [line.split('"')[0] for line in book.split('sheet name="')[1:]].index("rules") + 1
        for part in before.namelist():
            text = before.read(part)
            if part == f"xl/worksheets/sheet{n}.xml":
                text, count = re.subn(rf'(<c r="{cell}"[^>]*?)( t="\w+")?><v>\d+</v>'.encode(),
                                      lambda found: found[1] + b" " + there.encode(), text)  # fmt: skip
                assert count == 1
            after.writestr(part, text)
    with pytest.raises(FileWrong) as refused:
        document_in(POLICY, packed.getvalue(), "x.xlsx")
    name = preset_policy().rules[1].rule
    assert f'sheet rules, cell {cell}: rules "{name}"{told}' in str(refused.value)
    assert refused.value.facts["count"] == 1


def test_formulas_are_told_with_all_else_that_is_wrong_in_the_order_of_sheets_and_rows() -> None:
    days, months = (at(name) for name in ("grace_days", "months_max"))
    wrong = {
        ("laws", 1, 3): "soon",
        ("document", days, 1): "=1/0",
        ("document", months, 1): "many",
        ("document", at("version"), 1): -1,
        ("waterfall_stages", 2, 2): "=A1",
    }
    with pytest.raises(FileWrong) as refused:
        document_in(PRODUCT, changed(wrong), "x.xlsx")
    told = [(each.sheet, each.cell, each.value) for each in refused.value.facts["mistakes"]]
    rows = sorted([(at("version"), "-1"), (days, "=1/0 0"), (months, "many")])
    assert told == [
        *(("document", f"B{row + 1}", value) for row, value in rows),
        ("waterfall_stages", "C3", "=A1 0"), ("laws", "D2", "soon"),
    ]  # fmt: skip


def test_a_date_may_be_typed_as_text_and_a_lost_sheet_is_told() -> None:
    typed = document_in(PRODUCT, changed({("laws", 1, 3): "2025-12-01"}), "x.xlsx")
    assert typed == LINE
    with pytest.raises(FileWrong, match="waterfall_stages"):
        document_in(PRODUCT, changed({}, drop="waterfall_stages"), "x.xlsx")
    with pytest.raises(FileWrong, match="a sheet called document"):
        document_in(PRODUCT, changed({}, drop="document"), "x.xlsx")
    noon = changed({("laws", 1, 3): datetime(2025, 12, 1, 12)})  # noqa: DTZ001
    with pytest.raises(FileWrong, match="must be a date"):
        document_in(PRODUCT, noon, "x.xlsx")


def test_what_is_no_file_of_ours_is_told() -> None:
    for content, refusal in ((b"PK\x03\x04nonsense", NotASpreadsheet), (b"\xff\xfe\x00", NotAText)):
        with pytest.raises(refusal):
            document_in(PRODUCT, content, "x")
    large = io.BytesIO()
    with zipfile.ZipFile(large, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * 70_000_000)
    far, other = io.BytesIO(), io.BytesIO()
    with xlsxwriter.Workbook(far) as made:
        made.add_worksheet("document").write(1_048_575, 16_383, "far away")
    with zipfile.ZipFile(other, "w") as packed:
        packed.writestr("content.xml", "another program's")
    with pytest.raises(NotASpreadsheet):
        document_in(PRODUCT, other.getvalue(), "x")
    for content in (large.getvalue(), b"a" * 5_000_001, far.getvalue()):
        with pytest.raises(SpreadsheetTooLarge):
            document_in(PRODUCT, content, "x")


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ("grace_days = 91", "line 3: grace_days is 91, but must be from 0 to 90"),
        ("grace_days = ", "line 3: the file is "),
        ("colour = 'red'", "line 3: colour is red, but must be left out"),
    ],
)
def test_a_wrong_line_of_toml_is_told_by_its_number(wrong: str, line: str) -> None:
    text = f'# a\nkey = "x"\n{wrong}\n'
    with pytest.raises(FileWrong) as refused:
        document_in(PRODUCT, (text if "colour" in wrong or wrong.endswith("= ") else shipped(wrong)).encode(), "x.toml")
    assert line in str(refused.value)


def shipped(third: str) -> str:
    """The shipped credit line with its grace on the third line."""
    from importlib.resources import files

    text = (files("lendmill.products") / "presets" / "credit-line.toml").read_text("utf-8")
    return "\n\n" + third + "\n" + text.replace("grace_days = 3", "")


def test_a_mistake_inside_a_repeated_table_is_found_on_its_line() -> None:
    text = shipped("grace_days = 3").replace('by = "component"', 'by = "loan"')
    with pytest.raises(FileWrong) as refused:
        document_in(PRODUCT, text.encode(), "x.toml")
    (mistake,) = refused.value.facts["mistakes"]
    assert mistake.field == "waterfall_stages[1].by"
    assert text.splitlines()[mistake.line - 1] == 'by = "loan"'


def with_parts(content: bytes, **changed: Any) -> bytes:
    """An Excel file with some parts changed, each by its name."""
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as after:
        for part in before.namelist():
            change = changed.get(Path(part).name.removesuffix(".xml"), bytes)
            after.writestr(part, change(before.read(part)))
    return made.getvalue()


def with_cells(cells: bytes, **changed: Any) -> bytes:
    """The credit line with cells at the end of its first sheet."""
    more = cells + b"</sheetData>"
    return with_parts(spreadsheet_of(PRODUCT, LINE), sheet1=lambda text: text.replace(b"</sheetData>", more), **changed)


BOUNDED = """
import pickle, resource, sys
from lendmill.products.publishing.files import document_in
from lendmill.products.queries import PRODUCT
from lendmill.refusals import Refusal
resource.setrlimit(resource.RLIMIT_AS, (3_000_000_000, 3_000_000_000))
for content in pickle.load(sys.stdin.buffer):
    try:
        document_in(PRODUCT, content, "x")
    except Refusal as refused:
        print(type(refused).__name__)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1000)
"""


def refused_within_bounds(*contents: bytes) -> list[str]:
    """How a process of its own, with little memory, refuses files: one that aborts takes no test with it."""
    told = pickle.dumps(contents)
    done = subprocess.run([sys.executable, "-c", BOUNDED], input=told, capture_output=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr[-2_000:]
    *refusals, megabytes = done.stdout.decode().split()
    assert int(megabytes) < 800
    return refusals


def test_a_cell_far_away_is_refused_however_its_place_is_written() -> None:
    far = (
        b'<row><c r="zz1000000"><v>1</v></c></row>',
        b'<row><c r = "ZZ1000000"><v>1</v></c></row>',
        b"<row><c r='Z99999999'><v>1</v></c></row>",
        b'<row r=" 1048576"><c r="ZZ1"><v>1</v></c></row>',
        b'<row r="1000000"/><row>' + b"<c><v>1</v></c>" * 700 + b"</row>",
        b'<x:row xmlns:x="x" r="1000000"><x:c r="ZZ1"/></x:row>',
        b"<row>" + b'<c r="A1"/>' * 400_001 + b"</row>",
    )
    unclear = (
        b'<row r="0"><c><v>1</v></c></row>',
        b'<row><c r="A0"><v>1</v></c></row>',
        b'<row><c r="1A"><v>1</v></c></row>',
        b'<row><c t="s"><v>1&#48;</v></c></row>',
        b'<row><c t="s"><v>99999</v></c></row>',
    )
    assert refused_within_bounds(*map(with_cells, far)) == ["SpreadsheetTooLarge"] * len(far)
    assert refused_within_bounds(*map(with_cells, unclear)) == ["NotASpreadsheet"] * len(unclear)


def test_what_little_bytes_come_to_is_counted_before_it_is_laid_out() -> None:
    def long(text: bytes) -> bytes:
        return re.sub(rb"<t>.*?</t>", b"<t>" + b"x" * 5_000_000 + b"</t>", text, count=1)

    def again(text: bytes) -> bytes:
        one = re.search(rb'<sheet [^>]*r:id="rId1"/>', text)
        assert one
        more = (re.sub(rb' name="\w+"', b' name="m%d"' % n, one[0]) for n in range(2_000))
        return text.replace(one[0], one[0] + b"".join(more))

    shared = b"".join(b'<row r="%d"><c r="AN%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1_001, 3_001))
    files = (
        with_cells(shared, sharedStrings=long),  # one text in many cells
        with_cells(b'<row r="9999"><c r="AN1"><v>1</v></c></row>', workbook=again),  # one part as many sheets
        with_cells(b" " * 1_000_000, workbook=again),
        with_cells(b"<a/>" * 2_000_001),
    )
    assert max(map(len, files)) < 60_000
    assert refused_within_bounds(*files) == ["SpreadsheetTooLarge"] * len(files)


def test_a_part_with_entities_of_its_own_or_beside_the_values_is_not_read() -> None:
    whole = spreadsheet_of(PRODUCT, LINE)
    own = b"<!DOCTYPE x [<!ENTITY c \"<c r='ZZ1000000'/>\">]><worksheet"
    with pytest.raises(NotASpreadsheet):
        document_in(PRODUCT, with_parts(whole, sheet1=lambda text: text.replace(b"<worksheet", own, 1)), "x")
    for spelled in (b"cp037", b"GBK", b"UTFz8", b"utf-7"):
        for part in ("sheet1", "workbook", "sharedStrings"):
            changed = {part: lambda text, spelled=spelled: text.replace(b"UTF-8", spelled, 1)}
            with pytest.raises(NotASpreadsheet):
                document_in(PRODUCT, with_parts(whole, **changed), "x")
    picture = io.BytesIO(whole)
    with zipfile.ZipFile(picture, "a") as packed:
        packed.writestr("docProps/thumbnail.jpeg", b"\xff\xd8\xff<c r='ZZ1000000'/>")
    assert document_in(PRODUCT, picture.getvalue(), "x") == LINE
