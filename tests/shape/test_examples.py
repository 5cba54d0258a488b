"""The worked examples in the source come out as written."""

import doctest
import importlib

import pytest
from source import files

MODULES = [
    ("lendmill." + file.path.removesuffix(".py").replace("/", ".")).removesuffix(".__init__")
    for file in files()
    if ">>> " in file.text
]


@pytest.mark.parametrize("name", MODULES)
def test_worked_examples(name: str) -> None:
    outcome = doctest.testmod(importlib.import_module(name))
    assert outcome.attempted > 0
    assert outcome.failed == 0
