"""The item bank: every question that can be asked, what it measures, and how its answers are scored."""

import tomllib
from collections import Counter
from enum import StrEnum
from functools import cached_property
from importlib.resources import files
from itertools import pairwise
from typing import Any, Final

import msgspec

from lendmill.people.canonical import canonical, digest_of
from lendmill.refusals import Refusal

STEPS: Final = 5
CHINESE: Final = "zh-Hans"
STEPS_EN: Final = (
    "Does not fit me at all",
    "Rather does not fit me",
    "Neither nor",
    "Rather fits me",
    "Fits me very well",
)
STEPS_ZH: Final = ("完全不符合", "不太符合", "说不清", "比较符合", "非常符合")


class InvalidBank(Refusal):
    """The item bank cannot be used: {field} is {value!r}, but must be {allowed}."""


class Trait(StrEnum):
    """What a question measures; the impression scale measures how far somebody claims too much."""

    CONSCIENTIOUSNESS = "conscientiousness"
    EMOTIONAL_STABILITY = "emotional_stability"
    PRUDENCE = "prudence"
    LOCUS_OF_CONTROL = "locus_of_control"
    INTEGRITY = "integrity"
    IMPRESSION = "impression"


TRAITS: Final = tuple(trait for trait in Trait if trait is not Trait.IMPRESSION)


class Course(msgspec.Struct, frozen=True):
    """One course of action in a situation."""

    en: str
    zh: str


class Pace(msgspec.Struct, frozen=True):
    """How long an item usually takes: the median of the logarithm of seconds, and how far people spread around it."""

    log_seconds: float
    spread: float


class Item(msgspec.Struct, frozen=True):
    """One question: a statement answered on five steps, or a situation with courses of action from least to most."""

    key: str
    trait: Trait
    keyed: int
    source: str
    a: float
    b: tuple[float, ...]
    en: str
    zh: str
    options: tuple[Course, ...] = ()
    paces: dict[str, Pace] = {}

    @property
    def is_situation(self) -> bool:
        """Whether it is a situation."""
        return bool(self.options)

    @property
    def steps(self) -> int:
        """How many answers it has."""
        return len(self.b) + 1

    def scored(self, choice: int) -> int:
        """An answer in the direction of the trait: 0 speaks least for it."""
        return choice if self.keyed > 0 else self.steps - 1 - choice

    def told(self, language: str) -> str:
        """The question in a language."""
        return self.zh if language == CHINESE else self.en

    def answers(self, language: str) -> tuple[str, ...]:
        """What can be answered, in the order it is kept, whatever order it is shown in."""
        if self.options:
            return tuple(each.zh if language == CHINESE else each.en for each in self.options)
        return STEPS_ZH if language == CHINESE else STEPS_EN


class FormRules(msgspec.Struct, frozen=True):
    """How a form is drawn and what its answers are held to; every threshold is by design."""

    days_to_finish: int
    days_between: int
    statements: int
    situations: int
    impressions: int
    pair_distance_min: int
    pause_seconds: float
    fast_z: float
    slow_z: float
    eager_z: float
    fast_share_max: float
    run_max: int
    same_share_max: float
    extreme_share_max: float


class IndexWeights(msgspec.Struct, frozen=True):
    """How much each part counts in consistency and in concealment; by design, not from data."""

    consistency_pairs: float
    consistency_fit: float
    concealment_gap: float
    concealment_impression: float
    concealment_eager: float


class ReadingPace(msgspec.Struct, frozen=True):
    """How long a text takes before anybody was timed: settling, then letters or words."""

    settle_seconds: float
    seconds_per_letter_zh: float
    seconds_per_word_en: float
    spread: float


class ItemBank(msgspec.Struct, frozen=True, dict=True):
    """A version of the bank: its edition of texts, its version of parameters, and where those came from."""

    edition: int
    parameters: int
    origin: str
    rules: FormRules
    weights: IndexWeights
    reading: ReadingPace
    items: tuple[Item, ...]
    pairs: tuple[tuple[str, str], ...]

    @cached_property
    def by_key(self) -> dict[str, Item]:
        """Each item by its key."""
        return {item.key: item for item in self.items}

    def of(self, trait: Trait, *, situations: bool) -> list[Item]:
        """The statements or the situations of one trait, in the bank's order."""
        return [item for item in self.items if item.trait is trait and item.is_situation is situations]

    @property
    def version(self) -> str:
        """Edition and parameters, as people name it."""
        return f"{self.edition}.{self.parameters}"

    @cached_property
    def body(self) -> str:
        """The bank as it is kept, in its one spelling."""
        return canonical(msgspec.to_builtins(self))

    @cached_property
    def digest(self) -> str:
        """The fingerprint of its content, which every result names."""
        return digest_of(self.body)


def shipped_bank() -> ItemBank:
    """The bank that comes with the house."""
    text = (files("lendmill.rating.psychometrics") / "bank.toml").read_text("utf-8")
    return bank_of(tomllib.loads(text))


def bank_of(content: Any) -> ItemBank:
    """A bank from its content, nothing guessed; else the refusal `InvalidBank`."""
    try:
        bank = msgspec.convert(content, ItemBank, strict=False)
    except msgspec.ValidationError as error:
        raise InvalidBank(field="the document", value=str(error), allowed="an item bank") from None
    for item in bank.items:
        _check_item(item)
    _check_whole(bank)
    return bank


def bank_read(body: str) -> ItemBank:
    """A bank as it was kept."""
    return bank_of(msgspec.json.decode(body))


def _require(holds: bool, field: str, value: Any, allowed: str) -> None:
    if not holds:
        raise InvalidBank(field=field, value=value, allowed=allowed)


def _check_item(item: Item) -> None:
    _require(item.keyed in (1, -1), f"{item.key}.keyed", item.keyed, "1 or -1")
    _require(0 < item.a < 10, f"{item.key}.a", item.a, "above 0 and below 10")
    rising = all(lower < upper for lower, upper in pairwise(item.b))
    _require(
        rising and all(abs(b) < 10 for b in item.b), f"{item.key}.b", item.b, "thresholds that rise, each within 10"
    )
    steps = len(item.options) if item.options else STEPS
    _require(len(item.b) == steps - 1, f"{item.key}.b", item.b, f"{steps - 1} thresholds")
    _require(bool(item.en.strip() and item.zh.strip()), f"{item.key}.en, zh", item.en, "text in both languages")


def _check_whole(bank: ItemBank) -> None:
    often = Counter(item.key for item in bank.items)
    _require(max(often.values(), default=0) == 1, "items", often.most_common(1), "one of each key")
    for pair in bank.pairs:
        traits = {bank.by_key[key].trait for key in pair if key in bank.by_key and not bank.by_key[key].is_situation}
        _require(len(set(pair)) == 2 and len(traits) == 1, "pairs", pair, "two statements of one trait")
    paired = Counter(key for pair in bank.pairs for key in pair)
    _require(max(paired.values(), default=0) <= 1, "pairs", paired.most_common(1), "a statement once at most")
    for trait in Trait:
        wanted = bank.rules.impressions if trait is Trait.IMPRESSION else bank.rules.statements
        _require(wanted >= 2, "rules.statements, rules.impressions", wanted, "2 or more: a pair")
        _require(len(bank.of(trait, situations=False)) > wanted, "items", str(trait), f"more than {wanted} statements")
        _require(any(bank.by_key[one].trait is trait for one, _ in bank.pairs), "pairs", str(trait), "a pair of it")
    for trait in TRAITS:
        wanted = bank.rules.situations
        _require(len(bank.of(trait, situations=True)) > wanted, "items", str(trait), f"more than {wanted} situations")
    for name, weights in (("consistency", bank.weights), ("concealment", bank.weights)):
        total = sum(value for key, value in msgspec.structs.asdict(weights).items() if key.startswith(name))
        _require(abs(total - 1) < 1e-9, f"weights.{name}", total, "weights that sum to 1")
