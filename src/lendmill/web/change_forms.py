"""The small forms of the staff, one for each kind of change: what each asks for, and how what was typed is read."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Final, Literal

from lendmill import money
from lendmill.db import Db
from lendmill.loans import queries as loans
from lendmill.loans.changes import HOLIDAY_MONTHS_MAX, MONTHS_MAX, LoanChange, read_change
from lendmill.loans.receipts.queries import receipts_of
from lendmill.loans.view import LoanView
from lendmill.people.queries import house_day
from lendmill.web import names
from lendmill.web.words import Words, marked

Kind = Literal["amount", "whole", "day", "rate", "choice"]
Choices = tuple[tuple[str, str], ...]
METHODS: Final = ("on-demand", "interest-first", "equal-principal", "level-payment")


@dataclass(frozen=True)
class Field:
    """One thing a form asks for; a choice comes with what may be chosen, `of` says what that is."""

    name: str
    label: str
    kind: Kind
    required: bool = True
    of: str = ""
    hint: str = ""
    most: int | None = None
    choices: Choices = ()


FORMS: Final[dict[str, tuple[Field, ...]]] = {
    "charge_fee": (
        Field("amount_cents", marked("Amount")[0], "amount"),
        Field("n", marked("For which payment")[0], "choice", required=False, of="coming, else the next"),
    ),
    "waive": (
        Field("fees_cents", marked("Fees")[0], "amount", required=False, of="fees"),
        Field("penalty_cents", marked("Penalty interest")[0], "amount", required=False, of="penalty"),
        Field("interest_cents", marked("Interest")[0], "amount", required=False, of="interest"),
    ),
    "change_rate": (
        Field("daily_rate", marked("Daily rate")[0], "rate", of="rate"),
        Field("from_on", marked("From which day")[0], "day"),
    ),
    "payment_holiday": (Field("months", marked("How many months")[0], "whole", most=HOLIDAY_MONTHS_MAX),),
    "extend": (
        Field("n", marked("For which payment")[0], "choice", required=False, of="coming, else the last"),
        Field("to_on", marked("New due date")[0], "day"),
    ),
    "replan": (
        Field("method", marked("How to repay")[0], "choice", of="methods"),
        Field("months", marked("How many months")[0], "whole", most=MONTHS_MAX),
        Field("first_due_on", marked("First due date")[0], "day", required=False, of="a month"),
    ),
    "accelerate": (Field("amount_cents", marked("Amount")[0], "amount", required=False, of="all"),),
    "agree_settlement": (
        Field("amount_cents", marked("Amount")[0], "amount", of="everything"),
        Field("until_on", marked("To be paid by")[0], "day"),
    ),
    "reverse_receipt": (
        Field("receipt_id", marked("Which payment")[0], "choice", of="receipts"),
        Field("cause", marked("What was wrong")[0], "choice", of="causes"),
        Field("to_loan_id", marked("The loan it was meant for")[0], "choice", required=False, of="loans"),
    ),
    "receive_payment": (
        Field("amount_cents", marked("Amount")[0], "amount"),
        Field("value_on", marked("Day it left the payer")[0], "day"),
        Field("loan_id", marked("Goes to")[0], "choice", required=False, of="this or any"),
        Field("prepay", marked("What is more than due goes to")[0], "choice", of="ways"),
    ),
}


def fields_of(db: Db, kind: str, loan: LoanView, words: Words) -> tuple[Field, ...]:
    """What the form of one kind asks for on this loan."""
    if kind == "re_age":
        late = [row for row in loan.rows if row.status == "late"]
        return tuple(
            Field(f"dues.{row.n}", words.say("New day for payment {n}", n=row.n), "day", required=False,
                  hint=words.day(row.due_on))
            for row in late
        )  # fmt: skip
    hints = _hints(loan, words)
    return tuple(
        replace(field, choices=_choices(db, field.of, loan, words), hint=hints.get(field.of, ""))
        for field in FORMS.get(kind, ())
    )


def _hints(loan: LoanView, words: Words) -> dict[str, str]:
    """What helps to fill a field in."""
    owed = {
        "fees": loan.fees_cents,
        "penalty": loan.penalty_cents,
        "interest": loan.interest_cents,
        "everything": loan.payoff_cents,
    }
    hints = {of: words.say("Owed: {amount}", amount=words.money(cents)) for of, cents in owed.items()}
    hints["rate"] = words.say("Now {rate}", rate=loan.rate)
    hints["all"] = words.say("Left empty, it is all that is not due.")
    hints["a month"] = words.say("Left empty, a month from today.")
    return hints


def _choices(db: Db, of: str, loan: LoanView, words: Words) -> Choices:
    """What may be chosen."""
    say = words.say
    match of:
        case "coming, else the next":
            return (("", say("the next one due")), *_coming(loan, words))
        case "coming, else the last":
            return (("", say("the last one")), *_coming(loan, words))
        case "methods":
            return tuple((key, say(names.METHODS[key])) for key in METHODS)
        case "causes":
            return tuple((key, say(text)) for key, text in names.CAUSES.items())
        case "this or any":
            return ((str(loan.loan_id), say("this loan")), ("", say("the oldest dues of all loans")))
        case "ways":
            backwards = say("the principal, from the last payment backwards")
            return (("next-due", say("the next payment")), ("prepay", backwards))
        case "receipts":
            return tuple(
                (str(one.receipt_id), f"{words.money(one.amount_cents)} · {words.day(one.value_on)}")
                for one in receipts_of(db, loan.borrower_id)
                if one.reversed_on is None and not one.from_held
            )
        case "loans":
            return (("", say("only where it was meant for another loan")), *_loans(db, loan, words))
        case _:
            return ()


def _coming(loan: LoanView, words: Words) -> Choices:
    coming = [row for row in loan.rows if row.status == "to come"]
    return tuple((str(row.n), words.say("Payment {n}, {day}", n=row.n, day=words.day(row.due_on))) for row in coming)


def _loans(db: Db, loan: LoanView, words: Words) -> Choices:
    found = loans.loans_of(db, loan.borrower_id, house_day(db))
    return tuple(
        (str(one.loan_id), f"{words.round_money(one.principal_cents)} · {words.day(one.drawn_on)}")
        for one in found
        if one.drawn_on is not None
    )


def typed_change(kind: str, fields: tuple[Field, ...], typed: Mapping[str, str]) -> LoanChange:
    """The change a filled form asks for; what was left empty is left out."""
    content: dict[str, Any] = {}
    for field in fields:
        text = typed.get(field.name, "").strip()
        if not text:
            continue
        head, dot, n = field.name.partition(".")
        if dot:
            content.setdefault(head, {})[n] = _value(field, text)
        else:
            content[head] = _value(field, text)
    return read_change(kind, content)


def _value(field: Field, text: str) -> Any:
    if field.kind == "amount":
        return money.cents(text)
    if field.kind == "rate":
        return f"{text.removesuffix('%').strip()} %"
    counted = field.kind == "whole" or field.name == "n"
    return int(text) if counted and text.isascii() and text.isdecimal() and len(text) < 10 else text
