"""The third parties there are: what each can be asked, the consent it takes, and the figures a whole answer has."""

from dataclasses import dataclass
from typing import Final

from lendmill.refusals import Refusal


class NoSuchParty(Refusal):
    """There is no third party {party!r}; there are {parties}."""


@dataclass(frozen=True, slots=True)
class ThirdParty:
    """Somebody outside who knows something of a borrower; what it says becomes events of the kind of the same name.

    `needed` are the subjects without which an answer is only partial. Figures under `numbered` subjects come many
    times, each with the party's own number for it; the others come once.
    """

    name: str
    title_en: str
    title_zh: str
    consent: str
    needed: tuple[str, ...]
    numbered: tuple[str, ...] = ()

    def title(self, language: str) -> str:
        """Its name in the reader's language."""
        return self.title_zh if language.startswith("zh") else self.title_en


PARTIES: Final = (
    ThirdParty("customs", "Customs", "海关", "official-records", (), ("import", "export")),
    ThirdParty("tax", "Tax office", "税务机关", "official-records", ("vat", "grade"), ("vat", "income")),
    ThirdParty(
        "bureau", "Credit bureau", "征信机构", "credit-report",
        ("open_loans", "open_balance", "late_days_worst", "enquiries_90", "score", "years_known"),
    ),
    ThirdParty(
        "registry", "Business registry", "工商登记机关", "official-records",
        ("registered_capital", "active", "years_registered", "legal_cases", "enforcement"),
    ),
)  # fmt: skip
BY_NAME: Final = {party.name: party for party in PARTIES}


def party_called(name: str) -> ThirdParty:
    """A third party by its name, or the refusal `NoSuchParty`."""
    if name not in BY_NAME:
        raise NoSuchParty(party=name[:40], parties=", ".join(BY_NAME))
    return BY_NAME[name]
