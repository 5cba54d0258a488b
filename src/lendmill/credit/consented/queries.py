"""Which consents of a borrower are in force on a day."""

from datetime import date
from typing import Final
from uuid import UUID

from lendmill.credit.consents import BY_PURPOSE
from lendmill.db import Db, scalar

ALWAYS: Final = 1_000_000  # days: until it is taken back

IN_FORCE = """
    select c.consent_id
      from consent c
      left join application a on (a.application_id, a.borrower_id) = (c.application_id, c.borrower_id)
     where c.borrower_id = %(borrower_id)s
       and c.purpose = %(purpose)s
       and coalesce(c.given_on, a.started_on) between %(today)s::date - %(lasts_days)s and %(today)s
       and not exists (select from consent_withdrawal w
                        where (w.consent_id, w.borrower_id) = (c.consent_id, c.borrower_id)
                          and w.withdrawn_on <= %(today)s)
     order by c.consent_id desc
     limit 1
"""


def consent_in_force(db: Db, borrower_id: UUID, purpose: str, today: date) -> UUID | None:
    """The newest consent to a purpose that has neither lapsed nor been taken back."""
    lasts_days = BY_PURPOSE[purpose].lasts_days or ALWAYS
    found = scalar(db, IN_FORCE, borrower_id=borrower_id, purpose=purpose, today=today, lasts_days=lasts_days)
    return found if isinstance(found, UUID) else None
