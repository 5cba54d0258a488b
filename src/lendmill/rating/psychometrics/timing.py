"""How long the answers took, each beside what its item usually takes."""

import math
from collections.abc import Sequence
from statistics import median

import msgspec

from lendmill.rating.psychometrics.item import CHINESE, Item, ItemBank, Pace

TO_DEVIATION = 1.4826  # a median deviation of a normal, made its standard deviation


class ItemAnswer(msgspec.Struct, frozen=True):
    """The answer that counts for one item, in the order first answered, and the seconds the server saw it take."""

    item_key: str
    choice: int
    seconds: float | None
    language: str


class TimingIndex(msgspec.Struct, frozen=True):
    """The typical seconds of an item, and the shares of items answered too fast to be read and unusually slowly."""

    seconds_median: float | None
    fast_share: float
    slow_share: float
    timed: int


def pace_of(bank: ItemBank, item: Item, language: str) -> Pace:
    """How long an item usually takes: as timed on people, else from its length.

    Beforehand: seconds = settle + letters x seconds a letter (Chinese), or words x seconds a word (English), answers of
    a situation included; the five steps are the same on every screen and are not read again.
    """
    if language in item.paces:
        return item.paces[language]
    texts = [item.told(language), *(item.answers(language) if item.is_situation else ())]
    reading = bank.reading
    if language == CHINESE:
        seconds = reading.settle_seconds + reading.seconds_per_letter_zh * sum(map(len, texts))
    else:
        seconds = reading.settle_seconds + reading.seconds_per_word_en * sum(len(text.split()) for text in texts)
    return Pace(math.log(seconds), reading.spread)


def pace_from(seconds: Sequence[float]) -> Pace:
    """An item's pace from the times people took: median and median deviation of their logarithms, which a few who were
    called away do not move.

    >>> pace_from([4.0, 5.0, 5.0, 6.0, 300.0]).log_seconds == math.log(5.0)
    True
    """
    logs = [math.log(max(each, 0.05)) for each in seconds]
    middle = median(logs)
    return Pace(middle, max(0.1, TO_DEVIATION * median(abs(each - middle) for each in logs)))


def robust_z(bank: ItemBank, answer: ItemAnswer) -> float | None:
    """How unusual a time is for its item, negative when fast; None for one not timed or put aside for a pause."""
    if answer.seconds is None or answer.seconds > bank.rules.pause_seconds:
        return None
    pace = pace_of(bank, bank.by_key[answer.item_key], answer.language)
    return (math.log(max(answer.seconds, 0.05)) - pace.log_seconds) / pace.spread


def timing(bank: ItemBank, answers: Sequence[ItemAnswer]) -> TimingIndex:
    """The pace of a whole form."""
    zs = [z for answer in answers if (z := robust_z(bank, answer)) is not None]
    taken = [each.seconds for each in answers if each.seconds is not None and each.seconds <= bank.rules.pause_seconds]
    if not zs:
        return TimingIndex(None, 0.0, 0.0, 0)
    fast = sum(z < bank.rules.fast_z for z in zs) / len(zs)
    slow = sum(z > bank.rules.slow_z for z in zs) / len(zs)
    return TimingIndex(round(median(taken), 3), round(fast, 6), round(slow, 6), len(zs))
