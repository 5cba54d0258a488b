"""Writes what sellers agree to and ask, what is answered, and who saw an index; none of it is ever changed."""

from lendmill.db import Db, run

CONSENT = """
    insert into index_consent (consent_id, borrower_id, purpose, given, language, wording, told_on, told_by)
    values (%(consent_id)s, %(borrower_id)s, %(purpose)s, %(given)s, %(language)s, %(wording)s, %(told_on)s,
    %(told_by)s)
"""


def add_consent(db: Db, **consent: object) -> None:
    """Write down what a seller said."""
    run(db, CONSENT, **consent)


VIEW = """
    insert into index_view (view_id, borrower_id, shop_key, seen_by, viewer, seen_on, index_points, level, formula)
    values (%(view_id)s, %(borrower_id)s, %(shop_key)s, %(seen_by)s, %(viewer)s, %(seen_on)s, %(index_points)s,
    %(level)s,
            %(formula)s)
"""


def add_view(db: Db, **view: object) -> None:
    """Write down who was shown what."""
    run(db, VIEW, **view)


QUESTION = """
    insert into rating_question (question_id, borrower_id, rating_id, words, asked_on)
    values (%(question_id)s, %(borrower_id)s, %(rating_id)s, %(words)s, %(asked_on)s)
    on conflict (borrower_id, rating_id) do nothing
"""


def add_question(db: Db, **question: object) -> bool:
    """Write down a question, once for each rating; whether it was new."""
    return run(db, QUESTION, **question) == 1


ANSWER = """
    insert into rating_answer (question_id, borrower_id, words, answered_by, answered_on)
    values (%(question_id)s, %(borrower_id)s, %(words)s, %(answered_by)s, %(answered_on)s)
    on conflict (question_id, borrower_id) do nothing
"""


def add_answer(db: Db, **answer: object) -> bool:
    """Write down an answer, once; whether it was the first."""
    return run(db, ANSWER, **answer) == 1
