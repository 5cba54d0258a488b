"""An amount is whole cents at every door: what is not is refused in a sentence, and nothing is changed by it."""

from typing import Any

import pytest
from typer.testing import CliRunner

from lendmill.cli.loans import commands
from lendmill.people.roles import Role

NOT_CENTS = [7.5, "7.5", 1e300, True, None, [7], {"cents": 7}]
COUNTED = ("loan", "loan_event", "instruction", "receipt", "entry", "command", "approval")


def _counts(house: Any) -> dict[str, int]:
    with house.database.transaction() as db:
        return {table: db.execute(f"select count(*) from {table}").fetchone()[0] for table in COUNTED}


def _asks(house: Any, role: Role, path: str, body: dict[str, Any]) -> Any:
    headers = {**house.token(role), "Idempotency-Key": "fraction-0001"}
    return house.client.post(f"/api/v1/borrowers/{house.seller_id}{path}", json=body, headers=headers)


@pytest.mark.parametrize("amount", NOT_CENTS)
def test_programs_send_whole_cents(house, amount) -> None:  # type: ignore[no-untyped-def]
    before = _counts(house)
    draw = {"line_id": str(house.line_id), "amount_cents": amount, "method": "on-demand", "months": 1}
    change = {"kind": "charge_fee", "change": {"amount_cents": amount}, "reason": "a fee"}
    answers = [
        _asks(house, Role.PARTNER, "/draws", draw),
        _asks(house, Role.PARTNER, "/repayments", {"amount_cents": amount}),
        _asks(house, Role.FINANCE, f"/loans/{house.loan_id}/changes", change),
        _asks(house, Role.FINANCE, f"/loans/{house.loan_id}/changes/preview", change),
    ]
    assert [answer.status_code for answer in answers] == [400, 400, 422, 422]
    assert _counts(house) == before
    house.lender.keeps_its_promises()


@pytest.mark.parametrize("amount", ["7.005", "70.", "7,00", "-7.001", "1e3", "seven", "", "9" * 17, "0.001"])
def test_whoever_types_an_amount_writes_no_fraction_of_a_cent(house, amount, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    monkeypatch.setenv("LENDMILL_DATABASE_URL", house.database.url)
    before = _counts(house)
    for command in (["draw", "shop-0", "--yes", "--", amount], ["repay", "shop-0", "--", amount]):
        said = CliRunner().invoke(commands, command)
        assert said.exit_code != 0
        assert "is not an amount of money: write digits with at most two decimals" in said.output + str(said.exception)
    assert _counts(house) == before
