"""One question of the conversation, what the record says to it, and what can be found."""

from typing import Final, Literal

import msgspec

Topic = Literal["identity", "purpose", "business", "customers", "stock", "debts", "stated", "findings"]
AnswerFinding = Literal["matches", "differs", "not answered"]
FINDINGS: Final[tuple[AnswerFinding, ...]] = ("matches", "differs", "not answered")


class Question(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One question, what the record says to it, and whether granting hangs on it."""

    key: str
    topic: Topic
    ask_en: str
    ask_zh: str
    record_en: str = ""
    record_zh: str = ""
    must: bool = False

    def asked(self, language: str) -> str:
        """The question in the reader's language."""
        return self.ask_zh if language.startswith("zh") else self.ask_en

    def record(self, language: str) -> str:
        """What the record says, in the reader's language."""
        return self.record_zh if language.startswith("zh") else self.record_en
