"""Writes the page about a fixed sum over small firms, from what bench/contest.py worked out."""

import textwrap
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import altair as alt
import numpy as np

from lendmill.credit.pricing.profit import expected
from lendmill.credit.pricing.sharing import REACHED
from lendmill.lab.contest import A_NIGHT, Firm, Terms, ground_of
from lendmill.money import yuan
from lendmill.web.pricing_charts import LOOKS, coloured, svg

ROOT = Path(__file__).parents[1]
PAGE = ROOT / "docs" / "pricing.md"
PICTURES = ROOT / "docs" / "pictures"
UNIT_YUAN = 10_000
OPENING = """# A hundred million yuan over small firms: amounts and rates that pay

Written by `python bench/contest.py --page`; no figure was typed. The problem is C of the 2020 national contest in
mathematical modelling: a bank knows the invoices of small firms, and of some its own rating and who defaulted. It
lends a fixed sum for one year, 100,000 to 1,000,000 yuan to a firm at 4 to 15 % a year or nothing, and nothing to
grade D; how many firms it loses at a rate was measured for grades A, B and C. Which firms get how much, at which rate?

`lendmill pricing` works out the price of a grade with the same formula (`lendmill.credit.pricing`), and
`lendmill.lab.contest` holds the whole of this problem. The data are not shipped. How an analyst sets a price with it:
[setting-prices.md](setting-prices.md).
"""


def write(found: dict[str, Any]) -> list[Path]:
    """The page and its pictures."""
    PICTURES.mkdir(exist_ok=True)
    pictures = {
        PICTURES / "pricing-total.svg": total_picture(found),
        PICTURES / "pricing-rates.svg": rates_picture(found),
        PICTURES / "pricing-offers.svg": offers_picture(found),
    }
    for path, drawn in pictures.items():
        path.write_text(drawn, encoding="utf-8")
    PAGE.write_text("\n".join(page(found)) + "\n", encoding="utf-8")
    return [PAGE, *pictures]


def page(found: dict[str, Any]) -> Iterator[str]:
    """The page, line by line."""
    yield OPENING.rstrip("\n")
    yield from ("", "## What is assumed", "")
    yield from assumed(found)
    yield from ("", "## What is maximised, and how", "")
    yield from method()
    yield from ("", "## The firms whose grade is known", "")
    yield from first(found)
    yield from ("", "## The firms of which only the invoices are known", "")
    yield from second(found)
    yield from ("", "## What moves it", "")
    yield from moved(found)
    yield from ("", "## What to doubt", "")
    yield from doubts(found)


def assumed(found: dict[str, Any]) -> Iterator[str]:
    """The assumptions, each in a sentence."""
    rating, terms = found["rating"], found["terms"]
    said = [
        f"**PD.** The house's classic card, learned from the invoices of {rating['known']} firms as of"
        f" {found['day']}, of"
        f" which {rating['bads']} defaulted; the bank's rating is not among its features. The firms it was learned from"
        f" are rated out of fold (AUC {between(rating['auc'])}), the others by the card itself.",
        "**PD where the grade is known.** Grade D is lent nothing, and with it go"
        f" {rating['bads'] - rating['bads_lent']}"
        f" of the {rating['bads']} that defaulted: of the {len(rating['first'])} firms left {rating['bads_lent']}"
        " did. The"
        f" card says {rating['mean_told']:.1%} of them on average, for it does not know the bank's grade. All odds are"
        f" therefore moved by one factor until the mean is {rating['share']:.1%}, the share seen with half a firm added"
        " on either side.",
        f"**Grade where it is not known.** The firms are ordered by PD and cut in the shares of the known ones: the"
        f" {rating['worst']} worst of {rating['others']} count as D and get nothing. Their PDs stay as the card gives"
        " them.",
        "**Firms lost.** The share lost at a rate is the measured curve of the grade, evened out where it falls (pooled"
        " neighbours), smooth and never falling between the rates measured. Who is lost brings nothing and costs"
        " nothing.",
        f"**Loss.** Of a loan that defaults {terms.loss_given_default_bp / 100:g} % of the principal is lost and no"
        " interest is paid. No loss was measured here: this is an assumption, and it is moved below.",
        "**Costs.** The problem names none: neither money nor making a loan costs anything. Both are moved below.",
        "**PD and price.** A firm's PD is taken to depend neither on its rate nor on its amount; the latter is moved"
        " below.",
    ]
    for each in said:
        yield from wrapped(f"- {each}", "  ")


def method() -> Iterator[str]:
    """The formula and how the best is found."""
    yield from wrapped(
        "For each firm, rate and amount, `credit.pricing.profit.expected` gives what it is expected to bring:"
    )
    yield ""
    formula = (expected.__doc__ or "").split("\n\n")[1]
    yield from textwrap.indent(textwrap.dedent(formula), "    ").splitlines()
    yield ""
    yield from wrapped(
        "with all of the amount drawn for 365 days. Every rate from 4 to 15 % in steps of 0.01 % and every amount in"
        " steps"
        " of 10,000 yuan is tried, so each firm has a best rate for each amount. Sharing out the sum is then a"
        " knapsack in"
        " which each firm takes one of its amounts; it is solved exactly by dynamic programming over the 10,000 steps"
        " of"
        " the sum, in whole thousandths of a cent. No shape is needed for that: amounts have a least, costs may be"
        " fixed."
        " Lagrange's bound, worked out apart, says what no other sharing"
        " can pass: *gap* is how far at most the best could be bettered by it."
    )
    yield ""
    yield from wrapped(
        "Beside it stand two simpler ways. *Greedy*: every firm what is best for it alone, who brings most per yuan"
        " first,"
        " until the sum is used up. *Equal split*: every firm the same, at the one rate that is best for all together."
    )


def first(found: dict[str, Any]) -> Iterator[str]:
    """The first question."""
    rating = found["rating"]
    most = len(rating["first"]) * Terms().most_units
    yield from wrapped(
        f"**A hundred million cannot be lent to them.** {len(rating['first'])} firms at a million each take"
        f" {amount(most)}, so the statement's sum is out of reach (`{found['out_of_reach']}`). Solved instead for"
        " smaller"
        " sums and for the most there can be. As long as a firm's profit is straight in its amount, as it is here, the"
        " greedy way is the best one, but for a last firm that gets a part."
    )
    yield ""
    yield from ways(found["firsts"])
    yield ""
    yield from groups(found["firsts"][1])
    yield ""
    told = found["as_told"]
    yield from wrapped(
        f"Had the card's PDs been taken as they are, a mean of {rating['mean_told']:.1%}, the best for"
        f" {amount(told['total'])} would be expected to bring {money(told['best']['profit_cents'])}."
    )
    yield from ("", "![What a sum brings](pictures/pricing-total.svg)")


def second(found: dict[str, Any]) -> Iterator[str]:
    """The second question."""
    base, taken = found["seconds"]
    yield from wrapped(
        f"{len(found['rating']['second'])} firms may be lent to, and the sum is {amount(base['total'])}. It can be"
        " read in"
        " two ways. *Granted*: the offers made come to the sum, and what firms turn down lies idle. *Taken up*: more is"
        " offered, so that what is expected to be taken up comes to the sum; each firm's part is rounded up to 10,000"
        " yuan,"
        " so that it is never passed in expectation. The statement's words fit the first; the second is what a bank"
        " would do."
    )
    yield ""
    yield from ways(found["seconds"])
    yield ""
    yield from groups(base)
    yield ""
    yield from wrapped(
        f"One yuan more to grant would bring {base['unit_cents'] / 100 / UNIT_YUAN:.4f} yuan more a year, one more to"
        " be"
        f" taken up {taken['unit_cents'] / 100 / UNIT_YUAN:.4f}. Chance alone, with each firm by itself, moves the"
        " profit of"
        f" the first by {money(base['spread_cents'])} either way (one standard deviation); a year in which firms fail"
        " together moves it further."
    )
    yield ""
    yield from wrapped(
        "A rate near the lowest keeps nearly everybody; a high one keeps few, but also few of those who default. For a"
        " firm with next to no risk the two all but balance, which is why the rate follows the PD, in steps where the"
        " measured curve is rough."
    )
    yield from ("", "![What each rate brings](pictures/pricing-rates.svg)")
    yield from ("", "![Rates by PD](pictures/pricing-offers.svg)")


def ways(rows: list[dict[str, Any]]) -> Iterator[str]:
    """The best beside the simpler ways."""
    yield "| sum | way | firms | granted | used of the sum | rates, mean | expected profit | of the best | gap |"
    yield "| ---: | --- | ---: | ---: | ---: | --- | ---: | ---: | ---: |"
    for row in rows:
        shown = [("best", row["best"]), ("greedy", row["greedy"])]
        if row["counted"] == "granted":  # an equal split is one of what is granted
            shown.append(("equal split", row["equal"]))
        for name, each in shown:
            rates = f"{each['rate_low'] / 100:.2f} to {each['rate_high'] / 100:.2f} %, {each['rate_mean'] / 100:.2f} %"
            share = "" if each["of_best"] is None else f"{each['of_best']:.1%}"
            gap, head = (
                (f"{row['gap']:.4%}", f"{amount(row['total'])} {row['counted']}") if name == "best" else ("", "")
            )
            yield (
                f"| {head} | {name} | {each['firms']} | {amount(each['granted_units'])} |"
                f" {amount(each['counted_units'])} | {rates} | {money(each['profit_cents'])} | {share} | {gap} |"
            )
    yield ""
    said = ["*Best* uses the whole sum; *greedy* may leave some of it."]
    if any(row["greedy"]["of_best"] > 1 for row in rows):
        said.append("Where it brings more than the best, not all of the sum is worth lending.")
    for row in rows:
        if row["free"]["units"] < row["total"]:
            said.append(
                f"Of {amount(row['total'])} {row['counted']} the best use is {amount(row['free']['units'])}, which"
                " brings"
                f" {money(row['free']['profit_cents'])}."
            )
    yield from wrapped(" ".join(said))


def groups(row: dict[str, Any]) -> Iterator[str]:
    """The best portfolio by grade."""
    yield from wrapped(f"The best of {amount(row['total'])}, counted as {row['counted']}, by grade:")
    yield from (
        "",
        "| grade | firms | mean PD | lent to | granted | mean rate |",
        "| --- | ---: | ---: | ---: | ---: | ---: |",
    )
    for group, each in row["groups"].items():
        rate = f"{each['rate'] / 100:.2f} %" if each["lent_to"] else ""
        yield (
            f"| {group} | {each['firms']} | {each['pd']:.1%} | {each['lent_to']} | {amount(each['units'])} | {rate} |"
        )


def moved(found: dict[str, Any]) -> Iterator[str]:
    """The second question under other assumptions."""
    base = found["seconds"][0]
    yield from wrapped(
        f"The second question, granted {amount(base['total'])}, with one assumption moved at a time. *Kept* is what the"
        " portfolio found above would bring under it; what is lost by keeping it says how much the assumption matters"
        " to"
        " the decision, not only to the profit."
    )
    yield ""
    yield "| moved | firms | mean rate | expected profit | kept | lost by keeping | equal split, of the best |"
    yield "| --- | ---: | ---: | ---: | ---: | ---: | ---: |"
    best = base["best"]
    yield (
        f"| nothing | {best['firms']} | {best['rate_mean'] / 100:.2f} % | {money(best['profit_cents'])} | | |"
        f" {base['equal']['of_best']:.1%} |"
    )
    for row in found["sensitivity"]:
        each, stayed = row["best"], row["stayed_cents"]
        yield (
            f"| {row['name']} | {each['firms']} | {each['rate_mean'] / 100:.2f} % | {money(each['profit_cents'])} |"
            f" {money(stayed)} | {money(each['profit_cents'] - stayed)} | {row['equal']['of_best']:.1%} |"
        )
    yield ""
    yield from wrapped(
        "With odds that grow with the loan, a firm's PD is that of a loan of its mean monthly sales; a smaller one is"
        " then"
        " safer than before, a larger one riskier. There the greedy way, which thinks of one firm at a time, brings"
        f" {weighs(found)['greedy']['of_best']:.1%} of the best and lends"
        f" {amount(weighs(found)['greedy']['granted_units'])}."
    )


def weighs(found: dict[str, Any]) -> dict[str, Any]:
    """The row in which the amount weighs on the firm."""
    return next(row for row in found["sensitivity"] if row["name"].startswith("twice the loan"))


def doubts(found: dict[str, Any]) -> Iterator[str]:
    """What the figures cannot tell."""
    rating = found["rating"]
    evened = ", ".join(f"{name} {curve.evened_out}" for name, curve in found["curves"].items())
    said = [
        f"Among the {len(rating['first'])} firms lent to in the first question {rating['bads_lent']} defaulted: nothing"
        f" says that the card orders these by risk (AUC {between(rating['auc_lent'])}). The rates within them follow"
        " a card that"
        " was learned with grade D among the bad.",
        "The most profitable of many choices is partly the luckiest guess: expect less than what stands here, the"
        " more so"
        " where two firms differ by a PD that rests on a handful of defaults.",
        f"The curves were measured at {len(next(iter(found['curves'].values())).yearly_rates)} rates and nothing says"
        " on how"
        f" many firms. Shares evened out: {evened}. Where the curve is rough the best rate jumps; rates near it are"
        " as good.",
        "Amounts are the same for a shop and for a factory here, as the statement has it. The house's own policy"
        " would cap"
        " each by its sales, and most of these by far below a million.",
        "Labels carry no date, and all firms are one bank's borrowers: see [the invoice card](rating-invoices.md).",
    ]
    for each in said:
        yield from wrapped(f"- {each}", "  ")


def total_picture(found: dict[str, Any]) -> str:
    """What the best sharing of each sum brings, and the sums solved by the simpler ways."""
    by_total = found["firsts"][-1]["found"].by_total
    line = [
        {"total": units * UNIT_YUAN, "profit": int(worth) / 1000 / 100, "curve": "best"}
        for units, worth in enumerate(by_total.tolist())
        if worth > REACHED and units % 100 == 0
    ]
    dots = [
        {"total": row[way]["granted_units"] * UNIT_YUAN, "profit": row[way]["profit_cents"] / 100, "curve": name}
        for row in found["firsts"]
        for way, name in (("greedy", "greedy"), ("equal", "equal split"))
    ]
    colour = coloured(alt, "paper", ["best", "greedy", "equal split"])
    x = alt.X("total:Q", axis=alt.Axis(title="sum granted, yuan", format="~s", grid=False, tickCount=6))
    y = alt.Y("profit:Q", axis=alt.Axis(title="expected profit, yuan", format="~s", tickCount=5))
    drawn = alt.Chart(alt.InlineData(values=line)).mark_line(strokeWidth=2.5).encode(x=x, y=y, color=colour)
    drawn += alt.Chart(alt.InlineData(values=dots)).mark_point(filled=True, size=60).encode(x=x, y=y, color=colour)
    return svg(drawn.properties(width=430, height=210), "paper")


def rates_picture(found: dict[str, Any]) -> str:
    """What a hundred yuan offered bring at each rate, for three risks on the curve of grade B."""
    rates = np.arange(400, 1501, 5)
    rows, names = [], []
    for pd in (0.005, 0.02, 0.05, 0.1):
        ground = ground_of(Firm("", pd, "B"), found["curves"], found["terms"])
        left = expected(ground, A_NIGHT, rates, 10_000_00).profit_cents[:, 0] / 1000 / 10_000
        names.append(f"PD {pd:.1%}")
        rows += [
            {"rate": float(rate) / 10_000, "left": float(each), "curve": names[-1]}
            for rate, each in zip(rates, left, strict=True)
        ]
    x = alt.X(
        "rate:Q",
        scale=alt.Scale(zero=False, nice=False),
        axis=alt.Axis(title="yearly rate, grade B", format=".0%", grid=False),
    )
    y = alt.Y("left:Q", axis=alt.Axis(title="yuan left of each 100 offered", tickCount=5))
    lines = (
        alt.Chart(alt.InlineData(values=rows))
        .mark_line(strokeWidth=2)
        .encode(x=x, y=y, color=coloured(alt, "paper", names))
    )
    nothing = alt.Chart(alt.InlineData(values=[{"left": 0}])).mark_rule(color=LOOKS["paper"]["ink"], opacity=0.6)
    return svg((lines + nothing.encode(y="left:Q")).properties(width=430, height=210), "paper")


def offers_picture(found: dict[str, Any]) -> str:
    """Each firm of the second question that is offered something: its PD and its rate, the dot as large as the loan."""
    best, firms = found["seconds"][1]["found"].best, found["rating"]["second"]
    rows = [
        {"pd": firm.pd, "rate": rate / 10_000, "amount": units * UNIT_YUAN, "curve": f"grade {firm.curve}"}
        for firm, units, rate in zip(firms, best.amounts_units.tolist(), best.rates_bp.tolist(), strict=True)
        if units
    ]
    x = alt.X("pd:Q", scale=alt.Scale(type="log"), axis=alt.Axis(title="PD", format=".1~%", grid=False, tickCount=5))
    y = alt.Y("rate:Q", scale=alt.Scale(zero=False), axis=alt.Axis(title="rate offered (sum taken up)", format=".0%"))
    dots = alt.Chart(alt.InlineData(values=rows)).mark_point(filled=True, opacity=0.6).encode(
        x=x, y=y, color=coloured(alt, "paper", [f"grade {each}" for each in "ABC"]),
        size=alt.Size("amount:Q", legend=None, scale=alt.Scale(range=[12, 60])),
    )  # fmt: skip
    return svg(dots.properties(width=430, height=210), "paper")


def amount(units: int) -> str:
    """A sum of so many units in yuan."""
    return f"{units * UNIT_YUAN:,}"


def between(measured: Any) -> str:
    """A measured figure with its interval."""
    return f"{measured.value:.3f}, {measured.low:.3f} to {measured.high:.3f}"


def money(amount_cents: int) -> str:
    """An amount in whole yuan."""
    return yuan(round(Fraction(amount_cents, 100)) * 100).removesuffix(".00")


def wrapped(text: str, indent: str = "") -> list[str]:
    """A paragraph in lines."""
    return textwrap.wrap(
        " ".join(text.split()), 118, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )
