"""The curve of borrowers lost: read from a table or refused with the line, never falling, smooth between its points."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from lendmill.credit.pricing.curve import ChurnCurve, CurveUnclear, between, curves_of, never_falling

SHARES = st.lists(st.floats(0, 1), min_size=2, max_size=30)


def spread(count: int) -> list[float]:
    return [0.02 + 0.01 * n for n in range(count)]


@example([0.0, 5e-324, 1.0])
@given(SHARES)
def test_between_the_rates_measured_a_dearer_loan_never_keeps_more(shares: list[float]) -> None:
    curve = ChurnCurve("all", tuple(spread(len(shares))), tuple(shares))
    along = np.linspace(curve.yearly_rates[0], curve.yearly_rates[-1], 301)
    lost = curve.lost(along)
    assert (np.diff(lost) >= -1e-12).all()
    assert min(shares) - 1e-12 <= lost.min() <= lost.max() <= max(shares) + 1e-12
    assert np.allclose(curve.lost(curve.yearly_rates), curve.pooled, atol=1e-12)


@given(SHARES)
def test_evening_out_keeps_the_mean_and_is_what_others_find(shares: list[float]) -> None:
    scipy = pytest.importorskip("scipy.optimize", reason="training extra not installed: SciPy")
    found = never_falling(np.array(shares))
    assert np.isclose(found.mean(), np.mean(shares))
    assert np.allclose(found, scipy.isotonic_regression(np.array(shares)).x)


@given(SHARES)
def test_the_line_is_what_others_draw(shares: list[float]) -> None:
    scipy = pytest.importorskip("scipy.interpolate", reason="training extra not installed: SciPy")
    at = np.cumsum([0.01 + 0.003 * (n % 4) for n in range(len(shares))])
    along = np.linspace(at[0], at[-1], 57)
    values = np.round(shares, 6)  # what is smaller than a millionth of a borrower is rounding
    assert np.allclose(between(at, values, along), scipy.PchipInterpolator(at, values)(along), atol=1e-9)


def test_a_curve_that_never_falls_is_left_as_it_is() -> None:
    curve = ChurnCurve("A", (0.04, 0.06, 0.08), (0.0, 0.1, 0.3))
    assert curve.evened_out == 0
    assert ChurnCurve("A", (0.04, 0.06, 0.08), (0.0, 0.3, 0.1)).evened_out == 2


@pytest.mark.parametrize(
    "text",
    [
        "annual_rate,churn_A,churn_B\n0.04,0,0\n0.06,0.25,0.2\n",
        "annual_rate\tchurn_A\tchurn_B\n4%\t0%\t0\n6 %\t25%\t20 %\n",
        "\ufeffrate;A;B\r\n0.04;0;0\r\n\r\n0.06;0.25;0.2\r\n",
        'rate,"A","B"\n0.04,0,0\n0.05,,\n0.06,0.25,0.2',
    ],
)
def test_a_table_is_read_however_a_spreadsheet_writes_it(text: str) -> None:
    found = curves_of(text)
    assert {name: (curve.yearly_rates, curve.lost_shares) for name, curve in found.items()} == {
        "A": ((0.04, 0.06), (0.0, 0.25)), "B": ((0.04, 0.06), (0.0, 0.2)),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "at least 2 rates"),
        ("rate,A\n0.04,0", "at least 2 rates"),
        ("rate\n0.04\n0.05", "a name of its own"),
        ("rate,A,A\n0.04,0,0\n0.05,0,0", "a name of its own"),
        ("rate,A\n0.04,0\n0.05,0,7", "line 3 has 3 cells, the first line 2"),
        ("rate,A\n0.04,zero\n0.05,0", "line 2 says 'zero'"),
        ("rate,A\n0.04,nan\n0.05,0", "line 2 says 'nan'"),
        ("rate,A\n0.04,0\n0.04,0.1", "rates that do not rise"),
        ("rate,A\n4,0\n5,0.1", "write 4 % as 0.04 or 4%"),
        ("rate,A\n0.04,0\n0.05,1.1", "share outside 0 to 1"),
        ("rate,A,B\n0.04,0,0\n0.05,0.1,", "B needs at least 2 rates"),
        ("rate,A\n0.04," + "0" * 200_000 + "\n0.05,0", "it is no table"),
    ],
)
def test_a_table_that_cannot_be_meant_is_refused_with_what_is_wrong(text: str, told: str) -> None:
    with pytest.raises(CurveUnclear, match=told):
        curves_of(text)
