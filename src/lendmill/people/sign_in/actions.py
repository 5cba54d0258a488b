"""Opens accounts, lets people in and out, and counts who tries too often."""

import json
import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final
from uuid import UUID

from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from lendmill import ids
from lendmill.db import Db, maybe, one, run, scalar
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller, token_hash
from lendmill.refusals import Refusal

SESSION_LASTS: Final = timedelta(hours=12)
TOKEN_LASTS: Final = timedelta(days=365)
COUNTED_FOR: Final = timedelta(minutes=15)
TRIES_PER_NAME_MAX: Final = 5
TRIES_PER_ADDRESS_MAX: Final = 50
PASSWORD_LETTERS_MIN: Final = 10


class WrongSignIn(Refusal):
    """The name or the password is not right."""


class TooManyTries(Refusal):
    """Too many tries: please wait {wait_minutes} minutes and try again."""


class PasswordTooShort(Refusal):
    """A password needs at least {letters_min} characters."""


class SignInNameTaken(Refusal):
    """The sign-in name {sign_in_name} is taken already."""


@cache
def _hasher() -> PasswordHash:
    return PasswordHash((Argon2Hasher(),))


@cache
def _nobodys_hash() -> str:
    """Checked when the name is unknown, so that an unknown name takes as long as a wrong password."""
    return _hasher().hash(secrets.token_urlsafe(16))


OPEN_ACCOUNT = """
    insert into account (account_id, sign_in_name, display_name, role, borrower_id, password_hash)
    values (%(account_id)s, %(sign_in_name)s, %(display_name)s, %(role)s, %(borrower_id)s, %(password_hash)s)
        on conflict (sign_in_name) do nothing
"""


def open_account(
    db: Db, *, sign_in_name: str, display_name: str, role: Role, password: str, borrower_id: UUID | None = None
) -> UUID:
    """Open an account for a seller or a member of staff."""
    if len(password) < PASSWORD_LETTERS_MIN:
        raise PasswordTooShort(letters_min=PASSWORD_LETTERS_MIN)
    account_id = ids.new()
    opened = run(
        db,
        OPEN_ACCOUNT,
        account_id=account_id,
        sign_in_name=sign_in_name,
        display_name=display_name,
        role=role.value,
        borrower_id=borrower_id,
        password_hash=_hasher().hash(password),
    )
    if not opened:
        raise SignInNameTaken(sign_in_name=sign_in_name)
    return account_id


@dataclass(frozen=True)
class Tries:
    """How often somebody tried, and how long until the count starts again."""

    tries: int
    wait_minutes: int


COUNT_TRY = """
    insert into sign_in_attempt as t (who, tries) values (%(who)s, 1)
        on conflict (who) do update
       set tries = case when t.counted_from_at < now() - %(counted_for)s then 1 else t.tries + 1 end,
           counted_from_at = case when t.counted_from_at < now() - %(counted_for)s then now() else t.counted_from_at end
    returning tries,
           ceil(extract(epoch from counted_from_at + %(counted_for)s - now()) / 60)::integer as wait_minutes
"""


def count_try(db: Db, *, sign_in_name: str, address: str) -> None:
    """Count one more try by this name and from this address; call it in a transaction of its own, before the password.

    The count is one atomic statement, so that many tries at once cannot slip past it.
    """
    for who, most in ((f"name {sign_in_name}", TRIES_PER_NAME_MAX), (f"address {address}", TRIES_PER_ADDRESS_MAX)):
        counted = one(db, Tries, COUNT_TRY, who=who, counted_for=COUNTED_FOR)
        if counted.tries > most:
            raise TooManyTries(wait_minutes=max(1, counted.wait_minutes))


@dataclass(frozen=True)
class Known:
    """What is kept of an account's password."""

    account_id: UUID
    display_name: str
    role: str
    borrower_id: UUID | None
    password_hash: str


KNOWN = """
    select account_id, display_name, role, borrower_id, password_hash
      from account
     where sign_in_name = %(sign_in_name)s
       and active
"""
FORGET_TRIES = "delete from sign_in_attempt where who = %(who)s"
START_SESSION = """
    insert into session (token_hash, account_id, expires_at)
    values (%(hash)s, %(account_id)s, now() + %(lasts)s)
"""
CLEAR_OLD_SESSIONS = "delete from session where expires_at < now()"


def sign_in(db: Db, *, sign_in_name: str, password: str) -> tuple[Caller, str]:
    """Let somebody in who knows the password, and give the browser a new secret; only its hash is kept."""
    known = maybe(db, Known, KNOWN, sign_in_name=sign_in_name)
    if not _hasher().verify(password, known.password_hash if known else _nobodys_hash()) or known is None:
        raise WrongSignIn
    token = secrets.token_urlsafe(32)
    run(db, FORGET_TRIES, who=f"name {sign_in_name}")
    run(db, CLEAR_OLD_SESSIONS)
    run(db, START_SESSION, hash=token_hash(token), account_id=known.account_id, lasts=SESSION_LASTS)
    return Caller(known.account_id, known.display_name, Role(known.role), known.borrower_id), token


END_SESSION = "delete from session where token_hash = %(hash)s"


def sign_out(db: Db, *, token: str) -> None:
    """End this browser's session at once, everywhere."""
    run(db, END_SESSION, hash=token_hash(token))


GRANT_TOKEN = """
    insert into access_token (token_hash, account_id, name, expires_at)
    values (%(hash)s, %(account_id)s, %(name)s, now() + %(lasts)s)
"""


def grant_token(db: Db, *, account_id: UUID, name: str) -> str:
    """Give a program a secret to call with; it is shown this once and never again."""
    token = f"lm_{secrets.token_urlsafe(32)}"
    run(db, GRANT_TOKEN, hash=token_hash(token), account_id=account_id, name=name, lasts=TOKEN_LASTS)
    return token


@dataclass(frozen=True)
class DemoSignIn:
    """A name and a password for trying the house out."""

    sign_in_name: str
    password: str
    role: str
    display_name: str
    token: str = ""

    def __str__(self) -> str:
        return f"{self.sign_in_name:<13} {self.password:<13} {self.display_name}"


DEMO_STAFF: Final = {
    Role.ANALYST: "分析员 Analyst",
    Role.RISK_OFFICER: "风控专员 Risk officer",
    Role.COLLECTOR: "贷后专员 Collector",
    Role.FINANCE: "财务 Finance",
    Role.AUDITOR: "审计 Auditor",
    Role.ADMIN: "管理员 Admin",
    Role.PARTNER: "电商平台 Marketplace",
}

DISPLAY_NAME = "select display_name from borrower where borrower_id = %(borrower_id)s"
DEMO_SELLERS = """
    select coalesce(
           (select array_agg(borrower_id order by sign_in_name) from account where sign_in_name ~ '^seller[0-9]*$'),
           (select array_agg(borrower_id) from (select borrower_id from borrower order by borrower_id limit 1) b),
           array[]::uuid[])
"""
ACCOUNT_EXISTS = "select exists (select from account where sign_in_name = %(sign_in_name)s)"
NEW_PASSWORD = "update account set password_hash = %(hash)s where sign_in_name = %(sign_in_name)s returning account_id"


def demo_accounts(db: Db, borrowers: Sequence[UUID] = (), *, folder: Path = Path("var")) -> list[DemoSignIn]:
    """One seller account for each borrower given and one account per role, made once; passwords are drawn by chance.

    With no borrowers given, those who have a demo account keep it; the first time it is the first borrower there is.
    The passwords are kept in `demo-sign-ins.json` in the given folder, readable by its owner only. An account whose
    password is not in that file any more gets a new one.
    """
    file = folder / "demo-sign-ins.json"
    kept = {row["sign_in_name"]: DemoSignIn(**row) for row in json.loads(file.read_text())} if file.exists() else {}
    sellers = list(borrowers) or scalar(db, DEMO_SELLERS)
    wanted: list[tuple[str, str, Role, UUID | None]] = [
        (
            "seller" if n == 1 else f"seller{n}",
            scalar(db, DISPLAY_NAME, borrower_id=borrower_id),
            Role.SELLER,
            borrower_id,
        )
        for n, borrower_id in enumerate(sellers, start=1)
    ]
    wanted += [(role.value, name, role, None) for role, name in DEMO_STAFF.items()]
    made = [_demo_account(db, kept.get(name), name, shown, role, borrower) for name, shown, role, borrower in wanted]
    folder.mkdir(parents=True, exist_ok=True)
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as out:
        json.dump([asdict(row) for row in made], out, ensure_ascii=False, indent=2)
    return made


def _demo_account(
    db: Db, kept: DemoSignIn | None, sign_in_name: str, display_name: str, role: Role, borrower_id: UUID | None
) -> DemoSignIn:
    exists = scalar(db, ACCOUNT_EXISTS, sign_in_name=sign_in_name)
    if exists and kept is not None:
        return kept
    password = secrets.token_urlsafe(9)
    if exists:
        account_id = scalar(db, NEW_PASSWORD, sign_in_name=sign_in_name, hash=_hasher().hash(password))
    else:
        account_id = open_account(
            db,
            sign_in_name=sign_in_name,
            display_name=display_name,
            role=role,
            password=password,
            borrower_id=borrower_id,
        )
    token = grant_token(db, account_id=account_id, name="demo") if role is Role.PARTNER else ""
    return DemoSignIn(sign_in_name, password, role.value, display_name, token)
