"""What the desk's own codes are called on a page; each is a sentence the translations know."""

from typing import Final

from lendmill.credit.reasons import CODES, Reason
from lendmill.credit.review.verdict.review import GRANT_REASONS, NOT_TO_DECLINE_WITH
from lendmill.web.words import CHINESE, marked


def _named(keys: tuple[str, ...], names: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(keys, names, strict=True))


VIEWS: Final = _named(
    ("open", "mine", "waiting", "late", "all"),
    marked("To look at", "With me", "Waiting for others", "Overdue", "All open"),
)
WHYS: Final = _named(("referred", "asked"), marked("Referred", "Asked for a person"))
STATES: Final = _named(
    ("open", "asked", "second", "decided"),
    marked("To look at", "Waits for the seller", "Waits for a second person", "Decided"),
)
EVENTS: Final = _named(
    (
        "opened", "taken", "handed back", "looked at", "asked", "answered", "tied", "invited", "booked", "moved",
        "missed", "called off", "held", "proposed", "sent back", "withdrawn", "decided",
    ),
    marked(
        "Laid on the desk", "Taken", "Handed back", "Opened by", "Asked the seller", "The seller said",
        "Told a tie to the borrower", "Invited to a conversation", "Hour of the conversation chosen",
        "Conversation moved", "The borrower did not come", "Conversation called off", "Conversation had",
        "Verdict waits for a second person", "Sent back by the second person", "Verdict taken back", "Decided",
    ),
)  # fmt: skip
TIES: Final = _named(
    ("relative", "introduced", "business"),
    marked("A relative or friend", "I introduced them", "We do business together"),
)
INTERVIEW_STATES: Final = _named(
    ("invited", "booked", "held", "missed", "called off"),
    marked("Invited", "Hour chosen", "Had", "Did not come", "Called off"),
)
TOPICS: Final = _named(
    ("identity", "purpose", "business", "customers", "stock", "debts", "stated", "findings"),
    marked(
        "Identity", "What the money is for", "Business", "Customers", "Stock", "Debts", "Stated figures",
        "What held the computer back",
    ),
)  # fmt: skip
FOUND: Final = _named(("matches", "differs", "not answered"), marked("Matches", "Differs", "Not answered"))
OVERRIDES: Final = _named(
    ("none", "up", "down"),
    marked("Within what the computer said", "Granted against the computer", "Declined against the computer"),
)
NOTICES: Final = _named(
    ("declined", "counter", "lapsed", "review", "cut", "raise", "dearer", "cheaper"),
    marked(
        "Application not granted", "Less granted than asked", "Smaller offer lapsed", "A person has decided",
        "Limit cut", "Limit raised", "Rate raised", "Rate lowered",
    ),
)  # fmt: skip
CONDITIONS: Final = _named(("guarantor", "collateral"), marked("A guarantor", "Collateral"))
SERIES: Final = _named(
    ("sales_net", "payment_count", "visits", "login_days", "refund_rate", "review_mean"),
    marked(
        "Net sales a day, yuan", "Orders paid a day", "Visits a day", "Days signed in, of each", "Share refunded",
        "Mean review",
    ),
)  # fmt: skip
MEANINGS: Final = _named(
    marked("Points", "Grade", "PD", "Rating, by block", "A person may grant", "Closeness"),
    marked(
        "What the rating card adds up from the record; more is better.",
        "AAA to D, by the points; the policy says which grades are declined and which a person looks at.",
        "How likely, by the card, the borrower is to default within 12 months.",
        "The parts of the rating that are measured: 0 is the worst this card could say, 100 the best.",
        "The least of what nobody may pass: the product's limit, one it shares, the lender's caps, what was asked for.",
        "How near a stated figure is to the record's: 1 is the same; below 0.9 ask, below 0.6 they differ.",
    ),
)
BLOCKS: Final = _named(
    (
        "transactions", "identity and registration", "behaviour trail", "customer interaction", "third party",
        "psychometrics", "soft information",
    ),
    marked(
        "Sales, orders, refunds and money taken in: how much, how steady, how they grow.",
        "How long the shop is here, how its record hangs together, and signs of trades that were not real.",
        "How the shop is run from day to day: advertising, sign-ins and from where, the sellers' community.",
        "Visits, favourites, reviews, disputes and answers to buyers.",
        "What others have on record: invoices and purchases, customs, tax office, credit bureau, business registry.",
        "The voluntary questionnaire; no card reads it unless asked to.",
        "How it depends on few buyers and suppliers, and what the seller states about the year.",
    ),
)  # fmt: skip
DECLINE_CODES: Final = tuple(code for code in (reason.code for reason in Reason) if code not in NOT_TO_DECLINE_WITH)
assert set(DECLINE_CODES) <= CODES


def grant_reasons(language: str) -> dict[str, str]:
    """Why a person grants, as sentences."""
    return {code: zh if language == CHINESE else en for code, (en, zh) in GRANT_REASONS.items()}


def decline_reasons(language: str) -> dict[str, str]:
    """Why a person declines, in the words the seller reads."""
    return {code: Reason.of(code).sentence(language) for code in DECLINE_CODES}


def reason_told(code: str, language: str) -> str:
    """A reason of a verdict as a sentence, whichever way it was decided."""
    granted = grant_reasons(language)
    return granted[code] if code in granted else Reason.of(code).sentence(language)
