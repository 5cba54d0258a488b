"""Thinking stands apart from touching, and time and fractions of money come in only where they may."""

import ast

import pytest
from source import SOURCE, File, files, told

WORLD = (
    "lendmill.db", "psycopg", "psycopg_pool", "sqlite3", "random", "secrets", "logging", "os", "io", "socket", "ssl",
    "subprocess", "time", "tempfile", "shutil", "threading", "httpx", "urllib.request", "numpy.random", "http.client",
)  # fmt: skip
IN_MEMORY = ("io.BytesIO", "io.StringIO")  # bytes and text being put together touch nothing
CLOCKS = (
    "date.today", "datetime.now", "datetime.today", "datetime.utcnow",
    "time.time", "time.time_ns", "time.localtime", "time.gmtime",
)  # fmt: skip
WITHOUT_FLOATS = ("terms", "ledger", "loans", "funding", "money.py")
MAY_READ_THE_CLOCK = ("ids.py", "jobs.py", "outside", "db", "lab", "api", "web", "cli")


def imported(file: File, modules: tuple[str, ...]) -> list[str]:
    """Where the file imports one of the modules, or something inside one."""
    return [
        f"{file.path}:{line} imports {name}"
        for line, name in file.imports()
        if name not in IN_MEMORY and any(name == module or name.startswith(f"{module}.") for module in modules)
    ]


def opened(file: File) -> list[str]:
    """Where the file opens or writes another file."""
    calls = [node for node in ast.walk(file.tree) if isinstance(node, ast.Call)]
    return [
        f"{file.path}:{call.lineno} calls {ast.unparse(call.func)}"
        for call in calls
        if ast.unparse(call.func) in ("open", "print", "input")
        or (isinstance(call.func, ast.Attribute) and call.func.attr in ("write_text", "write_bytes", "unlink", "mkdir"))
    ]


def clocks(file: File) -> list[str]:
    """Where the file asks what time it is."""
    return [f"{file.path}:{line} reads {name}" for line, name in file.dotted() if name.endswith(CLOCKS)]


def floats(file: File) -> list[str]:
    """Where the file makes or names a binary fraction."""
    found = []
    for node in ast.walk(file.tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            found.append(f"{file.path}:{node.lineno} writes {node.value!r}")
        elif isinstance(node, ast.Name) and node.id == "float":
            found.append(f"{file.path}:{node.lineno} names float")
        elif isinstance(node, ast.Attribute) and node.attr.startswith("float"):
            found.append(f"{file.path}:{node.lineno} names {ast.unparse(node)}")
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div) and not divides_exactly(file):
            found.append(f"{file.path}:{node.lineno} divides {ast.unparse(node)}: whole numbers divide with //")
    return found


def divides_exactly(file: File) -> bool:
    """Whether the file works with exact fractions, so that its `/` need not make a binary one."""
    return any(name.startswith(("fractions.", "decimal.")) for _, name in file.imports())


def hushed(file: File) -> list[str]:
    """Where the file lets every error pass without a word."""
    calls = [node for node in ast.walk(file.tree) if isinstance(node, ast.Call)]
    return [
        f"{file.path}:{call.lineno} {ast.unparse(call)}"
        for call in calls
        if ast.unparse(call.func).endswith("suppress")
        and any(ast.unparse(kind) in ("Exception", "BaseException") for kind in call.args)
    ]


def test_no_error_is_let_pass_without_a_word() -> None:
    wrong = [each for file in files() for each in hushed(file)]
    assert not wrong, told(wrong)


def test_only_actions_queries_and_store_touch_the_world() -> None:
    wrong = [each for file in files() if file.only_thinks for each in imported(file, WORLD) + opened(file)]
    assert not wrong, told(wrong)


def test_only_actions_use_the_store_and_only_that_of_their_own_room() -> None:
    wrong = []
    for file in files():
        stores = [(line, name) for line, name in file.imports() if ".store." in f"{name}."]
        wrong += [
            f"{file.path}:{line} imports {name}"
            for line, name in stores
            if file.name != "actions.py" or not name.startswith(f"lendmill.{file.room}.")
        ]
    assert not wrong, told(wrong)


def test_only_the_doors_and_the_maker_of_ids_read_the_clock() -> None:
    wrong = [each for file in files() if file.room not in MAY_READ_THE_CLOCK for each in clocks(file)]
    assert not wrong, told(wrong)


def test_money_is_never_a_binary_fraction() -> None:
    wrong = [each for file in files() if file.room in WITHOUT_FLOATS for each in floats(file)]
    assert not wrong, told(wrong)


def test_no_statement_asks_the_database_for_the_day() -> None:
    wrong = [path.name for path in SOURCE.rglob("*.sql") if "current_date" in path.read_text().lower()]
    wrong += [file.path for file in files() if "current_date" in file.text.lower()]
    assert not wrong, told(wrong)


@pytest.mark.parametrize(
    ("check", "text"),
    [
        (lambda file: imported(file, WORLD), "import random"),
        (lambda file: imported(file, WORLD), "from lendmill.db import Db"),
        (lambda file: imported(file, WORLD), "from lendmill import db"),
        (opened, "open('x')"),
        (opened, "path.write_text('x')"),
        (clocks, "datetime.datetime.now(UTC)"),
        (clocks, "date.today()"),
        (hushed, "with contextlib.suppress(Exception): f()"),
        (floats, "rate = 0.5"),
        (floats, "def f(x: float): ..."),
        (floats, "np.float64(3)"),
        (floats, "half_cents = round(amount_cents / 2)"),
    ],
)
def test_each_check_finds_what_it_is_for(check: object, text: str) -> None:
    assert callable(check)
    assert check(File("terms/planted.py", text)) != []
