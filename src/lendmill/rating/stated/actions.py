"""A seller types figures in, leaves and comes back, confirms them, and corrects them later: nothing is written over."""

from collections.abc import Mapping
from datetime import date
from uuid import UUID

from lendmill import ids
from lendmill.db import Db
from lendmill.people.actions import lock_borrower
from lendmill.people.queries import shop_of
from lendmill.rating.stated import store
from lendmill.rating.stated.figures import NAMES, StatedFigures
from lendmill.rating.stated.queries import StatedVersion, stated_versions
from lendmill.refusals import Refusal

LETTERS_MAX = 40


class NoShopToSpeakOf(Refusal):
    """This borrower has no shop whose figures could be stated."""


def save_draft(db: Db, *, borrower_id: UUID, typed: Mapping[str, str]) -> None:
    """Keep what was typed, right or not, to be gone on with later."""
    lock_borrower(db, borrower_id)
    kept = {name: typed.get(name, "").strip()[:LETTERS_MAX] for name in NAMES}
    store.save_draft(db, borrower_id=borrower_id, shop_id=_shop(db, borrower_id), typed=kept)


def state_figures(db: Db, *, borrower_id: UUID, figures: StatedFigures, today: date) -> StatedVersion:
    """Confirm figures as the next version. The same figures again are the version there is; the draft is used up."""
    lock_borrower(db, borrower_id)
    shop_id = _shop(db, borrower_id)
    versions = stated_versions(db, borrower_id)
    store.drop_draft(db, borrower_id=borrower_id, shop_id=shop_id)
    if versions and versions[0].said == figures:
        return versions[0]
    n = versions[0].n + 1 if versions else 1
    store.keep_version(
        db, stated_id=ids.new(), borrower_id=borrower_id, shop_id=shop_id, n=n, figures=figures, stated_on=today
    )
    return stated_versions(db, borrower_id)[0]


def _shop(db: Db, borrower_id: UUID) -> UUID:
    shop = shop_of(db, borrower_id)
    if shop is None:
        raise NoShopToSpeakOf
    return shop.shop_id
