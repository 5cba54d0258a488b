"""What is done about people: registering borrowers, locking them, and doing each command once."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from psycopg.errors import UniqueViolation

from lendmill import ids
from lendmill.db import Db, copy_in, many, maybe, note, one, run, scalar
from lendmill.people import identity
from lendmill.people.command import Command as Command
from lendmill.people.command import CommandReused as CommandReused
from lendmill.people.identity import NotAnIdentity as NotAnIdentity
from lendmill.people.queries import NoSuchBorrower, house_day
from lendmill.people.seal import Seal
from lendmill.people.seller import Seller
from lendmill.refusals import Refusal

TRIES: Final = 5


class IdentityTaken(Refusal):
    """This identity number already belongs to another borrower of the house."""


class IdentityDiffers(Refusal):
    """This identity number is not the one the marketplace registered for this borrower."""


class NoSeal(Refusal):
    """An identity number cannot be kept: the house has no secret to seal it with."""


OPEN_HOUSE = """
    insert into house (today_on, currency) values (%(today)s, %(currency)s)
    on conflict do nothing
"""


def open_house(db: Db, *, today: date, currency: str = "CNY") -> None:
    """Give the house its first day; a house already open keeps its own."""
    run(db, OPEN_HOUSE, today=today, currency=currency)


LOCK_BORROWER = """
    select borrower_id from borrower
     where borrower_id = %(borrower_id)s
       for update
"""


def lock_borrower(db: Db, borrower_id: UUID) -> UUID:
    """Take a borrower's lock, the first of every money action: borrower, line, loan, always in this order."""
    if scalar(db, LOCK_BORROWER, borrower_id=borrower_id) is None:
        raise NoSuchBorrower(borrower_id=borrower_id)
    return borrower_id


@dataclass(frozen=True, slots=True)
class _Earlier:
    action: str
    digest: bytes
    result_id: UUID | None


EARLIER_COMMAND = """
    select action, digest, result_id
      from command
     where borrower_id = %(borrower_id)s
       and command_key = %(key)s
"""


def once(db: Db, *, borrower_id: UUID, command: Command, action: str) -> UUID | None:
    """What an earlier command with this key led to, or None for a new one; asked after the borrower is locked.

    The same key with another body or for another action is refused by `CommandReused`.
    """
    earlier = maybe(db, _Earlier, EARLIER_COMMAND, borrower_id=borrower_id, key=command.key)
    if earlier is None:
        return None
    if earlier.digest != command.digest or earlier.action != action:
        raise CommandReused(key=command.key)
    return earlier.result_id


REMEMBER_COMMAND = """
    insert into command (borrower_id, command_key, action, digest, result_id)
    values (%(borrower_id)s, %(key)s, %(action)s, %(digest)s, %(result_id)s)
"""


def remember(db: Db, *, borrower_id: UUID, command: Command, action: str, result_id: UUID) -> None:
    """Note what a command led to, in the transaction that did it."""
    note(
        db,
        REMEMBER_COMMAND,
        borrower_id=borrower_id,
        key=command.key,
        action=action,
        digest=command.digest,
        result_id=result_id,
    )


CLAIM = """
    insert into claim (claim_key, borrower_id) values (%(claim_key)s, %(borrower_id)s)
    on conflict do nothing
"""

HOLDER = """
    select borrower_id from claim where claim_key = %(claim_key)s
"""


def claim(db: Db, *, claim_key: str, borrower_id: UUID) -> UUID:
    """Claim what may be used once in the whole house, and say whose it is now: the first comer's, for ever.

    Two at the same moment: the second waits for the first's transaction and then finds the claim taken.
    """
    run(db, CLAIM, claim_key=claim_key, borrower_id=borrower_id)
    holder = scalar(db, HOLDER, claim_key=claim_key)
    assert isinstance(holder, UUID)
    return holder


def identity_claim(seal: Seal, identity_no: str) -> str:
    """The claim by which one identity is one borrower."""
    return "identity:" + seal.index("identity", identity.spelled(identity_no)).hex()


def shop_claim(shop_key: str) -> str:
    """The claim by which one shop is one borrower's."""
    return f"shop:{shop_key}"


def register_borrower(db: Db, *, seller: Seller, today: date, vouched: bool = False, seal: Seal | None = None) -> UUID:
    """Take in one seller; a shop known already is the same borrower again."""
    return register_borrowers(db, sellers=[seller], today=today, vouched=vouched, seal=seal)[seller.shop_key]


def register_borrowers(
    db: Db, *, sellers: Sequence[Seller], today: date, vouched: bool = False, seal: Seal | None = None
) -> dict[str, UUID]:
    """Take in many sellers at once; gives each shop's borrower. Registering again changes nothing.

    `vouched`: the marketplace has checked these identities itself (实名认证); an impossible number is not verified all
    the same. Numbers and phones are kept only where there is a `seal`; then one identity is one borrower, whatever
    number of shops it runs. Two registrations at the same moment: one waits, then finds the other's.
    """
    for attempt in range(1, TRIES + 1):
        arrivals = _Arrivals(_claims(db, sellers, seal))
        for seller in sellers:
            arrivals.add(seller, today=today, vouched=vouched, seal=seal)
        try:
            with db.transaction():
                arrivals.write(db)
        except UniqueViolation:
            if attempt == TRIES:
                raise
            continue
        return {seller.shop_key: arrivals.claims[shop_claim(seller.shop_key)] for seller in sellers}
    raise AssertionError("unreachable")


@dataclass(frozen=True, slots=True)
class _Claim:
    claim_key: str
    borrower_id: UUID


CLAIMS = """
    select claim_key, borrower_id from claim where claim_key = any(%(claim_keys)s)
"""


def _claims(db: Db, sellers: Sequence[Seller], seal: Seal | None) -> dict[str, UUID]:
    wanted = [shop_claim(seller.shop_key) for seller in sellers]
    if seal is not None:
        wanted += [identity_claim(seal, seller.identity_no) for seller in sellers if seller.identity_no]
    return {found.claim_key: found.borrower_id for found in many(db, _Claim, CLAIMS, claim_keys=wanted)}


BORROWER_COLUMNS = (
    "borrower_id", "kind", "display_name", "industry", "region", "born_on", "member_since_on", "identity_verified",
    "identity_sealed", "identity_index", "phone_sealed", "phone_index",
)  # fmt: skip


SHOP_COLUMNS = ("shop_id", "borrower_id", "shop_key", "since_on", "wholesale")


@dataclass
class _Arrivals:
    """Sellers on their way in, as rows ready to be copied."""

    claims: dict[str, UUID]
    borrowers: list[Sequence[Any]] = field(default_factory=list)
    shops: list[Sequence[Any]] = field(default_factory=list)
    new_claims: list[tuple[str, UUID]] = field(default_factory=list)

    def add(self, seller: Seller, *, today: date, vouched: bool, seal: Seal | None) -> None:
        """Sort one seller in: a known shop, another shop of a known identity, or a new borrower."""
        if (shop := shop_claim(seller.shop_key)) in self.claims:
            return
        person = identity_claim(seal, seller.identity_no) if seal and seller.identity_no else None
        borrower_id = self.claims.get(person) if person else None
        if borrower_id is None:
            borrower_id = ids.new()
            self.borrowers.append(_borrower_row(borrower_id, seller, today, vouched, seal))
            if person is not None:
                self._claim(person, borrower_id)
        self._claim(shop, borrower_id)
        self.shops.append(
            (ids.new(), borrower_id, seller.shop_key, seller.member_since_on or today, bool(seller.wholesale))
        )

    def _claim(self, claim_key: str, borrower_id: UUID) -> None:
        self.claims[claim_key] = borrower_id
        self.new_claims.append((claim_key, borrower_id))

    def write(self, db: Db) -> None:
        """Copy the new rows in; a claim somebody else made meanwhile stops it all."""
        if self.new_claims:
            copy_in(db, "borrower", BORROWER_COLUMNS, self.borrowers)
            copy_in(db, "claim", ("claim_key", "borrower_id"), sorted(self.new_claims))
            copy_in(db, "shop", SHOP_COLUMNS, self.shops)


def number_mistake(seller: Seller, today: date) -> NotAnIdentity | None:
    """Why the number a seller came with cannot be theirs; such a seller is registered, and not verified."""
    if not seller.identity_no:
        return None
    return identity.mistake(seller.identity_no, kind=seller.kind, born_on=seller.born_on, today=today)


def _borrower_row(borrower_id: UUID, seller: Seller, today: date, vouched: bool, seal: Seal | None) -> Sequence[Any]:
    number = identity.spelled(seller.identity_no) if seller.identity_no else None
    verified = vouched and number_mistake(seller, today) is None
    born_on = seller.born_on or (identity.born_on(number) if number else None)
    return (
        borrower_id, seller.kind, seller.name, seller.industry, seller.region, born_on, seller.member_since_on,
        verified, *_kept(seal, "identity", number), *_kept(seal, "phone", seller.phone),
    )  # fmt: skip


def _kept(seal: Seal | None, what: str, text: str | None) -> tuple[bytes | None, bytes | None]:
    if seal is None or text is None:
        return None, None
    return seal.sealed(what, text), seal.index(what, text)


@dataclass(frozen=True, slots=True)
class _Registered:
    kind: str
    born_on: date | None
    identity_index: bytes | None


REGISTERED = """
    select kind, born_on, identity_index
      from borrower
     where borrower_id = %(borrower_id)s
"""

KEEP_IDENTITY = """
    update borrower
       set identity_verified = true,
           identity_sealed = %(sealed)s,
           identity_index = %(index)s,
           born_on = coalesce(born_on, %(born_on)s)
     where borrower_id = %(borrower_id)s
"""


def verify_identity(db: Db, *, borrower_id: UUID, identity_no: str, seal: Seal | None) -> None:
    """Check the number a borrower gives against its own digits, the one registered, and everybody else's.

    The caller has locked the borrower. Refuses with a `NotAnIdentity` that says what is wrong, with `IdentityDiffers`
    and `IdentityTaken`.
    """
    number = identity.spelled(identity_no)
    registered = one(db, _Registered, REGISTERED, borrower_id=borrower_id)
    wrong = identity.mistake(number, kind=registered.kind, born_on=registered.born_on, today=house_day(db))
    if wrong is not None:
        raise wrong
    if seal is None:
        raise NoSeal
    index = seal.index("identity", number)
    if registered.identity_index is not None and registered.identity_index != index:
        raise IdentityDiffers
    if claim(db, claim_key=identity_claim(seal, number), borrower_id=borrower_id) != borrower_id:
        raise IdentityTaken
    run(
        db,
        KEEP_IDENTITY,
        borrower_id=borrower_id,
        sealed=seal.sealed("identity", number),
        index=index,
        born_on=identity.born_on(number),
    )
