"""What a decision stands on: the case, the documents, and the facts as the rules and tables read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from lendmill.credit.case import Case
from lendmill.credit.policy import Policy
from lendmill.products.document import Product


@dataclass(frozen=True, slots=True)
class Ground:
    """One case under one policy for one product; `sources` are those that cover the shop."""

    case: Case
    policy: Policy
    product: Product
    grade: str | None
    known: Mapping[str, Any]
    sources: tuple[str, ...]
