"""WHOSE MONEY. What the lender may lend, kept so that it is never promised twice.

    lendable = net assets + permitted borrowing - outstanding own principal - reservations

Lendable money is split over slots; a draw reserves from one, or from several when none is large enough. What flows
back is appended and folded into the slots by the day end.
"""
