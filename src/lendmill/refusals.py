"""A refusal says no to something the rules forbid, and says why in one sentence."""

import re
from typing import Any, ClassVar


class InBoth(str):
    """A fact of a refusal that is said otherwise in Chinese."""

    zh: str

    def __new__(cls, en: str, zh: str) -> "InBoth":
        """The fact in English, with its Chinese beside it."""
        made = super().__new__(cls, en)
        made.zh = zh
        return made


class Refusal(Exception):
    """The request cannot be carried out."""

    passes: ClassVar[bool] = False  # whether it may be gone when the same is asked again at once

    def __init__(self, **facts: Any) -> None:
        self.facts = facts
        super().__init__(self.template().format(**facts))

    def for_staff(self) -> "Refusal":
        """The same as the lender's own people are told it, where that is another sentence."""
        return self

    @classmethod
    def template(cls) -> str:
        """The sentence with its blanks; the doors translate it before filling them in."""
        return " ".join((cls.__doc__ or "").strip().split("\n\n")[0].split())

    @classmethod
    def code(cls) -> str:
        """The name a program reads.

        >>> Refusal.code()
        'refusal'
        """
        return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "-", cls.__name__).lower()
