"""Closes the books through a day, once that day is over and the books equal the loans."""

from datetime import date
from uuid import UUID

from lendmill.db import Db, scalar
from lendmill.insight.queries import controls
from lendmill.ledger import actions as books
from lendmill.ledger.queries import Closing
from lendmill.people.queries import house_day
from lendmill.refusals import Refusal


class DayEndNotDone(Refusal):
    """The day end of {through_on} is not done: finish the day, then close the books through it."""


class ControlsDiffer(Refusal):
    """The books differ from the loans ({what}): nothing is closed until they are equal."""


DAY_END_DONE = """
    select exists (select
                     from day_end_step
                    where closes_on >= %(day)s
                      and step = 'done')
           and not exists (select
                             from day_end_step
                            where closes_on <= %(day)s
                            group by closes_on
                           having not bool_or(step = 'done'))
"""


def close_books(db: Db, *, through_on: date, closed_by: UUID) -> Closing:
    """Close the books through a day whose end is done, while every control account equals the loans."""
    closing = books.close(db, through_on=through_on, closed_by=closed_by)
    if not scalar(db, DAY_END_DONE, day=through_on):
        raise DayEndNotDone(through_on=through_on)
    different = [control for control in controls(db, house_day(db)) if control.difference]
    if different:
        raise ControlsDiffer(what=", ".join(f"{each.what} by {each.difference} {each.unit}" for each in different))
    return closing
