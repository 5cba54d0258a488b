"""An application as far as it has come, and what each of its steps must be told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from lendmill.credit.consents import BY_PURPOSE, CONSENTS, LANGUAGES
from lendmill.credit.policy import Policy
from lendmill.money import LARGEST_CENTS, yuan
from lendmill.products.document import Product
from lendmill.refusals import Refusal

ASKING: Final = 1
IDENTITY: Final = 2
CONFIRMING: Final = 3
STEPS: Final = (ASKING, IDENTITY, CONFIRMING)
FIGURES_MONTHS: Final = 12  # figures are of a year: older ones are of another one
CONSENTS_NEEDED: Final = tuple(consent.purpose for consent in CONSENTS)


class NoSuchApplication(Refusal):
    """There is no application {application_id} of this borrower."""


class ApplicationClosed(Refusal):
    """This application is {status} already: nothing about it can be changed."""


class StepTooEarly(Refusal):
    """Step {step} cannot be filled in before step {next_step}."""


class AnswerWrong(Refusal):
    """The answer {field} is {value!r}, but must be {allowed}."""


class FiguresNeeded(Refusal):
    """A wholesale member states a year's figures with an application, and confirms them again after {months} months."""


class ConsentMissing(Refusal):
    """Without agreeing to {missing} there is no decision."""


@dataclass(frozen=True, slots=True)
class Application:
    """One application; `step` is the next one to fill in."""

    application_id: UUID
    borrower_id: UUID
    shop_id: UUID
    product_key: str
    step: int
    status: str
    answers: dict[str, Any]
    started_on: date
    started_at: datetime | None = None  # until it is written down
    decided_at: datetime | None = None
    decision_id: UUID | None = None

    @property
    def amount_cents(self) -> int | None:
        """What was asked for in step 1."""
        amount = self.answers.get("amount_cents")
        return amount if isinstance(amount, int) else None

    @property
    def purpose(self) -> str | None:
        """What it is for."""
        return self.answers.get("purpose")


def amount_and_purpose(answers: Mapping[str, Any], product: Product, policy: Policy) -> dict[str, Any]:
    """Step 1: how much, within the product, and for which of the allowed purposes; own figures may be added."""
    amount_cents = asked_amount(answers.get("amount_cents"), product)
    purpose = answers.get("purpose")
    allowed = [each.key for each in policy.eligibility.purposes]
    if purpose not in allowed:
        raise AnswerWrong(field="purpose", value=purpose, allowed=f"one of {', '.join(allowed)}")
    return {"amount_cents": amount_cents, "purpose": purpose, **_own_figures(answers)}


def asked_amount(value: Any, product: Product) -> int:
    """An amount a product can be asked for."""
    least, most = product.limit_min_cents, product.limit_max_cents
    if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
        allowed = f"an amount from {yuan(least)} to {yuan(most)} yuan, in cents"
        raise AnswerWrong(field="amount_cents", value=value, allowed=allowed)
    return value


OWN_FIGURES: Final = ("yearly_sales_cents", "yearly_costs_cents", "debts_elsewhere_cents")


def _own_figures(answers: Mapping[str, Any]) -> dict[str, Any]:
    """Figures the seller states; they are kept beside the application and decide nothing yet."""
    stated = {name: answers[name] for name in OWN_FIGURES if answers.get(name) is not None}
    for name, value in stated.items():
        if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= LARGEST_CENTS:
            raise AnswerWrong(field=name, value=value, allowed=f"an amount up to {yuan(LARGEST_CENTS)} yuan, in cents")
    return stated


def agreed_consents(answers: Mapping[str, Any]) -> str:
    """Step 2: every consent given, and the language they were read in; what is missing is named."""
    language = answers.get("language")
    if language not in LANGUAGES:
        raise AnswerWrong(field="language", value=language, allowed=f"one of {', '.join(LANGUAGES)}")
    given = answers.get("consents")
    if not isinstance(given, list | tuple):
        raise AnswerWrong(field="consents", value=given, allowed="a list")
    for purpose in given:
        if not isinstance(purpose, str) or purpose not in BY_PURPOSE:
            raise AnswerWrong(field="consents", value=purpose, allowed=f"one of {', '.join(BY_PURPOSE)}")
    missing = [BY_PURPOSE[purpose].title(str(language)) for purpose in CONSENTS_NEEDED if purpose not in given]
    if missing:
        raise ConsentMissing(missing=", ".join(missing))
    return str(language)
