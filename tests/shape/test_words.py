"""The glossary is whole: every public noun of the money rooms is explained, once, in both languages."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

import pytest
from source import ROOT, SOURCE, File, files, told

PAGE = ROOT / "docs" / "words.md"
MONEY_ROOMS = (
    "terms", "ledger", "funding", "people", "products", "rating", "credit", "loans", "arrears", "insight", "outside",
)  # fmt: skip
NOUNS = {"dataclass", "Struct", "Enum", "StrEnum", "NamedTuple", "TypedDict"}
PLAIN = {"view", "report", "kept", "count", "day", "no"}  # words that add nothing to explain to the noun beside them


@dataclass(frozen=True)
class Word:
    """One row of the glossary."""

    term: str
    chinese: str
    meaning: str
    where: tuple[str, ...]

    @property
    def spellings(self) -> set[str]:
        """The term without its abbreviation, and the abbreviation."""
        return {part.strip().lower() for part in re.split(r"[()]", self.term) if part.strip()}


def words(text: str) -> list[Word]:
    """The rows of the glossary's tables."""
    rows = [[cell.strip() for cell in line.strip("|\n").split("|")] for line in text.splitlines() if line[:1] == "|"]
    kept = [row for row in rows if row[0] != "word" and set(row[0]) != {"-"}]
    assert all(len(row) == 4 for row in kept), "a row has four cells"
    return [Word(*row[:3], tuple(re.findall(r"`([^`]+)`", row[3]))) for row in kept]


@cache
def glossary() -> tuple[Word, ...]:
    """The glossary as it stands."""
    return tuple(words(PAGE.read_text(encoding="utf-8")))


def nouns(file: File) -> Iterator[str]:
    """The public records and enumerations of a file, and its names for types of their own, as `room.Class`."""
    for node in file.tree.body:
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
            marks = {ast.unparse(mark).split("(")[0].split(".")[-1] for mark in (*node.decorator_list, *node.bases)}
            if marks & NOUNS:
                yield f"{file.room}.{node.name}"
        elif isinstance(node, ast.Assign) and ast.unparse(node.value).startswith("NewType("):
            yield f"{file.room}.{ast.unparse(node.targets[0])}"


def all_nouns() -> Counter[str]:
    """Every public noun of the money rooms, with how often it stands in its room."""
    return Counter(noun for file in files() if file.room in MONEY_ROOMS for noun in nouns(file))


def spoken(name: str) -> list[str]:
    """A class's name as words.

    >>> spoken("LoanView")
    ['loan', 'view']
    """
    return [word.lower() for word in re.findall(r"[A-Z]+(?![a-z])|[A-Z][a-z]*", name)]


def explained(noun: str, known: tuple[Word, ...], ambiguous: set[str]) -> bool:
    """Whether a noun is named in the glossary, or is put together from its words and plain ones."""
    room, name = noun.split(".")
    if any(noun in word.where for word in known):
        return True
    if name in ambiguous:
        return False
    terms = {spelling for word in known for spelling in word.spellings}
    terms |= {
        " ".join(spoken(where.split(".")[1])) for word in known for where in word.where if where.startswith(f"{room}.")
    }
    return put_together(spoken(name), terms)


def put_together(parts: list[str], terms: set[str]) -> bool:
    """Whether a name is terms of the glossary beside one another, plain words between them; plain words alone are not
    enough."""
    if not set(parts) - PLAIN:
        return False
    reached = {0}
    for end in range(1, len(parts) + 1):
        last = parts[end - 1 : end]
        if any(start in reached and " ".join(parts[start:end]) in terms for start in range(end)) or (
            end - 1 in reached and set(last) <= PLAIN
        ):
            reached.add(end)
    return len(parts) in reached


def test_every_public_noun_is_explained() -> None:
    found = all_nouns()
    often = Counter(noun.split(".")[1] for noun in found)
    ambiguous = {name for name, rooms in often.items() if rooms > 1}
    wrong = [noun for noun in sorted(found) if not explained(noun, glossary(), ambiguous)]
    assert not wrong, told([*wrong, "docs/words.md says what each public noun means: name it there"])


def test_a_noun_means_one_thing_in_its_room() -> None:
    wrong = [f"{noun} is {times} classes" for noun, times in all_nouns().items() if times > 1]
    assert not wrong, told(wrong)


def test_one_word_has_one_meaning_and_one_translation() -> None:
    rows = glossary()
    terms = Counter(spelling for word in rows for spelling in word.spellings)
    chinese = Counter(word.chinese for word in rows)
    places = Counter(where for word in rows for where in word.where if re.fullmatch(r"[a-z]+\.[A-Z]\w+", where))
    wrong = [name for names in (terms, chinese, places) for name, times in names.items() if times > 1]
    wrong += [f"{word.term} has no Chinese" for word in rows if not re.search(r"[\u4e00-\u9fff]", word.chinese)]
    wrong += [f"{word.term} is not explained" for word in rows if len(word.meaning) < 12 or not word.where]
    assert not wrong, told(wrong)


def test_what_the_glossary_points_at_is_there() -> None:
    classes = {f"{f.room}.{node.name}" for f in files() for node in f.tree.body if isinstance(node, ast.ClassDef)}
    wrong = []
    for word in glossary():
        for where in word.where:
            if where.endswith(".py"):
                there = (SOURCE / where).exists()
            elif re.fullmatch(r"[a-z]+\.[A-Z]\w+", where):
                there = where in classes
            else:
                there = any(where.split(".")[-1] in file.text for file in files())
            if not there:
                wrong.append(f"{word.term}: {where}")
    assert not wrong, told(wrong)


@pytest.mark.parametrize(
    ("name", "enough"),
    [("LoanView", True), ("NoOffer", True), ("TrialBalanceDay", True), ("Loaner", False), ("LoanThing", False),
     ("NoView", False), ("BalanceOffer", False)],
)  # fmt: skip
def test_a_name_is_explained_by_whole_terms(name: str, enough: bool) -> None:
    assert put_together(spoken(name), {"loan", "offer", "trial balance"}) is enough


def test_a_name_that_stands_in_two_rooms_must_be_named_with_its_room() -> None:
    known = tuple(words("| account | 会计科目 | a place in the chart of accounts | `ledger.Account` |"))
    assert explained("ledger.Account", known, {"Account"})
    assert not explained("loans.Account", known, {"Account"})
    assert explained("loans.AccountView", known, {"Account"})


def test_records_enumerations_and_types_are_nouns_and_others_are_not() -> None:
    planted = File(
        "loans/planted.py",
        "@dataclass(frozen=True)\nclass A: ...\nclass B(msgspec.Struct): ...\nclass C(Enum): ...\n"
        "D = NewType('D', int)\n@dataclass\nclass _E: ...\nclass F(Refusal): ...\n",
    )
    assert list(nouns(planted)) == ["loans.A", "loans.B", "loans.C", "loans.D"]
