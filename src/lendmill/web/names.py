"""What the house's own codes are called on a page; each is a sentence the translations know."""

from typing import Final

METHODS: Final = {
    "on-demand": "Repay any time",
    "interest-first": "Interest monthly, principal at the end",
    "equal-principal": "Equal principal",
    "level-payment": "Equal instalments",
    "on-settlement": "From the order's own settlement",
}
ABOUT_METHODS: Final = {
    "on-demand": "Principal and interest on the last day; earlier whenever you like, with no fee.",
    "interest-first": "Only interest each month, the principal on the last day.",
    "equal-principal": "The same part of the principal each month, and the interest of the month.",
    "level-payment": "The same payment each month.",
    "on-settlement": "Repaid when the buyer's payment for the order is settled.",
}
LOAN_STATUS: Final = {
    "paying": "Paying out",
    "running": "Running",
    "closed": "Paid off",
    "failed": "Not paid out",
}
ROW_STATUS: Final = {"to come": "To come", "due today": "Due today", "late": "Late", "paid": "Paid"}
EVENTS: Final = {"drawn": "Paid out to you", "billed": "Interest billed", "repaid": "Repaid"}
LINE_STATUS: Final = {"open": "Open", "frozen": "Frozen", "closed": "Closed"}
OUTCOMES: Final = {"approve": "Approved", "refer": "For a person to decide", "decline": "Declined"}
APPLICATION_STATUS: Final = {"open": "Being filled in", "decided": "Decided", "withdrawn": "Withdrawn"}
ROLES: Final = {
    "seller": "Seller",
    "analyst": "Analyst",
    "risk-officer": "Risk officer",
    "collector": "Collector",
    "finance": "Finance",
    "auditor": "Auditor",
    "admin": "Administrator",
    "partner": "Marketplace",
}
INSTRUCTION_KINDS: Final = {"payout": "Payout", "collect": "Repayment", "refund": "Refund"}
INSTRUCTION_STATUS: Final = {
    "waiting": "On its way",
    "unknown": "Being checked",
    "confirmed": "Arrived",
    "failed": "Did not go through",
}
KINDS: Final = {"firm": "Firm", "person": "Person"}
VERDICTS: Final = {
    "pass": "In order",
    "fail": "Against",
    "unknown": "Unknown",
    "not-applicable": "Not asked here",
    "noted": "Noted",
}
DECISION_STEPS: Final = {
    "eligibility": "Eligibility",
    "knock-outs": "Knock-outs",
    "rating": "Rating",
    "limit": "Limit",
    "price": "Price",
    "term": "Term",
    "conditions": "Conditions",
}
STAGES: Final = {
    "none": "Not late",
    "short": "1 to 30 days late",
    "medium": "31 to 90 days late",
    "long": "Over 90 days late",
}
ENTRIES: Final = {
    "drawn": "Paid out",
    "billed": "Interest billed",
    "received": "Payment received",
    "overpaid": "Paid too much",
    "refunded": "Paid back",
    "corrected": "Corrected for an earlier value date",
    "closed": "Rounding at the end",
}
DAY_END_STEPS: Final = {
    "cut-over": "Cut-over to the next day",
    "bring-up": "Loans brought up to the day",
    "accrue": "Interest accrued",
    "funding": "Funding folded back",
    "snapshot": "Portfolio written down",
    "done": "Finished",
}
DAY_END_COUNTS: Final = {
    "products": "Products",
    "borrowers": "Borrowers",
    "loans": "Loans",
    "lines": "Entries",
    "releases": "Releases",
    "released_cents": "Released",
}
CONTROLS: Final = {
    "principal": "Principal",
    "interest billed": "Interest billed",
    "penalty billed": "Penalty interest billed",
    "fees": "Fees",
    "interest accrued": "Interest accrued",
    "penalty accrued": "Penalty interest accrued",
}
INDUSTRIES: Final = {
    "construction": "Construction",
    "health": "Health",
    "logistics": "Logistics",
    "vehicles": "Vehicles",
    "food": "Food",
    "farming": "Farming",
    "media": "Media and events",
    "energy": "Energy and chemicals",
    "technology": "Technology",
    "machinery": "Machinery",
    "materials": "Building materials",
    "home": "Home and living",
    "apparel": "Apparel",
    "services": "Services",
    "trade": "Trade",
    "beauty": "Beauty",
    "toys": "Toys",
    "sports": "Sports and outdoors",
    "books": "Books and paper",
    "pets": "Pets",
    "electronics": "Electronics",
    "crafts": "Crafts",
    "unknown": "Unknown",
}

ALL: Final = (
    METHODS,
    ABOUT_METHODS,
    LOAN_STATUS,
    ROW_STATUS,
    EVENTS,
    LINE_STATUS,
    OUTCOMES,
    APPLICATION_STATUS,
    ROLES,
    INSTRUCTION_KINDS,
    INSTRUCTION_STATUS,
    KINDS,
    VERDICTS,
    DECISION_STEPS,
    STAGES,
    CONTROLS,
    DAY_END_STEPS,
    DAY_END_COUNTS,
    ENTRIES,
    INDUSTRIES,
)
