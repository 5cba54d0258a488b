"""The questionnaire as it is kept: consent first, every answer, the server's time, one result, taking it back."""

from datetime import date, timedelta

import psycopg
import pytest
from answer_sheets import BANK
from questionnaire_people import NOON, TODAY, Person

from lender import Introduced
from lendmill import ids
from lendmill.db import Database
from lendmill.people.actions import register_borrower
from lendmill.people.queries import NoSuchBorrower
from lendmill.rating.psychometrics import actions, queries
from lendmill.rating.psychometrics.attempt import (
    AnswersMissing,
    AttemptExpired,
    AttemptSent,
    NoResultYet,
    NoSuchAttempt,
    NoSuchChoice,
    NotOnTheForm,
    QuestionnaireBegunOften,
    QuestionnaireConsentMissing,
    QuestionnaireTooSoon,
)
from lendmill.rating.psychometrics.calibrating import calibrated
from lendmill.rating.psychometrics.consent import WORDING_ZH
from lendmill.rating.psychometrics.form import composed
from lendmill.rating.psychometrics.item import Trait
from lendmill.rating.psychometrics.scoring import HURRIED


@pytest.fixture
def person(database: Database) -> Person:
    """A seller of shop s1."""
    return Person(database, database.act(register_borrower, seller=Introduced("s1"), today=TODAY, vouched=True))


def test_nothing_begins_without_consent(person: Person) -> None:
    with pytest.raises(QuestionnaireConsentMissing):
        person.begin(agreed=False)
    assert person.count("questionnaire_attempt") == person.count("questionnaire_consent") == 0


def test_the_consent_is_kept_word_for_word_and_the_form_is_that_of_its_seed(person: Person) -> None:
    begun = person.begin(seed=99)
    assert begun.screens == composed(BANK, 99)
    assert (begun.started_on, begun.expires_on) == (TODAY, date(2026, 3, 5))
    with person.database.transaction() as db:
        kept = queries.attempt(db, person.borrower_id, begun.attempt_id)
        said = db.execute("select given, language, wording, said_on from questionnaire_consent").fetchall()
    assert (kept.screens, kept.seed, kept.bank_digest) == (composed(BANK, 99), 99, BANK.digest)
    assert said == [(True, "zh-Hans", WORDING_ZH, TODAY)]


def test_a_form_begun_is_gone_on_with_and_not_given_twice(person: Person) -> None:
    begun = person.begin(seed=1)
    assert person.begin(seed=2, agreed=False).attempt_id == begun.attempt_id
    assert person.count("questionnaire_attempt") == 1


def test_the_last_answer_counts_and_all_are_kept_with_the_time_of_the_first(person: Person) -> None:
    begun = person.begin()
    key = begun.keys[0]
    person.answer(begun, key, 1, seconds=7.5, client_ms=7100)
    person.answer(begun, key, 3, seconds=2.0)
    person.answer(begun, key, 3, seconds=2.0)
    with person.database.transaction() as db:
        assert queries.choices(db, begun) == {key: 3}
        given = queries.given(db, begun)
    assert (given[0].choice, given[0].seconds, given[0].client_ms) == (1, 7.5, 7100)
    assert [each.choice for each in given] == [1, 3, 3]
    person.answer_all(begun)
    answers = person.finish(begun).answers
    assert (answers[0].choice, answers[0].seconds) == (2, 7.5)
    assert [each.item_key for each in answers] == begun.keys


def test_time_runs_on_when_a_page_is_loaded_again_and_anew_after_a_pause(person: Person) -> None:
    begun = person.begin()
    about = {"borrower_id": person.borrower_id, "attempt_id": begun.attempt_id, "today": TODAY}
    reloaded, paused = begun.keys[:2]
    for item_key, seconds in ((reloaded, 20), (paused, 600)):
        person.database.act(actions.show, item_key=item_key, at=NOON, **about)
        again = NOON + timedelta(seconds=seconds)
        person.database.act(actions.show, item_key=item_key, at=again, **about)
        person.now = again
        told = {"choice": 0, "language": "en", "client_ms": None, "at": again + timedelta(seconds=5)}
        person.database.act(actions.answer, item_key=item_key, **about, **told)
    with person.database.transaction() as db:
        seconds_of = {each.item_key: each.seconds for each in queries.given(db, begun)}
    assert seconds_of == {reloaded: 25.0, paused: 5.0}


def test_what_was_never_shown_cannot_be_answered_and_tells_nothing_of_the_form(person: Person) -> None:
    begun = person.begin()
    about = {"borrower_id": person.borrower_id, "attempt_id": begun.attempt_id, "today": TODAY, "at": NOON}
    told = {"language": "en", "client_ms": None}
    elsewhere = next(key for key in BANK.by_key if key not in begun.keys)
    person.database.act(actions.show, item_key=begun.keys[0], **about)
    for item_key in (begun.keys[1], elsewhere, "no-such\0"):
        for choice in (0, 99):
            with pytest.raises(NotOnTheForm) as refused:
                person.database.act(actions.answer, item_key=item_key, choice=choice, **about, **told)
            assert str(refused.value) == f"The question {item_key} was not asked: answer the one that is shown."
    person.database.act(actions.answer, item_key=begun.keys[0], choice=0, **about, **told)
    assert person.count("questionnaire_answer") == 1


def test_questions_opened_first_and_answered_in_a_burst_after_a_pause_are_hurried(person: Person) -> None:
    begun = person.begin()
    about = {"borrower_id": person.borrower_id, "attempt_id": begun.attempt_id, "today": TODAY}
    told = {"choice": 1, "language": "zh-Hans", "client_ms": None}
    with person.database.transaction() as db:
        for key in begun.keys:
            actions.show(db, item_key=key, at=NOON, **about)
        for n, key in enumerate(begun.keys):
            at = NOON + timedelta(seconds=600 + n / 2)
            actions.answer(db, item_key=key, at=at, **about, **told)
    person.now = at
    result = person.finish(begun)
    assert [each.seconds for each in result.answers] == [600.0, *[0.5] * 39]
    assert (HURRIED in result.scores.flags, result.scores.is_usable) == (True, False)


def test_three_forms_are_drawn_in_thirty_days_however_they_ended(person: Person) -> None:
    for n in range(3):
        person.begin(seed=n, today=TODAY + timedelta(days=n))
        person.withdraw()
    with pytest.raises(QuestionnaireBegunOften) as refused:
        person.begin(today=TODAY + timedelta(days=29))
    assert str(refused.value) == (
        "A questionnaire was begun 3 times within 30 days; the next can be begun from 2026-04-01."
    )
    assert (person.count("questionnaire_attempt"), person.count("questionnaire_consent")) == (3, 6)
    person.begin(seed=8, today=TODAY + timedelta(days=30))


def test_what_was_not_asked_or_not_offered_is_refused_and_nothing_is_kept(person: Person) -> None:
    begun = person.begin()
    other = next(key for key in BANK.by_key if key not in begun.keys)
    with pytest.raises(NotOnTheForm):
        person.answer(begun, other, 0)
    statement = next(key for key in begun.keys if not BANK.by_key[key].is_situation)
    for choice in (-1, 5):
        with pytest.raises(NoSuchChoice):
            person.answer(begun, statement, choice)
    assert person.count("questionnaire_answer") == 0


def test_a_form_is_sent_when_every_question_has_an_answer(person: Person) -> None:
    begun = person.begin()
    person.answer(begun, begun.keys[0], 0)
    with pytest.raises(AnswersMissing, match="39 questions are still without an answer"):
        person.finish(begun)
    assert person.count("questionnaire_result") == 0


def test_a_result_is_the_same_worked_out_again_and_sent_twice_it_is_one(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun, lambda item: item.steps - 1)
    result = person.finish(begun)
    assert person.finish(begun).content == result.content
    assert person.count("questionnaire_result") == 1
    with person.database.transaction() as db:
        kept = queries.newest_result(db, person.borrower_id)
    assert kept.replayed(BANK)
    assert kept.scores == result.scores
    assert kept.scores.traits["prudence"].theta > 1
    with pytest.raises(AttemptSent):
        person.answer(begun, begun.keys[0], 0)


def test_the_time_to_finish_runs_out_and_a_new_form_can_be_begun(person: Person) -> None:
    begun = person.begin()
    person.answer(begun, begun.keys[0], 0, today=date(2026, 3, 5))
    with pytest.raises(AttemptExpired):
        person.answer(begun, begun.keys[1], 0, today=date(2026, 3, 6))
    with pytest.raises(AttemptExpired):
        person.finish(begun, today=date(2026, 3, 6))
    assert person.begin(seed=8, today=date(2026, 3, 6)).attempt_id != begun.attempt_id


def test_one_questionnaire_in_180_days_even_when_the_consent_was_taken_back(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun)
    person.finish(begun)
    person.withdraw()
    with pytest.raises(QuestionnaireTooSoon) as refused:
        person.begin(today=TODAY + timedelta(days=179))
    assert refused.value.facts["again_on"] == TODAY + timedelta(days=180)
    assert person.begin(seed=8, today=TODAY + timedelta(days=180)).attempt_id != begun.attempt_id


def test_what_a_form_came_to_is_there_for_the_record_once_per_figure(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun)
    scores = person.finish(begun).scores
    with person.database.transaction() as db:
        found = queries.finished_since(db)
        after = queries.finished_since(db, person.now)
    assert {each.subject: each.quantity for each in found} == scores.quantities()
    assert {(each.shop_key, each.finished_on, each.finished_at) for each in found} == {("s1", TODAY, person.now)}
    assert len(found) == 9
    assert after == []


def test_taking_the_consent_back_hides_the_result_and_says_so_to_the_record(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun)
    person.finish(begun)
    sent_at = person.now
    person.withdraw(today=date(2026, 3, 9))
    with person.database.transaction() as db:
        with pytest.raises(NoResultYet):
            queries.newest_result(db, person.borrower_id)
        panel = queries.panel(db, person.borrower_id)
        told = queries.finished_since(db, sent_at)
        all_told = queries.finished_since(db)
        usable = queries.usable_results(db, BANK.edition)
    assert (panel.result, panel.sent is not None) == (None, True)
    assert told == all_told
    assert {(each.quantity, each.finished_on) for each in told} == {(None, date(2026, 3, 9))}
    assert {each.subject for each in told} == {*map(str, Trait), "consistency", "concealment", "seconds_median"}
    assert usable == []
    with pytest.raises(QuestionnaireConsentMissing):
        person.finish(begun)


def test_an_open_form_ends_with_its_consent(person: Person) -> None:
    begun = person.begin()
    person.withdraw()
    person.withdraw()
    assert person.count("questionnaire_consent") == 2
    with pytest.raises(QuestionnaireConsentMissing):
        person.answer(begun, begun.keys[0], 0)
    again = person.begin(seed=8)
    assert again.attempt_id != begun.attempt_id
    person.answer(again, again.keys[0], 0)
    with person.database.transaction() as db:
        assert queries.choices(db, again) == {again.keys[0]: 0}


def test_a_form_of_another_is_not_there(person: Person) -> None:
    begun = person.begin()
    other = person.database.act(register_borrower, seller=Introduced("s2"), today=TODAY, vouched=True)
    with pytest.raises(NoSuchAttempt):
        Person(person.database, other).answer(begun, begun.keys[0], 0)
    with pytest.raises(NoSuchBorrower):
        Person(person.database, ids.new()).begin()


def test_no_answer_consent_or_result_can_be_changed_or_removed(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun)
    person.finish(begun)
    columns = dict.fromkeys(("consent", "attempt", "shown", "answer", "result", "index", "wish"), "borrower_id")
    for name, column in {**columns, "bank": "body"}.items():
        for verb in (f"update questionnaire_{name} set {column} = {column}", f"delete from questionnaire_{name}"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege), person.database.transaction() as db:
                db.execute(verb)


def test_a_wish_for_an_explanation_is_kept_once(person: Person) -> None:
    wish = {"borrower_id": person.borrower_id, "today": TODAY}
    with pytest.raises(NoResultYet):
        person.database.act(actions.ask_explanation, words="?", **wish)
    begun = person.begin()
    person.answer_all(begun)
    person.finish(begun)
    person.database.act(actions.ask_explanation, words=" why? ", **wish)
    person.database.act(actions.ask_explanation, words="again", **wish)
    with person.database.transaction() as db:
        assert queries.panel(db, person.borrower_id).wish == "why?"


def test_new_forms_use_the_newest_bank_and_old_results_their_own(person: Person) -> None:
    begun = person.begin()
    person.answer_all(begun)
    result = person.finish(begun)
    newer = calibrated(BANK, [result.answers] * 3, people_min=3).bank
    person.database.act(actions.keep_bank, newer, today=TODAY)
    with person.database.transaction() as db:
        assert queries.current_bank(db) == newer
        assert queries.bank(db, result.bank_digest) == BANK
    later = TODAY + timedelta(days=180)
    assert person.begin(seed=8, today=later).bank_digest == newer.digest
