"""Asks who a session or an access token belongs to."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lendmill.db import Db, many, maybe
from lendmill.people.roles import Role


@dataclass(frozen=True)
class Caller:
    """Somebody who has signed in; a seller comes with the borrower they are."""

    account_id: UUID
    display_name: str
    role: Role
    borrower_id: UUID | None

    def __post_init__(self) -> None:
        object.__setattr__(self, "role", Role(self.role))


@dataclass(frozen=True)
class Account:
    """One line of the list of accounts."""

    account_id: UUID
    sign_in_name: str
    display_name: str
    role: str
    active: bool
    made_at: datetime


def token_hash(token: str) -> bytes:
    """What is kept of a secret; the secret has 256 bits of chance, so a plain hash is enough."""
    return hashlib.sha256(token.encode()).digest()


CALLER_BY_SESSION = """
    select a.account_id, a.display_name, a.role, a.borrower_id
      from session as s
      join account as a on a.account_id = s.account_id
     where s.token_hash = %(hash)s
       and s.expires_at > now()
       and a.active
"""


def caller_by_session(db: Db, token: str) -> Caller | None:
    """Who this browser signed in as; nobody, once the session is over or the account closed."""
    return maybe(db, Caller, CALLER_BY_SESSION, hash=token_hash(token))


CALLER_BY_ACCESS_TOKEN = """
    select a.account_id, a.display_name, a.role, a.borrower_id
      from access_token as t
      join account as a on a.account_id = t.account_id
     where t.token_hash = %(hash)s
       and t.expires_at > now()
       and a.active
"""


def caller_by_access_token(db: Db, token: str) -> Caller | None:
    """Whose program this is; nobody, once the token is over, withdrawn, or the account closed."""
    return maybe(db, Caller, CALLER_BY_ACCESS_TOKEN, hash=token_hash(token))


CALLER_BY_NAME = """
    select account_id, display_name, role, borrower_id
      from account
     where sign_in_name = %(name)s
       and active
"""


def caller_named(db: Db, sign_in_name: str) -> Caller | None:
    """Whose name this is; nobody, where there is no such account or it is closed."""
    return maybe(db, Caller, CALLER_BY_NAME, name=sign_in_name)


ACCOUNTS = """
    select account_id, sign_in_name, display_name, role, active, made_at
      from account
     where sign_in_name > %(after)s
     order by sign_in_name
     limit %(limit)s
"""


def accounts_page(db: Db, *, after: str = "", limit: int = 50) -> list[Account]:
    """Accounts by sign-in name, a page at a time."""
    return many(db, Account, ACCOUNTS, after=after, limit=limit)
