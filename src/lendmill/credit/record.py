"""What is kept of a decision: all it was made from and all it found, in one text under one fingerprint."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import msgspec

from lendmill.credit import policy as policies
from lendmill.credit.case import Case
from lendmill.credit.decide import Decision, decide
from lendmill.credit.policy import Policy
from lendmill.credit.review.verdict.judging import reviewed
from lendmill.credit.review.verdict.review import Review
from lendmill.people.canonical import canonical, canonical_struct, digest_of
from lendmill.products import document as products
from lendmill.products.document import Product
from lendmill.refusals import Refusal

FORMAT: Final = 1


class DocumentRef(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Exactly which version of a document a decision used."""

    key: str
    version: int
    digest: str


class Content(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A decision as kept; a person's has the review it follows from."""

    format: int
    case: Case
    policy: DocumentRef
    product: DocumentRef
    decision: Decision
    review: Review | msgspec.UnsetType = msgspec.UNSET


@dataclass(frozen=True, slots=True)
class Replay:
    """Whether deciding again gives the same decision to the last byte, and where it does not."""

    same: bool
    differences: tuple[str, ...]


def content(
    case: Case,
    policy: Policy,
    product: Product,
    decision: Decision,
    review: Review | msgspec.UnsetType = msgspec.UNSET,
) -> Content:
    """Put a decision together with what it was made from."""
    return Content(
        format=FORMAT,
        case=case,
        policy=DocumentRef(key=policy.key, version=policy.version, digest=policies.digest(policy)),
        product=DocumentRef(key=product.key, version=product.version, digest=products.digest(product)),
        decision=decision,
        review=review,
    )


def made_again(kept: Content, policy: Policy, product: Product) -> Decision:
    """The decision that follows from what is kept: the computer's, or that of a person's review."""
    if kept.review is msgspec.UNSET:
        return decide(kept.case, policy, product)
    return reviewed(kept.case, policy, product, kept.review)


def text_of(kept: Content) -> str:
    """A decision's content in its one spelling."""
    if kept.review is not msgspec.UNSET:
        return canonical(msgspec.to_builtins(kept))
    return canonical_struct(kept, _figures(kept))


def _figures(kept: Content) -> Iterator[float]:
    """Every number of a computer's decision that is no whole one: of the facts, the rating and the findings."""
    yield from (fact for fact in kept.case.facts.values() if fact is not None)
    if kept.case.rating is not None and kept.case.rating.pd is not None:
        yield kept.case.rating.pd
    for found in kept.decision.findings:
        for value in (found.value, *(found.threshold if isinstance(found.threshold, tuple) else (found.threshold,))):
            if isinstance(value, float):
                yield value


def content_of(text: str) -> Content:
    """A decision's content from its text."""
    return msgspec.convert(json.loads(text), Content)


def replayed(text: str, content_hash: str, policy: Policy, product: Product) -> Replay:
    """Decide a kept case again under the kept documents, and compare byte for byte."""
    if digest_of(text) != content_hash:
        return Replay(False, (f"the content's fingerprint is {digest_of(text)}, not the {content_hash} kept",))
    kept = content_of(text)
    try:
        again = text_of(content(kept.case, policy, product, made_again(kept, policy, product), kept.review))
    except Refusal as no:  # a person's verdict that could not be given on what is kept
        return Replay(False, (str(no),))
    if again == text:
        return Replay(True, ())
    return Replay(False, tuple(differences(json.loads(text), json.loads(again))) or ("the spelling differs",))


def differences(kept: Any, again: Any, at: str = "") -> Iterator[str]:
    """Each place where two contents part, by its path.

    >>> list(differences({"a": [1, 2]}, {"a": [1, 3]}))
    ['a[1]: kept 2, now 3']
    """
    if isinstance(kept, dict) and isinstance(again, dict):
        for key in sorted({*kept, *again}):
            yield from differences(kept.get(key), again.get(key), f"{at}.{key}" if at else key)
    elif isinstance(kept, list) and isinstance(again, list) and len(kept) == len(again):
        for n, (one, other) in enumerate(zip(kept, again, strict=True)):
            yield from differences(one, other, f"{at}[{n}]")
    elif kept != again or type(kept) is not type(again):
        yield f"{at}: kept {canonical(kept)}, now {canonical(again)}"
