"""Decisions kept by versions of the house from before: under their own documents they come out the same again."""

import json
from pathlib import Path
from typing import Any

import pytest

from lendmill.credit.policy import policy_of
from lendmill.credit.policy import text_of as policy_text
from lendmill.credit.record import replayed
from lendmill.products.document import product_of
from lendmill.products.document import text_of as product_text

KEPT = [json.loads(path.read_text("utf-8")) for path in sorted((Path(__file__).parent / "kept").glob("*.json"))]
DECISIONS = [(house["documents"], each) for house in KEPT for each in house["decisions"]]


@pytest.mark.parametrize(("documents", "kept"), DECISIONS, ids=[each["name"] for _, each in DECISIONS])
def test_what_was_decided_before_is_decided_again_to_the_last_byte(documents: Any, kept: Any) -> None:
    policy = policy_of(json.loads(documents[kept["policy"]]))
    product = product_of(json.loads(documents[kept["product"]]))
    assert replayed(kept["content"], kept["content_hash"], policy, product).differences == ()


def test_a_document_from_before_keeps_its_spelling() -> None:
    for house in KEPT:
        for name, text in house["documents"].items():
            if name.startswith("policy"):
                assert policy_text(policy_of(json.loads(text))) == text
            else:
                assert product_text(product_of(json.loads(text))) == text
