"""Who can sign in, and what each role may open."""

from litestar import Response, get
from litestar.params import FromQuery

from lendmill.api.callers import Asked, database_of
from lendmill.people.roles import WHO_MAY, Role
from lendmill.people.sign_in import queries as sign_ins
from lendmill.web.pages import page, words_of
from lendmill.web.sheets import sheet

SHOWN = 50


@get("/staff/accounts", sync_to_thread=True)
def accounts_page(request: Asked, after: FromQuery[str] = "", csv: FromQuery[str] = "") -> Response[str]:
    """The accounts by name, and the table of roles as it is in force."""
    words = words_of(request)
    if csv == "roles":
        heads = [*words.heads("Door", "Everybody"), *(role.value for role in Role)]
        return sheet(
            "roles", heads, ((door, *(int(role in may) for role in (None, *Role))) for door, may in WHO_MAY.items())
        )
    with database_of(request).transaction() as db:
        found = sign_ins.accounts_page(db, after=after, limit=10_000 if csv else SHOWN + 1)
    if csv == "accounts":
        heads = words.heads("Name", "Called", "Role", "Open", "Since")
        return sheet(
            "accounts",
            heads,
            ((a.sign_in_name, a.display_name, a.role, int(a.active), a.made_at.date()) for a in found),
        )
    return page(
        request,
        "accounts.html",
        accounts=found[:SHOWN],
        next_after=found[SHOWN - 1].sign_in_name if len(found) > SHOWN else "",
        doors=WHO_MAY,
        roles=list(Role),
    )
