"""What the house's own codes are called on a page; each is a sentence the translations know."""

from typing import Final

from lendmill.rating.stated.closeness import FORMULAS
from lendmill.rating.stated.figures import MISTAKES
from lendmill.shops.industries import INDUSTRY_NAMES
from lendmill.web.night_names import DAY_END_COUNTS, DAY_END_STEPS

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
    "written-off": "Written off",
    "closed": "Paid off",
    "failed": "Not paid out",
}
ROW_STATUS: Final = {"to come": "To come", "due today": "Due today", "late": "Late", "paid": "Paid"}
EVENTS: Final = {
    "drawn": "Paid out to you",
    "billed": "Interest billed",
    "charged": "Fee charged",
    "repaid": "Repaid",
    "waived": "Waived",
    "forgiven": "No longer owed",
    "written off": "Written off in our books",
    "rebated": "Charges given back",
    "taken back": "Payment taken back",
}
LINE_STATUS: Final = {"open": "Open", "frozen": "Frozen", "closed": "Closed", "pending": "Waits for its conditions"}
OUTCOMES: Final = {
    "approve": "Approved",
    "counter": "Less offered",
    "refer": "For a person to decide",
    "decline": "Declined",
}
COUNTER_STATES: Final = {
    "open": "Can be accepted",
    "accepted": "Accepted",
    "declined": "Declined by the seller",
    "lapsed": "Lapsed",
    "replaced": "Replaced by a later decision",
}
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
CHANGE_KINDS: Final = {
    "charge_fee": "Charge a fee",
    "waive": "Waive fees, penalty or interest",
    "change_rate": "Change the rate",
    "payment_holiday": "Payment holiday",
    "extend": "Extend a due date",
    "replan": "New repayment plan",
    "re_age": "New day for overdue payments",
    "accelerate": "Call in what is not due",
    "write_off": "Write off",
    "agree_settlement": "Settle for less",
    "reverse_receipt": "Take back a payment",
    "receive_payment": "Payment found by hand",
}
PROPOSALS: Final = {
    **CHANGE_KINDS,
    "verdict": "Verdict on an application",
    "untie": "Part from related borrowers",
}
ABOUT_CHANGES: Final = {
    "charge_fee": "A fee is owed with one payment, the next one due unless another is named.",
    "waive": "What is waived need not be paid. Principal cannot be waived: settle for less instead.",
    "change_rate": "From a day on; a day in the past is told again and corrected, a day to come is planned.",
    "payment_holiday": "Every payment not due yet moves on by so many months; interest goes on.",
    "extend": "Agreed before its day: the contractual day moves, and nothing is late until the new one.",
    "replan": "The principal not due yet is spread anew; what is due already stays.",
    "re_age": "For contact only: contractual days past due, penalty and risk class go on.",
    "accelerate": "It falls due today; grace and penalty run from today.",
    "write_off": "The principal leaves the balance sheet; the claim goes on, and what still comes in is a recovery.",
    "agree_settlement": "Once this much has come in by that day, all that is left is forgiven. Else all stays owed.",
    "reverse_receipt": "As if it had never come: all since its day is told again, and the difference is booked today.",
    "receive_payment": "Cash, or a transfer found on the bank's statement; it counts from the day it left the payer.",
}
STATES: Final = {
    "waiting": "Waiting",
    "expired": "Not decided in time",
    "approved": "Approved",
    "alone": "Made",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
}
CAUSES: Final = {"bounced": "It bounced", "wrong-loan": "It was meant for another loan", "duplicate": "Booked twice"}
PARTS: Final = {"fees": "fees", "penalty": "penalty interest", "interest": "interest"}
DIARY: Final = {
    "drawn": "Paid out",
    "repaid": "Payment",
    "struck": "Correction",
    "charged": "Fee charged",
    "waived": "Waived",
    "repriced": "Rate changed",
    "moved": "Due dates moved",
    "replanned": "New repayment plan",
    "re-aged": "New day for overdue payments",
    "accelerated": "Called in",
    "written-off": "Written off",
    "settling": "Settlement agreed",
    "rebated": "Given back",
    "purchase": "Purchase",
    "refund": "Refund",
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
    "review": "Review",
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
    "billed outside": "Interest billed, outside the balance sheet",
    "charged": "Fee charged",
    "charged outside": "Fee charged, outside the balance sheet",
    "earned": "Fee earned",
    "received": "Payment received",
    "received, non-accrual": "Payment received, non-accrual",
    "recovered": "Recovered after write-off",
    "waived": "Waived",
    "waived, non-accrual": "Waived, non-accrual",
    "given up after write-off": "Given up after write-off",
    "provided": "Provided for losses",
    "principal forgiven": "Principal forgiven",
    "rebated": "Given back",
    "overpaid": "Paid too much",
    "held": "Held for the next due",
    "refunded": "Paid back",
    "claimed": "Claimed from the borrower",
    "rebate claimed back": "Charges given back, claimed again",
    "corrected": "Corrected for an earlier value date",
    "interest accrued": "Interest accrued",
    "penalty accrued": "Penalty interest accrued",
    "interest accrued outside": "Interest accrued outside the balance sheet",
    "penalty accrued outside": "Penalty interest accrued outside the balance sheet",
    "stopped accruing": "Stopped accruing",
    "resumed accruing": "Accruing again",
    "written off": "Written off",
    "rounded": "Rounded",
    "closed": "Rounding at the end",
    "closed outside": "Rounding at the end, outside the balance sheet",
    "capital paid in": "Capital paid in",
}
ARMS: Final = {"champion": "Champion", "challenger": "Challenger", "hold-out": "Hold-out"}
ARM_FIGURES: Final = {
    "granted": "Share granted",
    "referred": "Share that goes to a person",
    "limit_mean": "Mean limit granted",
    "at_risk_share": "PD × limit, share of limits",
    "default_rate": "Share that defaulted",
}
CONTROLS: Final = {
    "principal": "Principal",
    "interest billed": "Interest billed",
    "penalty billed": "Penalty interest billed",
    "fees": "Fees",
    "interest accrued": "Interest accrued",
    "penalty accrued": "Penalty interest accrued",
    "fees not yet earned": "Fees not yet earned",
    "written-off principal": "Principal written off",
    "interest outside": "Interest outside the balance sheet",
    "penalty outside": "Penalty interest outside the balance sheet",
    "fees outside": "Fees outside the balance sheet",
    "interest accrued outside": "Interest accrued outside the balance sheet",
    "penalty accrued outside": "Penalty interest accrued outside the balance sheet",
    "held for borrowers": "Held for borrowers",
    "claims on borrowers": "Claims on borrowers",
}
INDUSTRIES: Final = {industry: name for industry, (name, _) in INDUSTRY_NAMES.items()}

MODEL_STAGES: Final = {"draft": "Draft", "shadow": "Shadow", "live": "Live", "retired": "Retired"}
MODEL_KINDS: Final = {"classic": "Classic scorecard", "boosted": "Boosted card"}
STAGE_REASONS: Final = {
    "kept after training": "Kept after training",
    "first card of the house": "First card of the house",
    "carried over": "Kept by an earlier version",
}
STEPS_ALONE: Final = {"shadow": "Let it rate in the shadow", "retired": "Retire it"}
STEPS_BY_TWO: Final = {"live": "Propose it for the live stage", "retired": "Propose its end"}
PROPOSED: Final = {"live": "To go live", "retired": "To be retired"}
PROPOSAL_STATES: Final = {
    "waiting": "Waiting",
    "expired": "Over",
    "approved": "Approved",
    "declined": "Declined",
    "withdrawn": "Withdrawn",
}
DOCUMENT_KINDS: Final = {"policies": "Policies", "products": "Products"}
DOCUMENT_STAGES: Final = {"draft": "Draft", "review": "In review", "shadow": "Shadow", "share": "Share", "live": "Live",
                          "retired": "Retired"}  # fmt: skip
PUBLISHING: Final = {"shadow": "To be tried in the shadow", "share": "For a share of borrowers", "live": "To go live",
                     "retired": "To be retired"}  # fmt: skip
STEP_REASONS: Final = {
    "first of the house": "First of the house",
    "published": "Kept by an earlier version",
    "shipped with this release": "Shipped with a release",
}
WATCH_FIGURES: Final = {
    "psi": "Shift of the points (PSI)",
    "csi": "Shift of a feature (CSI)",
    "unknown": "Shops the card cannot rate",
    "auc": "Order of ripe decisions (AUC)",
    "ks": "Order of ripe decisions (KS)",
    "brier": "Distance from what happened (Brier)",
    "calibration": "Defaults of a ripe month",
    "so far": "Defaults so far of a young month",
    "approval": "Share with a grade that can be approved",
    "impact": "Adverse impact ratio",
    "given and seen": "Defaults of a segment",
    "protected": "Protected features it reads",
}
ALARMS: Final = {"watch": "Look", "alarm": "Act"}
DIVISIONS: Final = {"region": "Region", "industry": "Industry", "kind": "Kind", "size": "Net sales a year"}
SIZES: Final = {
    "below 100,000": "Below ¥100,000",
    "100,000 to 1 million": "¥100,000 to ¥1,000,000",
    "1 to 10 million": "¥1,000,000 to ¥10,000,000",
    "above 10 million": "Above ¥10,000,000",
    "unknown": "Unknown",
    "others": "Others, fewer than 30 each",
}
FIGURES: Final = {
    "sales_year": "A year's sales",
    "sales_on_platform": "A year's sales on this platform",
    "sales_declared": "A year's sales, against those declared for tax",
    "cost_year": "A year's cost of what was sold",
    "net_margin": "Net margin",
    "platform_share": "Share of sales on this platform",
    "inventory": "Stock",
    "receivables": "What customers owe",
    "assets": "All assets",
    "liabilities": "All debts",
    "top1_share": "Largest customer, share of sales",
    "top1_years": "Largest customer, for how long",
    "top2_share": "Second customer, share of sales",
    "top2_years": "Second customer, for how long",
}
CLOSENESS: Final = {name: formula for name, (formula, _) in FORMULAS.items()}
STATED_VERDICTS: Final = {"matches": "Matches", "differs": "Differs", "cannot tell": "Cannot tell"}
PEER_RATIOS: Final = {
    "sales_to_seen": "Stated sales to those seen",
    "net_margin": "Net margin",
    "top1_share": "Largest customer, share of sales",
    "debt_share": "Debts to assets",
}
PEER_PLACES: Final = {
    "below most": "Below most",
    "like most": "Like most",
    "above most": "Above most",
    "not known": "Not known",
}
PARTY_STATES: Final = {
    "answered": "Answered",
    "partial": "Answered in part",
    "stale": "Too old",
    "no record": "No record there",
    "refused": "Refused to answer",
    "timed out": "No answer in time",
    "unknown": "Not understood",
    "not asked": "Not asked",
    "waiting": "Being asked",
}
PARTY_FIGURES: Final = {
    "import": "Import declared",
    "export": "Export declared",
    "vat": "Filing of value-added tax",
    "income": "Filing of income tax",
    "grade": "Tax grade, 5 is A",
    "open_loans": "Open loans",
    "open_balance": "Owed on them",
    "late_days_worst": "Longest lateness, days",
    "enquiries_90": "Enquiries in 90 days",
    "score": "Bureau's score",
    "years_known": "Years known to the bureau",
    "registered_capital": "Registered capital",
    "active": "In business, 1 is yes",
    "years_registered": "Years registered",
    "legal_cases": "Court cases",
    "enforcement": "On the list of debtors who do not comply, 1 is yes",
}
UNITS: Final = {unit: unit for unit in (
    "yuan", "count", "share", "share per month", "ratio", "days", "months", "years", "minutes", "stars", "points",
    "index", "0 to 1", "1 to 5", "1 or 0",
)}  # fmt: skip
CONDITION_WAYS: Final = {"guarantor": "A guarantor", "collateral": "Collateral"}
CONDITION_STATES: Final = {"asked": "To be brought forward", "waiting": "Being verified", "met": "Met",
                           "lapsed": "Lapsed"}  # fmt: skip
GROUP_KINDS: Final = {
    "household": "Household",
    "representative": "Same legal representative",
    "guarantee": "Answer for each other",
}

ALL: Final = (
    GROUP_KINDS, CONDITION_WAYS, CONDITION_STATES, COUNTER_STATES, ARMS, ARM_FIGURES,
    UNITS, FIGURES, CLOSENESS, STATED_VERDICTS, PEER_RATIOS, PEER_PLACES, PARTY_STATES, PARTY_FIGURES, MISTAKES,
    METHODS, ABOUT_METHODS, LOAN_STATUS, ROW_STATUS, EVENTS, LINE_STATUS, OUTCOMES, APPLICATION_STATUS, ROLES,
    INSTRUCTION_KINDS, INSTRUCTION_STATUS, PROPOSALS, ABOUT_CHANGES, STATES, CAUSES, PARTS, DIARY, KINDS, VERDICTS,
    DECISION_STEPS, STAGES, CONTROLS, DAY_END_STEPS, DAY_END_COUNTS, ENTRIES, INDUSTRIES, MODEL_STAGES, MODEL_KINDS,
    DOCUMENT_KINDS, DOCUMENT_STAGES, PUBLISHING, STEP_REASONS,
    STAGE_REASONS, STEPS_ALONE, STEPS_BY_TWO, PROPOSED, PROPOSAL_STATES, WATCH_FIGURES, ALARMS, DIVISIONS, SIZES,
)  # fmt: skip
