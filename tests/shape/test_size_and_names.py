"""Files stay small, are named by words of the business, and open with a sentence for a credit officer."""

import ast
import re
from collections.abc import Iterator

from source import ROOMS, ROOT, VOCABULARY, File, files, told

LINES_MAX = 400
FUNCTION_LINES_MAX = 50
NOT_A_NAME = {
    "utils",
    "util",
    "helpers",
    "helper",
    "common",
    "service",
    "services",
    "manager",
    "core",
    "models",
    "data",
    "misc",
}
DAYS = ("_on", "today", "on", "on_day")
INSTANTS = ("_at", "now")
MONEY = re.compile(r"(^|_)(amount|principal|limit|interest|penalty|fee|fees|balance|outstanding|exposure)$")
RECORDS = {"dataclass", "Struct", "NamedTuple"}
NAMED_BY_COMPONENT = ("terms/allocation.py", "Parts")  # its fields are the words of a waterfall's order; all are cents


def test_a_file_has_at_most_400_lines() -> None:
    wrong = [f"{file.path} has {n} lines" for file in files() if (n := len(file.text.splitlines())) > LINES_MAX]
    assert not wrong, told(wrong)


def test_a_function_has_at_most_50_lines() -> None:
    wrong = [
        f"{file.path}:{function.lineno} {function.name} has {lines} lines"
        for file in files()
        for function in file.functions()
        if (lines := (function.end_lineno or function.lineno) - function.lineno + 1) > FUNCTION_LINES_MAX
    ]
    assert not wrong, told(wrong)


def test_no_file_has_a_name_that_says_nothing() -> None:
    wrong = [file.path for file in files() if NOT_A_NAME & set(re.split(r"[_/.]", file.path.removesuffix(".py")))]
    assert not wrong, told(wrong)


def test_each_file_opens_with_a_sentence() -> None:
    wrong = []
    for file in files():
        first = (ast.get_docstring(file.tree) or "").split("\n")[0]
        if not re.match(r"[A-Z`].{15,}[.:;,]?", first):
            wrong.append(f"{file.path}: {first!r}")
    assert not wrong, told(wrong)


def documented(tree: ast.AST) -> Iterator[tuple[int, str, str | None]]:
    """What others may use, with its docstring."""
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) and not node.name.startswith("_"):
            yield node.lineno, node.name, ast.get_docstring(node)


def test_a_docstring_speaks_the_words_of_the_business() -> None:
    wrong = [
        f"{file.path}:{line} {name}"
        for file in files()
        for line, name, said in documented(file.tree)
        if said
        and (
            re.match(r"(Returns?|Gets?) (the|an?)\b", said) or re.search(r"^\s*(Args|Parameters|:param)\b", said, re.M)
        )
    ]
    assert not wrong, told(wrong)


def test_what_others_may_use_says_what_it_is() -> None:
    wrong = []
    for file in files():
        for node in file.tree.body:
            is_public = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
            if is_public and not ast.get_docstring(node):
                wrong.append(f"{file.path}:{node.lineno} {node.name}")
    assert not wrong, told(wrong)


def fields(file: File) -> Iterator[tuple[int, str, str]]:
    """The fields of the file's records, each with its type as written."""
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.ClassDef):
            continue
        marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in (*node.decorator_list, *node.bases)}
        if not marks & RECORDS or (file.path, node.name) == NAMED_BY_COMPONENT:
            continue
        own = [each for each in node.body if isinstance(each, ast.AnnAssign) and isinstance(each.target, ast.Name)]
        if any(ast.unparse(each.target) == "unit" for each in own):
            continue  # a record that carries its unit beside the amount
        for each in own:
            yield each.lineno, ast.unparse(each.target), ast.unparse(each.annotation).removesuffix(" | None")


def unit_missing(name: str, kind: str) -> bool:
    """Whether a field's name hides what it is counted in."""
    if kind == "date":
        return not name.endswith(DAYS)
    if kind == "datetime":
        return not name.endswith(INSTANTS)
    return kind in ("int", "Cents") and MONEY.search(name) is not None


def test_a_field_says_its_unit_last() -> None:
    wrong = [
        f"{file.path}:{line} {name}: {kind}"
        for file in files()
        if file.room in ROOMS or file.path in VOCABULARY
        for line, name, kind in fields(file)
        if unit_missing(name, kind)
    ]
    assert not wrong, told(wrong)


def test_the_unit_check_finds_what_it_is_for() -> None:
    planted = File(
        "loans/planted.py",
        "@dataclass\nclass A:\n    due: date\n    paid: datetime | None\n    amount: int\n    due_on: date\n",
    )
    assert [name for _, name, kind in fields(planted) if unit_missing(name, kind)] == ["due", "paid", "amount"]


def test_nothing_is_left_for_later() -> None:
    later = re.compile("|".join(("TO" + "DO", "FIX" + "ME", "Not" + "ImplementedError", "x" + "fail", "XX" + "X")))
    paths = [
        path for folder in ("src", "tests", "bench", "tools") for path in (ROOT / folder).rglob("*") if path.is_file()
    ]
    wrong = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in paths
        if path.suffix in (".py", ".sql", ".toml", ".html", ".js", ".css", "")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1)
        if later.search(line)
    ]
    assert not wrong, told(wrong)
