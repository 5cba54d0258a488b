"""What a group of related borrowers (关联方) is granted and owes together, and the most it may have."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lendmill.credit.provisions import GroupRules
from lendmill.terms.rates import BASIS_POINTS


@dataclass(frozen=True, slots=True)
class GroupExposure:
    """One group with what its members of today have together, over all products."""

    group_id: UUID
    kind: str
    named: str
    made_on: date
    members: int
    granted_cents: int
    owed_cents: int
    late_members: int


@dataclass(frozen=True, slots=True)
class MemberExposure:
    """One member of a group: since when, what is granted and owed, and how they pay."""

    borrower_id: UUID
    display_name: str
    shop_key: str | None
    since_on: date
    source: str
    granted_cents: int
    owed_cents: int
    late_since_on: date | None


@dataclass(frozen=True, slots=True)
class GroupCap:
    """The most one group may be granted, with the figures and the rule it comes from."""

    most_cents: int
    share_of_net_assets_bp: int
    net_assets_cents: int
    limit_max_cents: int
    law: str

    def room_cents(self, granted_cents: int) -> int:
        """What is left for all members together; a group that is over its cap already has nothing left."""
        return max(0, self.most_cents - granted_cents)

    def over_cents(self, granted_cents: int) -> int:
        """How far a group is over its cap, as after a tie that was found out late."""
        return max(0, granted_cents - self.most_cents)

    def used_share(self, granted_cents: int) -> float:
        """The part of the cap that is taken; a cap of nothing is taken whole."""
        return min(1.0, granted_cents / self.most_cents) if self.most_cents else 1.0


def cap_of(rules: GroupRules, net_assets_cents: int) -> GroupCap:
    """A group's share of the lender's own money, or the largest limit of a group where that is less.

    >>> rules = GroupRules(share_of_net_assets_bp=1_500, limit_max_cents=200_000_000, law="", in_force_on=date.min)
    >>> cap_of(rules, 1_000_000_000).most_cents, cap_of(rules, 2_000_000_000).most_cents
    (150000000, 200000000)
    """
    share_cents = net_assets_cents * rules.share_of_net_assets_bp // BASIS_POINTS
    return GroupCap(
        max(0, min(share_cents, rules.limit_max_cents)), rules.share_of_net_assets_bp, net_assets_cents,
        rules.limit_max_cents, rules.law,
    )  # fmt: skip
