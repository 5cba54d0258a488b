"""What chance alone would do: the interval of a share, and the quantile of chi-square."""

import math
from statistics import NormalDist

_NORMAL = NormalDist()


def share_interval(bads: int, counted: int, sureness: float = 0.95) -> tuple[float, float]:
    """Between which shares the true one lies, so many times in 100: Wilson's interval (1927), which stays in 0 to 1.

        centre = (p + z^2 / 2n) / (1 + z^2 / n)
        half   = z / (1 + z^2 / n) * sqrt(p (1 - p) / n + z^2 / 4n^2)

    >>> [round(end, 4) for end in share_interval(10, 100)]
    [0.0552, 0.1744]
    """
    z = _NORMAL.inv_cdf(0.5 + sureness / 2)
    share, wide = bads / counted, z * z / counted
    centre = (share + wide / 2) / (1 + wide)
    half = z / (1 + wide) * math.sqrt(share * (1 - share) / counted + wide / (4 * counted))
    return max(0.0, centre - half), min(1.0, centre + half)


def ratio_interval(first: tuple[int, int], second: tuple[int, int], sureness: float = 0.95) -> tuple[float, float]:
    """Between which ratios of two shares the true one lies, so many times in 100: Katz and others (1978), on the log.

        ln(p1 / p2) +- z * sqrt((1 - p1) / (n1 p1) + (1 - p2) / (n2 p2))

    Each is (how many, of how many); a half is added to all counts, so that a share of nought has an interval too.

    >>> [round(end, 3) for end in ratio_interval((80, 100), (90, 100))]
    [0.791, 1.0]
    """
    (a, n), (b, m) = ((some + 0.5, of + 0.5) for some, of in (first, second))
    half = _NORMAL.inv_cdf(0.5 + sureness / 2) * math.sqrt(1 / a - 1 / n + 1 / b - 1 / m)
    ratio = (a / n) / (b / m)
    return ratio * math.exp(-half), ratio * math.exp(half)


def chi_square_quantile(degrees: int, sureness: float = 0.95) -> float:
    """What a chi-square of so many degrees stays below, so many times in 100: Wilson and Hilferty (1931).

    Within 1 % of the exact value from two degrees on.

    >>> round(chi_square_quantile(9), 2)  # exact: 16.92
    16.9
    """
    if degrees < 1:
        return 0.0
    z, wide = _NORMAL.inv_cdf(sureness), 2 / (9 * degrees)
    return float(degrees * (1 - wide + z * math.sqrt(wide)) ** 3)
