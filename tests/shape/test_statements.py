"""Statements to the database are upper-case constants with lower-case keywords and named columns."""

import ast
import re

from source import File, files, told

VERBS = {"many", "maybe", "one", "scalar", "run"}
PAST_THE_VERBS = {"execute", "executemany"}  # the folder db itself may: it speaks to servers that have no tables yet
KEYWORDS = re.compile(r"\b(SELECT|INSERT INTO|UPDATE|DELETE FROM|WHERE|FROM|ORDER BY|GROUP BY)\b")
STATEMENT = re.compile(r"^\s*(with|select|insert|update|delete|create|alter)\b", re.IGNORECASE)


def constants(file: File) -> list[ast.Constant]:
    """Every text in the file that is a statement."""
    return [
        node
        for node in ast.walk(file.tree)
        if isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and STATEMENT.match(node.value)
        and " " in node.value
    ]


def asks(file: File, call: ast.Call) -> bool:
    """Whether a call is one of the database's verbs, or in a room goes past them."""
    if isinstance(call.func, ast.Attribute):
        return call.func.attr in PAST_THE_VERBS and file.room != "db"
    return isinstance(call.func, ast.Name) and call.func.id in VERBS


def unnamed(file: File) -> list[str]:
    """Where a statement is written in the middle of a call of the database's verbs."""
    found = []
    for node in ast.walk(file.tree):
        if not isinstance(node, ast.Call) or not asks(file, node):
            continue
        for argument in node.args:
            inside = [part for part in ast.walk(argument) if isinstance(part, ast.Constant | ast.JoinedStr)]
            texts = [part.value for part in inside if isinstance(part, ast.Constant) and isinstance(part.value, str)]
            if any(STATEMENT.match(text) for text in texts):
                found.append(f"{file.path}:{node.lineno} {ast.unparse(node)[:60]}")
    return found


def test_a_statement_is_a_constant_above_its_function() -> None:
    wrong = [each for file in files() for each in unnamed(file)]
    assert not wrong, told(wrong)


def test_a_statement_names_its_columns() -> None:
    wrong = [
        f"{file.path}:{text.lineno}"
        for file in files()
        for text in constants(file)
        if re.search(r"\bselect\s+(\w+\.)?\*", str(text.value))
    ]
    assert not wrong, told(wrong)


def test_keywords_are_in_lower_case() -> None:
    wrong = [
        f"{file.path}:{text.lineno}" for file in files() for text in constants(file) if KEYWORDS.search(str(text.value))
    ]
    assert not wrong, told(wrong)


def test_the_checks_find_what_they_are_for() -> None:
    planted = File(
        "loans/queries.py",
        'scalar(db, "select a from b")\ndb.execute(f"delete from {t}")\nX = "select * from b"\nY = "SELECT a FROM b"\n',
    )
    assert len(unnamed(planted)) == 2
    assert [KEYWORDS.search(str(text.value)) is not None for text in constants(planted)].count(True) == 1
