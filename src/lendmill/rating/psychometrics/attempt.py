"""One person's go at the questionnaire: the form they were given, how long they have, and what may not be done."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any, Final
from uuid import UUID

import msgspec

from lendmill.rating.psychometrics.form import FormItem
from lendmill.rating.psychometrics.item import ItemBank
from lendmill.rating.psychometrics.timing import ItemAnswer
from lendmill.refusals import Refusal

LANGUAGES: Final = ("zh-Hans", "en")
CLIENT_MS_MAX: Final = 86_400_000
DRAWS_MAX: Final = 3  # more forms would show much of the bank to somebody who only looks at the questions
DRAWS_DAYS: Final = 30


class QuestionnaireNotOffered(Refusal):
    """This house asks no questionnaire at the moment."""


class QuestionnaireConsentMissing(Refusal):
    """The questionnaire is voluntary: it begins, and goes on, only with the consent shown before it."""


class QuestionnaireTooSoon(Refusal):
    """The questionnaire was answered on {finished_on}; it can be answered again from {again_on}."""


class QuestionnaireBegunOften(Refusal):
    """A questionnaire was begun {draws} times within {days} days; the next can be begun from {again_on}."""


class NoSuchAttempt(Refusal):
    """There is no such questionnaire here: it may be another shop's."""


class AttemptSent(Refusal):
    """This questionnaire was sent on {finished_on}: its answers cannot be changed any more."""


class AttemptExpired(Refusal):
    """The time for this questionnaire ran out on {expires_on}; nothing is lost by that, and a new one can be begun."""


class NotOnTheForm(Refusal):
    """The question {item_key} was not asked: answer the one that is shown."""


class NoSuchChoice(Refusal):
    """Please choose one of the answers shown."""


class AnswersMissing(Refusal):
    """{missing} questions are still without an answer; the questionnaire can be sent when each has one."""


class ShopMissing(Refusal):
    """There is no shop this questionnaire could be about: register the borrower's shop first."""


class NoResultYet(Refusal):
    """There is no finished questionnaire of this borrower that may be used."""


@dataclass(frozen=True, slots=True)
class QuestionnaireConsent:
    """The last word a borrower said about the questionnaire: given, or taken back."""

    consent_id: UUID
    borrower_id: UUID
    given: bool
    language: str
    said_on: date


@dataclass(frozen=True)
class Attempt:
    """A form given to a borrower, by the seed it was drawn with."""

    attempt_id: UUID
    borrower_id: UUID
    shop_id: UUID
    consent_id: UUID
    bank_digest: str
    seed: int
    form: list[dict[str, Any]]
    started_on: date
    expires_on: date
    finished_on: date | None
    withdrawn: bool

    @cached_property
    def screens(self) -> tuple[FormItem, ...]:
        """The form as it was drawn."""
        return tuple(msgspec.convert(each, FormItem) for each in self.form)

    @property
    def keys(self) -> list[str]:
        """The items in their order."""
        return [screen.item_key for screen in self.screens]

    def place(self, wanted: int, answered: Collection[str]) -> int:
        """The screen to show, counted from 0: the wanted one, counted from 1, as far as it was reached, else the first
        one without an answer. As many as there are screens: all are answered."""
        reached = next((at for at, key in enumerate(self.keys) if key not in answered), len(self.keys))
        return wanted - 1 if 1 <= wanted <= reached else reached

    def is_open(self, today: date) -> bool:
        """Whether it can be gone on with."""
        return self.finished_on is None and today <= self.expires_on and not self.withdrawn

    def check_open(self, today: date) -> None:
        """Refuse what comes after it was sent (`AttemptSent`), after its time (`AttemptExpired`), or after the consent
        was taken back (`QuestionnaireConsentMissing`)."""
        if self.withdrawn:
            raise QuestionnaireConsentMissing
        if self.finished_on is not None:
            raise AttemptSent(finished_on=self.finished_on)
        if today > self.expires_on:
            raise AttemptExpired(expires_on=self.expires_on)


@dataclass(frozen=True)
class QuestionnaireState:
    """Where a borrower stands: a form to go on with, or one that was sent, and when the next may be begun."""

    going_on: Attempt | None
    answered: int
    sent: Attempt | None
    again_on: date | None

    @property
    def screens(self) -> int:
        """How many questions the form to go on with has."""
        return len(self.going_on.form) if self.going_on else 0

    @property
    def consented(self) -> bool:
        """Whether there is something a consent still covers, which can be taken back."""
        return self.going_on is not None or (self.sent is not None and not self.sent.withdrawn)


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """An answer as it came in, with when the server showed the item before it and what the browser measured."""

    item_key: str
    choice: int
    language: str
    shown_at: datetime | None
    answered_at: datetime
    client_ms: int | None

    @property
    def seconds(self) -> float | None:
        """The seconds it was before the person, as the server saw it; unknown for an item it never showed."""
        if self.shown_at is None:
            return None
        return round(max(0.0, (self.answered_at - self.shown_at).total_seconds()), 3)


def again_on(finished_on: date, bank: ItemBank) -> date:
    """The first day a new questionnaire may be begun after a finished one."""
    return finished_on + timedelta(days=bank.rules.days_between)


def check_draws(started_on: Sequence[date]) -> None:
    """Refuse one more form (`QuestionnaireBegunOften`) after as many as may be begun; days within `DRAWS_DAYS`."""
    if len(started_on) >= DRAWS_MAX:
        again = sorted(started_on)[-DRAWS_MAX] + timedelta(days=DRAWS_DAYS)
        raise QuestionnaireBegunOften(draws=len(started_on), days=DRAWS_DAYS, again_on=again)


def check_choice(bank: ItemBank, attempt: Attempt, item_key: str, choice: int, *, shown: bool) -> None:
    """Refuse an answer to what was not asked (`NotOnTheForm`), or none of those shown (`NoSuchChoice`).

    A question still to come and one of no form are refused alike: trying keys does not tell what is asked.
    """
    if not shown or item_key not in attempt.keys:
        raise NotOnTheForm(item_key=item_key)
    if not 0 <= choice < bank.by_key[item_key].steps:
        raise NoSuchChoice


def counting(attempt: Attempt, given: Sequence[GivenAnswer]) -> list[ItemAnswer]:
    """The answers that count, in the order of the form: the last one to each item, with the time of the first.

    Somebody who goes back changes their mind; how long they first thought about it stays.
    """
    last = {each.item_key: each for each in given}
    first = {each.item_key: each for each in reversed(given)}
    return [
        ItemAnswer(key, last[key].choice, first[key].seconds, first[key].language)
        for key in attempt.keys
        if key in last
    ]
