"""What publishing means for lending, beyond the version itself: that it stops, or that offers are worked out again."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lendmill.db import Database
    from lendmill.products.publishing.kept import DocumentProposal


def offers_again(decided: "DocumentProposal") -> str:
    """That offers by other versions stand no more, where a version begins to decide; nothing of any other step."""
    if decided.outcome != "approved" or decided.to_stage not in ("share", "live"):
        return ""
    return "\nOffers by another version are not shown to those it decides: `lendmill offers` works them out anew."


def stops_lending(database: "Database", proposal: "DocumentProposal") -> str:
    """What it would mean to retire the one policy that decides; nothing of any other proposal."""
    from lendmill.credit.publishing.queries import ends_lending, lending_back_on
    from lendmill.people.queries import house_day

    retires = proposal.to_stage == "retired" and proposal.live_version == proposal.version
    if not (retires and ends_lending(proposal.kind, proposal.document_key, "live")):
        return ""
    with database.transaction() as db:
        back_on = lending_back_on(db, house_day(db))
    until = f"until {back_on}" if back_on else "until two people let a version go live"
    return f"\nIt is the one policy that decides: once it is retired lending stops {until}; lines and loans go on."
