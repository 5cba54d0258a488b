"""The examples kept with a policy: a shop as it may be, what must come of it, and whether that is so."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from typing import Any, Final, Literal
from uuid import UUID

import msgspec

from lendmill.credit.case import Case, CaseBorrower, CaseRating, CaseStanding
from lendmill.credit.decide import Decision, decide
from lendmill.credit.policy import Policy
from lendmill.credit.reasons import CODES, Reason
from lendmill.credit.testing.words import OUTCOME_NAMES
from lendmill.features.catalogue import NAMES
from lendmill.money import yuan
from lendmill.products.document import Product
from lendmill.products.publishing.files import misspelled, told_by_lines
from lendmill.products.reading import Misread, every_misread, from_content, readable
from lendmill.products.spelled import WHOLE_MAX, Misspelled, NumberBeyond, content_in
from lendmill.refusals import InBoth, Refusal

NOBODY: Final = UUID(int=0)
LETTERS_MAX: Final = 120


class InvalidCases(Refusal):
    """Case {case}: {field} is {value!r}, but must be {allowed}."""


class CasesFail(Refusal):
    """Policy {policy}, version {version}, does not do what {failing} of its {all} cases say; the first: {first}."""


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A shop that differs from the usual one in what is said here, and what must come of it.

    `facts`, `borrower`, `rating` and `standing` change single figures of the usual shop; `rating = false` is a shop
    without one. Of what must come, only what is written is held: the outcome, the limit, reasons among those given.
    """

    name: str
    name_zh: str = ""
    product: str = ""
    facts: dict[str, float | None] = {}
    unknown: tuple[str, ...] = ()
    borrower: dict[str, Any] = {}
    rating: dict[str, Any] | bool = {}
    standing: dict[str, Any] = {}
    file: dict[str, Any] = {}
    outcome: Literal["approve", "refer", "decline", "counter"]
    limit_cents: int | None = None
    reasons: tuple[str, ...] = ()


class Usual(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The shop from which each example differs."""

    today: date
    product: str
    asked_cents: int
    purpose: str
    net_assets_cents: int
    borrower: dict[str, Any]
    rating: dict[str, Any]
    facts: dict[str, float | None]


class Examples(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A policy's cases as their author writes them."""

    usual: Usual
    cases: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """What came of one example, and where that is not what must come."""

    name: str
    decision: Decision
    wrong: tuple[str, ...]
    wrong_zh: tuple[str, ...] = ()
    name_zh: str = ""

    def called(self, *, chinese: bool) -> str:
        """Its name in a language; one without a Chinese name has the other."""
        return (chinese and self.name_zh) or self.name


def read_cases(text: str, name: str = "the file") -> Examples:
    """Read a policy's cases, in TOML; wrong ones are refused by `FileWrong`, all of them by their lines."""
    try:
        content = content_in(text)
    except Misspelled as error:
        raise misspelled(name, error) from None
    except NumberBeyond as error:
        beyond = Misread(error.field, str(error), f"a number, at most {WHOLE_MAX:,}")
        raise told_by_lines(name, [beyond], text, {}) from None
    shape = list(every_misread(content, Examples))
    found = _as_kept(from_content(readable(content, Examples) if shape else content, Examples))
    gone = {_case_at(each.field) for each in shape}
    wrong = [*shape, *(each for each in _mistakes(found) if _case_at(each.field) not in gone)]
    if wrong:
        raise told_by_lines(name, wrong, text, content)
    return found


def _as_kept(read: Examples) -> Examples:
    """Cases with the days within their changes as they will be kept."""
    return from_content(msgspec.to_builtins(read), Examples)


def shipped_cases() -> Examples:
    """The cases that come with the shipped policy."""
    return read_cases((files("lendmill.credit") / "presets" / "policy-standard-cases.toml").read_text("utf-8"))


def text_of(examples: Examples) -> str:
    """Cases as their author would write them, in TOML; read again they are the same."""
    usual = msgspec.structs.asdict(examples.usual)
    lines = ["[usual]", *(f"{name} = {_toml(value)}" for name, value in usual.items() if value is not None)]
    for example in examples.cases:
        lines += ["", "[[cases]]"]
        told = msgspec.structs.asdict(example)
        usually = {each.name: each for each in msgspec.structs.fields(Example)}
        for name, value in told.items():
            if usually[name].required or value not in (None, "", {}, ()):
                lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


def _toml(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, dict):
        told = (f"{json.dumps(name)} = {_toml(each)}" for name, each in value.items() if each is not None)
        return f"{{ {', '.join(told)} }}"
    if isinstance(value, (tuple, list)):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value)


def cases_of(content: Mapping[str, Any]) -> Examples:
    """Read them from their stored content."""
    try:
        found = _as_kept(from_content(content, Examples))
    except Misread as wrong:
        raise _invalid(wrong) from None
    if wrongs := list(_mistakes(found)):
        raise _invalid(wrongs[0])
    return found


def _invalid(wrong: Misread) -> InvalidCases:
    return InvalidCases(case="in this file", field=wrong.field, value=wrong.value, allowed=wrong.allowed)


def _mistakes(found: Examples) -> Iterator[Misread]:
    """What cannot stand in cases that can be read, each by its own field."""
    names = [each.name for each in found.cases]
    for holds, allowed in ((bool(names), "at least one"), (len(set(names)) == len(names), "each named once")):
        if not holds:
            yield Misread("cases", names, allowed)
    for n, example in enumerate(found.cases):
        name, called = example.name, example.name_zh
        strange = sorted(set(example.reasons) - CODES)
        gone = sorted({*example.facts, *example.unknown} - set(NAMES))
        checks = (
            (0 < len(name.strip()) <= LETTERS_MAX and name.isprintable(), "name", name, "a name"),
            (len(called) <= LETTERS_MAX and called.isprintable(), "name_zh", called, "a name in Chinese"),
            (not strange, "reasons", strange, f"out of {', '.join(sorted(CODES))}"),
            (not gone, "facts", gone, "in the catalogue of features"),
        )
        wrong = [Misread(f"cases[{n}].{field}", value, allowed) for holds, field, value, allowed in checks if not holds]
        yield from wrong
        try:
            case_of(found.usual, example)
        except Misread as misread:
            if not wrong:
                yield Misread(f"cases[{n}].{misread.field}", misread.value, misread.allowed)


def _case_at(field: str) -> str:
    """Which of the cases a field is in."""
    return field.partition("]")[0]


def case_of(usual: Usual, example: Example) -> Case:
    """The file of an example: the usual shop with its changes."""
    facts = {**usual.facts, **example.facts, **dict.fromkeys(example.unknown)}
    rated = example.rating
    rating = {
        **_RATED,
        "as_of_on": usual.today.isoformat(),
        **usual.rating,
        **(rated if isinstance(rated, dict) else {}),
    }
    whole = {
        "stage": "application", "today": usual.today.isoformat(), "borrower_id": str(NOBODY), "shop_id": str(NOBODY),
        "borrower": {**_WHO, **usual.borrower, **example.borrower},
        "rating": None if rated is False else rating,
        "facts": facts, "facts_as_of_on": usual.today.isoformat(), "snapshot_id": None, "facts_unreadable": (),
        "standing": {**_CLEAN, **example.standing},
        "granted_cents": 0, "joint_granted_cents": 0, "net_assets_cents": usual.net_assets_cents,
        "asked_cents": usual.asked_cents, "purpose": usual.purpose, "offer_id": None, "offer_limit_cents": None,
        "group": None,
        **example.file,
    }  # fmt: skip
    builtins = msgspec.to_builtins(whole)  # days may be written as days
    return from_content(builtins, Case)


_WHO: Final = dict.fromkeys(CaseBorrower.__struct_fields__)
_RATED: Final = {
    **dict.fromkeys(each.name for each in msgspec.structs.fields(CaseRating) if each.required),
    "rating_id": str(NOBODY), "model_id": "example", "model_digest": "", "doubts": (),
}  # fmt: skip
_CLEAN: Final = {**dict.fromkeys(CaseStanding.__struct_fields__, 0), "late_since_on": None}


def tried(examples: Examples, policy: Policy, products: Sequence[Product]) -> list[ExampleResult]:
    """Decide every example under a policy, and say where it does otherwise than the example says."""
    by_key = {product.key: product for product in products}
    found = []
    for example in examples.cases:
        key = example.product or examples.usual.product
        if key not in by_key:
            raise InvalidCases(case=example.name, field="product", value=key, allowed=f"one of {', '.join(by_key)}")
        made = decide(case_of(examples.usual, example), policy, by_key[key])
        wrong = tuple(_wrong(example, made))
        en, zh = tuple(en for en, _ in wrong), tuple(zh for _, zh in wrong)
        found.append(ExampleResult(example.name, made, en, zh, example.name_zh))
    return found


def _wrong(example: Example, made: Decision) -> Iterator[tuple[str, str]]:
    """Where a decision is not what must come of an example, in both languages."""
    if made.outcome != example.outcome:
        (en, zh), (must_en, must_zh) = OUTCOME_NAMES[made.outcome], OUTCOME_NAMES[example.outcome]
        why_en, why_zh = (_why(made, language) for language in ("en", "zh"))
        yield (
            f"the outcome is {en}, not {must_en}{why_en and ': '}{why_en}",
            f"决策结果为{zh}，而非{must_zh}{why_zh and '：'}{why_zh}",
        )
    limit_cents = made.terms.limit_cents if made.terms else 0
    if example.limit_cents is not None and limit_cents != example.limit_cents:
        is_yuan, must_yuan = yuan(limit_cents), yuan(example.limit_cents)
        yield f"the limit is {is_yuan} yuan, not {must_yuan} yuan", f"额度为{is_yuan}元，而非{must_yuan}元"
    for code in example.reasons:
        if code not in made.reasons:
            reason = Reason.of(code)
            yield f"not among the reasons: {reason.en.rstrip('.')}", f"原因中没有：{reason.zh.rstrip('。')}"


def _why(made: Decision, language: str) -> str:
    """The reasons of a decision, to stand inside a sentence."""
    return " ".join(Reason.of(code).sentence(language) for code in made.reasons).rstrip(".。")


def held(results: Sequence[ExampleResult], policy: Policy) -> None:
    """Refuse, by `CasesFail`, a policy that does otherwise than its cases say."""
    failing = [each for each in results if each.wrong]
    if failing:
        one = failing[0]
        first = InBoth(f"{one.name}: {'; '.join(one.wrong)}", f"{one.called(chinese=True)}：{'；'.join(one.wrong_zh)}")
        raise CasesFail(policy=policy.key, version=policy.version, failing=len(failing), all=len(results), first=first)
