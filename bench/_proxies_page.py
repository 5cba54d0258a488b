"""Writes the page about telling falls of trade beforehand, from what bench/proxies.py measured."""

import textwrap
from pathlib import Path
from typing import Any

from lendmill.lab.proxies import QUESTIONS

PAGE = Path(__file__).parents[1] / "docs" / "rating-proxies.md"
TITLES = {
    "olist": "Sellers of a Brazilian marketplace (`lendmill import olist`)",
    "koubei": "Local shops on a payment platform (`lendmill import koubei`)",
}
OPENING = """# Whose trade will fall: the cards on real sellers and shops, out of time

Written by `python bench/proxies.py --page`; no figure was typed. Neither set tells who paid a loan back, so a fall of
trade stands in: it is what a lender to sellers fears, and it is not default. What was known of each shop at the end of
a day is held against what its record says of the days after. A card learns from earlier days, only from falls that were
known by the first of the later days, and is judged on the later ones; rows between are neither learned from nor judged.

Shops come several times, so all intervals (95 %) are from 1,000 draws of whole shops; they take each model as learned.
*Below* is by how much the AUC lies below the first row's, with the interval of this difference on the same draws.
*Mean PD* stands against the share that fell; slope and start of calibration would be 1 and 0. *Unknown* counts the rows
that a card would not have rated in serving, but called UNKNOWN with the reason; here they count by their nearest bins.
*Signs of default*: the same card held to the catalogue's directions, which are those of default. A fall is measured
against a shop's own last days, and a good month makes one likelier: a card of falls is learned without them.
*Seconds* are for learning once, on one core shared with much other work, and say little beyond their order.

`lendmill proxy-labels --out FILE` writes such labels for any house's own record, for `lendmill train --target FILE`.
"""


def page(sets: list[dict[str, Any]]) -> str:
    """The page of all sets."""
    return "\n".join([OPENING.rstrip("\n"), *(line for each in sets for line in _section(each))]) + "\n"


def _section(told: dict[str, Any]) -> list[str]:
    name = told["set"]
    return [
        "",
        f"## {TITLES[name]}",
        "",
        *_wrapped(_asked(told["proxy"])),
        "",
        *_wrapped(QUESTIONS[name].why),
        "",
        *_wrapped("Learned: " + _part(told["learned"]) + f" All were known by {told['learned']['known_by']}."),
        "",
        *_wrapped(
            "Judged: "
            + _part(told["judged"])
            + f" {told['again'] / told['judged']['rows']:.0%} of the rows are of shops"
            f" that were learned from too, as of earlier days. Left out between: {told['between']:,} rows."
        ),
        "",
        *_figures(told["models"], told["unknown"], told["seconds"]),
        "",
        *_wrapped(_verdict(told)),
        "",
        *_settled(told),
        "",
        *_fifths(told),
        "",
        *_wrapped(_reads(told)),
    ]


def _asked(proxy: dict[str, Any]) -> str:
    figure, days, share = proxy["figure"], proxy["days"], f"{proxy['share']:.0%}"
    asked = f"are the {figure} of the next {days} days below {share} of those of the last {days}?"
    if proxy["beside_others"]:
        asked = (
            f"are the {figure} of the next {days} days, as a share of those of the last {days}, below {share} of what"
            " this share was for the middle shop?"
        )
    return f"**Asked:** {asked} Shops with none in the last {days} days are not asked."


def _part(part: dict[str, Any]) -> str:
    days, share = part["days"], part["share"]
    by_day = ", ".join(f"{each:.1%}" for each in part["share_by_day"])
    return (
        f"{part['rows']:,} rows of {part['shops']:,} shops as of {len(days)} days, {days[0]} to {days[-1]};"
        f" {part['fell']:,} fell, {share['value']:.1%} ({share['low']:.1%} to {share['high']:.1%}; by day {by_day})."
    )


def _three(measured: dict[str, float], sign: str = "") -> str:
    return f"{measured['value']:{sign}.3f} ({measured['low']:{sign}.3f} to {measured['high']:{sign}.3f})"


def _figures(models: dict[str, Any], unknown: dict[str, Any], seconds: dict[str, float]) -> list[str]:
    lines = [
        "| model | AUC | below | KS | Brier | mean PD | slope, start | unknown | seconds |",
        "| --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    first = next(iter(models))
    for name, each in models.items():
        below = "" if name == first else _three(each["auc_below"], "+")
        slope, start = each["calibration_slope"], each["calibration_start"]
        calibrated = f"{slope['value']:.2f} ({slope['low']:.2f} to {slope['high']:.2f}), {start['value']:+.2f}"
        lines.append(
            f"| {name} | {_three(each['auc'])} | {below} | {_three(each['ks'])} | {_three(each['brier'])} |"
            f" {each['mean_pd']:.1%} | {calibrated} | {'' if unknown[name] is None else unknown[name]} |"
            f" {seconds[name]:.0f} |"
        )
    return lines


def _verdict(told: dict[str, Any]) -> str:
    """What the intervals allow to be said, whichever way they fell."""
    first, *others = told["models"]
    better = [name for name in others if told["models"][name]["auc_below"]["high"] < 0]
    worse = [name for name in others if told["models"][name]["auc_below"]["low"] > 0]
    alike = [name for name in others if name not in better + worse]
    said = [
        f"{words} the {first}: {', '.join(names)}."
        for words, names in (("Better than", better), ("Not to be told from", alike), ("Worse than", worse))
        if names
    ]
    share = told["judged"]["share"]
    far = [name for name, each in told["models"].items() if not share["low"] <= each["mean_pd"] <= share["high"]]
    if far:
        before = told["learned"]["share"]["value"]
        said.append(
            f"The mean PD of {', '.join(far)} lies outside the interval of the share that fell: {before:.1%} fell"
            f" in the days learned from, {share['value']:.1%} later, and a PD knows only the earlier share."
        )
    return " ".join(said)


def _settled(told: dict[str, Any]) -> list[str]:
    """The same on shops with a record to speak of."""
    part = told["settled"]
    rows = [
        f"| {name} | {_three(each['auc'])} | {_three(each['brier'])} | {each['mean_pd']:.1%} |"
        for name, each in told["settled_models"].items()
    ]
    return [
        *_wrapped(
            f"Of the judged rows, those with `{part['feature']}` of {part['least']:g} or more, which are nearer to whom"
            f" one would lend: {part['rows']:,} rows of {part['shops']:,} shops, {part['fell']:,} fell"
            f" ({part['share']['value']:.1%}, {part['share']['low']:.1%} to {part['share']['high']:.1%})."
        ),
        "",
        "| model | AUC | Brier | mean PD |",
        "| --- | ---: | ---: | ---: |",
        *rows,
    ]


def _fifths(told: dict[str, Any]) -> list[str]:
    """What was told against what happened, in fifths of the judged rows."""
    lines = ["The judged rows in fifths by PD, the mean PD told and the share that fell:", ""]
    count = len(next(iter(told["fifths"].values())))
    lines += [f"| model | {' | '.join(f'fifth {n + 1}' for n in range(count))} |", f"| --- |{' ---: |' * count}"]
    for name, parts in told["fifths"].items():
        cells = " | ".join(f"{part['told']:.1%}, {part['fell']:.1%}" for part in parts)
        lines.append(f"| {name} | {cells} |")
    return lines


def _reads(told: dict[str, Any]) -> str:
    """Which features the classic card reads."""
    names = told["tables"].get("classic card", ())
    return f"The classic card reads {', '.join(f'`{name}`' for name in names)}." if names else ""


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(" ".join(text.split()), 118, break_long_words=False, break_on_hyphens=False)
