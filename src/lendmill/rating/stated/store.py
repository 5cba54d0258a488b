"""Writing drafts and confirmed versions of stated figures down."""

from datetime import date
from uuid import UUID

import msgspec
from psycopg.types.json import Jsonb

from lendmill.db import Db, run
from lendmill.rating.stated.figures import StatedFigures

SAVE_DRAFT = """
    insert into stated_draft (borrower_id, shop_id, typed)
    values (%(borrower_id)s, %(shop_id)s, %(typed)s)
        on conflict (shop_id, borrower_id) do update
       set typed = excluded.typed,
           saved_at = now()
"""


def save_draft(db: Db, *, borrower_id: UUID, shop_id: UUID, typed: dict[str, str]) -> None:
    """Keep what was typed so far, in place of what was typed before."""
    run(db, SAVE_DRAFT, borrower_id=borrower_id, shop_id=shop_id, typed=Jsonb(typed))


DROP_DRAFT = """
    delete from stated_draft
     where borrower_id = %(borrower_id)s
       and shop_id = %(shop_id)s
"""


def drop_draft(db: Db, *, borrower_id: UUID, shop_id: UUID) -> None:
    """A confirmed draft is one no more."""
    run(db, DROP_DRAFT, borrower_id=borrower_id, shop_id=shop_id)


KEEP_VERSION = """
    insert into stated_version (stated_id, borrower_id, shop_id, n, figures, stated_on)
    values (%(stated_id)s, %(borrower_id)s, %(shop_id)s, %(n)s, %(figures)s, %(stated_on)s)
"""


def keep_version(
    db: Db, *, stated_id: UUID, borrower_id: UUID, shop_id: UUID, n: int, figures: StatedFigures, stated_on: date
) -> None:
    """Add a confirmed version."""
    run(
        db, KEEP_VERSION, stated_id=stated_id, borrower_id=borrower_id, shop_id=shop_id, n=n,
        figures=Jsonb(msgspec.to_builtins(figures)), stated_on=stated_on,
    )  # fmt: skip
