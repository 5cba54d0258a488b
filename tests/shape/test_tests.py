"""The tests' own rules: no mocks of our code, no sleeping in place of waiting, a sentence at the top."""

import ast
import re

from source import ROOT, told

SLEEPS = "time." + "sleep"


def test_no_test_sleeps_or_mocks() -> None:
    wrong = []
    for path in sorted((ROOT / "tests").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for number, line in enumerate(text.splitlines(), start=1):
            if SLEEPS in line or re.search(r"\b(unittest\.mock|from unittest import mock|MagicMock|mocker)\b", line):
                wrong.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
            if re.search(r"monkeypatch\.setattr\(\s*[\"']?lendmill", line):
                wrong.append(f"{path.relative_to(ROOT)}:{number} {line.strip()}")
    wrong = [each for each in wrong if not each.startswith("tests/shape/test_tests.py")]
    assert not wrong, told(wrong)


def test_each_test_file_says_what_it_is_about() -> None:
    wrong = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if path.read_text(encoding="utf-8").strip()
        and not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert not wrong, told(wrong)
