"""Which policy decides on a day, which beside it, and what a policy and a product must fit to be published."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any, Final, Literal, TypeVar

from lendmill.credit.policy import Policy, policy_of, read_policy
from lendmill.credit.testing.queries import case_sets, cases, hold_outs_from
from lendmill.credit.testing.unit_cases import ExampleResult, held, tried
from lendmill.db import Db
from lendmill.features.catalogue import NAMES
from lendmill.products import queries as products
from lendmill.products.document import GRADES, Product
from lendmill.products.law import check_in_force, check_named
from lendmill.products.publishing import queries as published
from lendmill.products.publishing.kind import Document, DocumentKind, KindName
from lendmill.refusals import Refusal

D = TypeVar("D", bound=Document)
STANDARD: Final = "standard"
LAW_FIGURES: Final = ("eligibility.age_years_min", "limit.borrower_share_of_net_assets_bp")


class NoSuchPolicy(Refusal):
    """There is no policy {key}{version}: `lendmill policies` shows what there is, and takes a version further."""


class NoLivePolicy(NoSuchPolicy):
    """Lending is paused, for no version of policy {key} is live: the page Policies and `lendmill policies list` show
    what versions there are, and two people let one of them go live there."""


class LendingPaused(NoSuchPolicy):
    """Nothing new can be granted at the moment: please come back later. What you filled in is kept, and limits and
    loans you have go on as agreed."""

    def for_staff(self) -> NoLivePolicy:
        """Which policy is missing, and where a version of it goes live."""
        return NoLivePolicy(**self.facts)


class NoSuchDocumentKind(Refusal):
    """There are no documents called {kind!r}: say policies or products."""


class PolicyNotInForce(Refusal):
    """Policy {key} says of itself that it is in force from {in_force_on}, and would count from {on}."""


class FactGone(Refusal):
    """Policy {key} reads {fact}, which the record does not give any more: no file could ever pass what asks for it."""


class GradeWithoutPrice(Refusal):
    """Policy {policy} grants grade {grade}, for which {product} has no price: name one, or price all grades alike."""


class JointProductUnknown(Refusal):
    """Product {product} shares its limit with {other}, and the house has no such product."""


def policy_fits(db: Db, policy: Policy, on: date) -> None:
    """Refuse a policy that does not suit the catalogue, the law or what is for sale on a day.

    It is held to the cases kept with it, too. Refuses with `FactGone`, `PolicyNotInForce`, `LawUnnamed`,
    `LawNotInForce`, `GradeWithoutPrice`, `CasesFail`, `InvalidCases`.
    """
    for fact in policy.facts:
        if fact not in NAMES:
            raise FactGone(key=policy.key, fact=fact)
    if policy.in_force_on > on:
        raise PolicyNotInForce(key=policy.key, in_force_on=policy.in_force_on, on=on)
    if not published.was_live(db, "policy", policy.key, policy.version):
        check_named(policy.laws or (), LAW_FIGURES, document=f"Policy {policy.key}")
    check_in_force(policy.laws or (), document=f"Policy {policy.key}", on=on)
    sold = products.live_products(db, on)
    for product in sold:
        check_priced(policy, product)
    held(case_results(db, policy, sold), policy)


def case_results(db: Db, policy: Policy, sold: Sequence[Product]) -> list[ExampleResult]:
    """What a policy makes of the cases kept with it, for what is sold; none where none are kept.

    Refuses with `InvalidCases` a case for a product that is not sold any more.
    """
    examples = cases(db, policy.key)
    return tried(examples, policy, sold) if examples is not None else []


def live_fails(db: Db, key: str, on: date) -> tuple[int, list[ExampleResult]]:
    """The version live on a day, 0 where none is, and those of the cases kept with the policy that it fails now."""
    live = published.live(db, POLICY, key, on)
    if live is None:
        return 0, []
    return live.version, [each for each in case_results(db, live, products.live_products(db, on)) if each.wrong]


def product_fits(db: Db, product: Product, on: date) -> None:
    """Refuse a product as `products.queries.fits` does, and one that the live policy cannot sell.

    Refuses with `JointProductUnknown` and `GradeWithoutPrice` too.
    """
    products.fits(db, product, on)
    for other in product.joint_limit.products if product.joint_limit else ():
        if not published.versions(db, "product", on, other):
            raise JointProductUnknown(product=product.key, other=other)
    for policy in published.all_live(db, POLICY, on):
        check_priced(policy, product)


def check_priced(policy: Policy, product: Product) -> None:
    """Refuse, by `GradeWithoutPrice`, a product that prices by grade and leaves out one that the policy grants."""
    if not product.rate_by_grade:
        return
    for grade in GRADES:
        if grade not in policy.rating.declined and grade not in product.rate_by_grade:
            raise GradeWithoutPrice(policy=policy.key, grade=grade, product=product.key)


def policy_in(text: str) -> Policy:
    """A policy as written in a file; a fact it reads that no feature gives is refused by `InvalidPolicy`."""
    return read_policy(text, frozenset(NAMES))


def checked_policy(content: Mapping[str, Any]) -> Policy:
    """A policy as somebody put it together; a fact it reads that no feature gives is refused by `InvalidPolicy`."""
    return policy_of(content, frozenset(NAMES))


def held_to(db: Db, key: str) -> str | None:
    """The fingerprint of the cases that count for a policy now; None where none are kept."""
    return next((each.digest for each in case_sets(db, key, size=1)), None)


POLICY: Final = DocumentKind[Policy](
    name="policy", type=Policy, read=policy_of, written=policy_in, checked=checked_policy, fits=policy_fits,
    held_out=hold_outs_from, held_to=held_to,
)  # fmt: skip
PRODUCT: Final = replace(products.PRODUCT, fits=product_fits, held_out=hold_outs_from)
KINDS: Final[dict[KindName, DocumentKind[Any]]] = {"policy": POLICY, "product": PRODUCT}


def kind_named(text: str) -> DocumentKind[Any]:
    """A kind of document by what several of it are called, or the refusal `NoSuchDocumentKind`."""
    for plural, kind in (("policies", POLICY), ("products", PRODUCT)):
        if plural == text:
            return kind
    raise NoSuchDocumentKind(kind=text[:40])


def document(db: Db, kind: DocumentKind[D], key: str, version: int) -> D:
    """A version of a document, the one that stands or else the draft as it was last written; or `NoSuchVersion`."""
    found = published.text(db, kind.name, key, version)
    return kind.read(json.loads(found.body))


def live_policy(db: Db, key: str = STANDARD, *, on: date) -> Policy:
    """The version of a policy that is live on a day, or the refusal `NoLivePolicy`."""
    found = published.live(db, POLICY, key, on)
    if found is None:
        raise NoLivePolicy(key=key)
    return found


def lending_paused(db: Db, on: date) -> bool:
    """Whether no policy decides on a day, so that nothing new can be granted."""
    return published.day_of(db, "policy", STANDARD, on).live is None


def lapsed_before(db: Db, today: date) -> date:
    """What waits and had its last day before this one is over: today, or the day on which a pause of lending began,
    while it lasts and on the first day after it.

    So nothing lapses in a pause: what had its last day in it can still be met or accepted on the first day after it.
    """
    begins = today
    changes = {each.effective_on for each in published.log(db, "policy", STANDARD) if each.effective_on < today}
    for day in sorted(changes, reverse=True):
        if not lending_paused(db, day):
            break
        begins = day
    return begins


def ends(kind: KindName, key: str, stage: str) -> Literal["", "lending", "sales"]:
    """What stops once a version that stands there is retired: all new lending, or the sales of one product."""
    if stage != "live":
        return ""
    return "sales" if kind == "product" else "lending" if key == STANDARD else ""


def back_on(db: Db, kind: KindName, key: str, today: date) -> date | None:
    """The coming day on which a version that two people agreed to goes live, if there is one."""
    coming = published.coming(db, kind, today, key)
    return min((each.effective_on for each in coming if each.stage == "live"), default=None)


def lending_back_on(db: Db, today: date) -> date | None:
    """The coming day on which a policy decides again, if there is one."""
    return back_on(db, "policy", STANDARD, today)


def policy_version(db: Db, key: str, version: int) -> Policy:
    """Exactly the version named of a policy, or the refusal `NoSuchPolicy`."""
    found = published.opened(db, POLICY, key, version)
    if found is None:
        raise NoSuchPolicy(key=key, version=f" in version {version}")
    return found


def shared_policies(db: Db, on: date) -> list[tuple[Policy, int]]:
    """Versions that are live for a share of borrowers on a day, with that share in basis points."""
    return published.all_shared(db, POLICY, on)


def shadow_policies(db: Db, on: date) -> list[Policy]:
    """Versions that decide beside the live one on a day, and are never used."""
    return published.all_shadows(db, POLICY, on)
