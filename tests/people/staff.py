"""Staff to test with, and a change that only writes down that it was carried out."""

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import Final
from uuid import UUID

from lendmill import ids
from lendmill.db import Database, Db, run
from lendmill.people.approvals.approval import Approval
from lendmill.people.roles import Role
from lendmill.people.sign_in.queries import Caller

ACCOUNT: Final = """
    insert into account (account_id, sign_in_name, display_name, role, password_hash)
    values (%(account_id)s, %(sign_in_name)s, %(display_name)s, %(role)s, '')
"""
CARRIED_OUT: Final = "insert into claim (claim_key, borrower_id) values (%(claim_key)s, %(borrower_id)s)"


@dataclass(frozen=True)
class Shopkeeper:
    """A seller as a marketplace introduces one."""

    shop_key: str = "s1"
    name: str = "Silk and tea"
    kind: str = "firm"
    industry: str = "trade"
    region: str = "浙江"
    born_on: date | None = None
    member_since_on: date | None = None
    identity_no: str | None = None
    phone: str | None = None
    wholesale: bool = False


@dataclass
class Staff:
    """Opens accounts, one for each who is asked for."""

    database: Database
    names: "count[int]" = field(default_factory=count)

    def member(self, role: Role) -> Caller:
        """Somebody new who does this work."""
        account_id, name = ids.new(), f"{role.value} {next(self.names)}"
        with self.database.transaction() as db:
            run(db, ACCOUNT, account_id=account_id, sign_in_name=name, display_name=name, role=role.value)
        return Caller(account_id, name, role, None)


def carried_out(db: Db, approval: Approval) -> UUID:
    """A change that leaves one row behind; done twice for one proposal it fails."""
    run(db, CARRIED_OUT, claim_key=f"change {approval.approval_id}", borrower_id=approval.borrower_id)
    return approval.approval_id
