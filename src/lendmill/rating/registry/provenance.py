"""Where a kept card comes from: how it was learned, from what data, by which code, and who kept it."""

from dataclasses import dataclass
from datetime import date

from lendmill.people.sign_in.queries import Caller


@dataclass(frozen=True)
class Provenance:
    """Where a card comes from: how it was learned, from what, by which code, and what its page says."""

    kind: str = "classic"
    data_hash: str = ""
    code_version: str = ""
    page: str = ""
    kept_on: date | None = None
    kept_by: Caller | None = None
