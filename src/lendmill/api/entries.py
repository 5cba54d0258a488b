"""Who may see the way in (申请入口) today, for a marketplace: all of its shops page by page, or one."""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Final

from litestar import get
from litestar.exceptions import NotFoundException
from litestar.params import PathParameter, QueryParameter

from lendmill.api.callers import Asked, database_of
from lendmill.api.described import problem_of
from lendmill.credit import queries as credit
from lendmill.credit.offers.entries.entry import ShopEntry
from lendmill.people.queries import house_day

After = Annotated[str, QueryParameter(description="The `next_after` of the page before; nothing for the first.")]
Named = Annotated[str, PathParameter(description="The marketplace's own name for the shop.")]
Most = Annotated[int, QueryParameter(ge=1, le=1000, description="How many shops a page has.")]

NO_SUCH_SHOP: Final = problem_of("No shop of that name is in the house.")


@dataclass(frozen=True)
class EntriesPage:
    """Shops that see something today; give `next_after` as `after` for the next page, until it is null."""

    as_of_on: date
    entries: list[ShopEntry]
    next_after: str | None


@get("/entries", sync_to_thread=True)
def entries(request: Asked, after: After = "", limit: Most = 1000) -> EntriesPage:
    """All shops that may see the way in today, by their names on the marketplace.

    `state` is `offer` (with what can be had, and until when), `line` (with what is left of it), or `application` (with
    the step it is at). Shops that are not among them see nothing. Good for the house's day; ask again tomorrow.
    """
    with database_of(request).transaction() as db:
        today = house_day(db)
        found = credit.entries(db, after, limit, today)
    return EntriesPage(today, found, found[-1].shop_key if len(found) == limit else None)


@get("/entries/{shop:str}", sync_to_thread=True, responses={404: NO_SUCH_SHOP})
def entry(request: Asked, shop: Named) -> ShopEntry:
    """Whether one shop may see the way in today, and with what; `none` says nothing about why."""
    with database_of(request).transaction() as db:
        found = credit.entry_of(db, shop, house_day(db))
    if found is None:
        raise NotFoundException(detail="There is no such shop here.")
    return found
