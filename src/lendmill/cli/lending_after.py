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


def stops(database: "Database", proposal: "DocumentProposal") -> str:
    """What it would mean to retire the version that decides, or that is sold; nothing of any other proposal."""
    from lendmill.credit.publishing.queries import back_on, ends
    from lendmill.people.queries import house_day

    retires = proposal.to_stage == "retired" and proposal.live_version == proposal.version
    ended = ends(proposal.kind, proposal.document_key, "live") if retires else ""
    if not ended:
        return ""
    with database.transaction() as db:
        again_on = back_on(db, proposal.kind, proposal.document_key, house_day(db))
    until = f"until {again_on}" if again_on else "until two people let a version go live"
    if ended == "sales":
        return f"\nIt is the version that is sold: once it is retired nobody is sold it {until}; lines and loans go on."
    return f"\nIt is the one policy that decides: once it is retired lending stops {until}; lines and loans go on."
