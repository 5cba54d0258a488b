"""A card on paper: the same tables, pictures and figures as its page, as a PDF to read, sign and file."""

import json
from importlib.resources import files
from typing import Any, Final

from lendmill.db import Db
from lendmill.rating.queries import Model
from lendmill.rating.watching.figure import WatchFigure
from lendmill.refusals import Refusal
from lendmill.web import card_facts, names
from lendmill.web.card_facts import CardFacts
from lendmill.web.words import CHINESE, Words

FONTS: Final = ("Noto Sans CJK SC", "Source Han Sans SC", "PingFang SC", "Microsoft YaHei", "Liberation Sans",
                "DejaVu Sans")  # fmt: skip
CELLS_NARROW_MAX: Final = 4
TABLES_PRINTED_MAX: Final = 120


class ReportsNotInstalled(Refusal):
    """Writing a PDF needs the extra lendmill[reports]: install it with `pip install "lendmill[reports]"`."""


def card_pdf(db: Db, model: Model, language: str) -> bytes:
    """The card's PDF in a language. Refuses with `ReportsNotInstalled`."""
    try:
        import typst
    except ModuleNotFoundError:
        raise ReportsNotInstalled from None
    facts, words = card_facts.card_facts(db, model), Words(language)
    pictures = _pictures(facts, words)
    told = _told(facts, words, pictures)
    source = (files("lendmill.web") / "card.typ").read_bytes()
    given: dict[str, bytes] = {"main.typ": source, "card.json": json.dumps(told, ensure_ascii=False).encode()}
    # files by name are taken too, which its type stubs do not say yet
    made = typst.compile({**given, **pictures}, timestamp=int(model.made_at.timestamp()))  # type: ignore[call-overload]
    assert isinstance(made, bytes), "one document comes back"
    return made


def _pictures(facts: CardFacts, words: Words) -> dict[str, bytes]:
    """Every picture by its file's name."""
    tables = [f"table-{n}" for n in range(min(len(facts.tables), TABLES_PRINTED_MAX))]
    drawn = {
        name: card_facts.picture(facts, name, words, "light") for name in ("calibration", "months", "swap", *tables)
    }
    return {f"{name}.svg": picture.encode() for name, picture in drawn.items() if picture}


def _told(facts: CardFacts, words: Words, pictures: dict[str, bytes]) -> dict[str, Any]:
    """All of the card as data for the paper."""
    model, card, say, report = facts.model, facts.model.card, words.say, facts.report
    kind, stage = say(names.MODEL_KINDS.get(model.kind, model.kind)), say(names.MODEL_STAGES[model.stage])
    untrained = say("This card was not trained here: nothing is known of the shops behind it.")
    left_out = report.left_out if report else {}
    return {
        "title": model.model_id,
        "subtitle": f"{kind} · {say('learns {target}', target=model.target)} · {stage}",
        "lang": "zh" if words.language == CHINESE else "en",
        "fonts": FONTS,
        "words": _words(words),
        "tiles": _tiles(facts, words),
        "notes": [] if report else [untrained],
        "calibration": _file("calibration", pictures),
        "months": _file("months", pictures),
        "swap": _file("swap", pictures),
        "grades": _grades(facts, words),
        "figures": _figures(facts, words),
        "steps": _steps(facts, words),
        "start": say(
            "Everybody starts with {points} points; each table adds one cell. Dots: the share that turned bad, with the"
            " 95 % interval.",
            points=card.scale.points(card.start),
        ),
        "tables": _tables(facts, words),
        "left_out": [[card_facts.meaning(name, words), why] for name, why in left_out.items()],
        "provenance": [
            [say("Card"), model.digest],
            [say("Data"), model.data_hash or "—"],
            [say("Code"), model.code_version or "—"],
        ],
    }


def _tiles(facts: CardFacts, words: Words) -> list[list[str]]:
    """The figures of training at the head of the paper."""
    report = facts.report
    if report is None:
        return [[words.say("Tables"), str(len(facts.tables)), ""]]
    shops, bad = card_facts.learned_from(report, words)
    measured = [list(row) for row in card_facts.measured(facts, words)]
    return [*measured, [words.say("Learned from"), shops, bad]]


def _grades(facts: CardFacts, words: Words) -> list[list[str]]:
    scale = facts.model.card.scale
    return [
        [grade.name, "", ""]
        if grade.points_min is None
        else [grade.name, str(grade.points_min), words.percent(scale.pd_at(grade.points_min))]
        for grade in scale.grades
    ]


def _steps(facts: CardFacts, words: Words) -> list[list[str]]:
    return [
        [
            words.day(step.changed_on or step.made_at.date()),
            words.say(names.MODEL_STAGES[step.stage]),
            step.changer or "",
            words.say(names.STAGE_REASONS.get(step.reason, step.reason)),
        ]
        for step in facts.steps
    ]


def _tables(facts: CardFacts, words: Words) -> list[dict[str, Any]]:
    return [
        {
            "meaning": card_facts.meaning(table.feature, words),
            "feature": table.feature,
            "picture": f"table-{n}.svg",
            "width": _width(len(table.features), len(table.cells)),
        }
        for n, table in enumerate(facts.tables[:TABLES_PRINTED_MAX])
    ]


def _width(features: int, cells: int) -> int:
    """How much of the page's width a table's picture takes, in hundredths."""
    if features == 1:
        return 82
    return 55 if cells <= CELLS_NARROW_MAX**2 else 92


def _file(name: str, pictures: dict[str, bytes]) -> str | None:
    return f"{name}.svg" if f"{name}.svg" in pictures else None


def _figures(facts: CardFacts, words: Words) -> list[list[str]]:
    rows = []
    for each in (*facts.alarms, *(figure for figure in facts.figures if not figure.alarm)):
        name = words.say(names.WATCH_FIGURES.get(each.figure, each.figure))
        told = card_facts.about(each, words)
        value = words.say("too few") if each.value is None else f"{each.value:.3f}"
        alarm = words.say(names.ALARMS[each.alarm]) if each.alarm else ""
        rows.append([f"{name}: {told}" if told else name, value, _expected(each, words), f"{each.counted:,}", alarm])
    return rows


def _expected(figure: WatchFigure, words: Words) -> str:
    if figure.chance is not None:
        return words.say("by chance up to {value}", value=f"{figure.chance:.3f}")
    return "" if figure.expected is None else f"{figure.expected:.3f}"


def _words(words: Words) -> dict[str, str]:
    """The heads of the paper, in the reader's language."""
    keys = (
        "calibration", "calibration_note", "grades", "grade", "from_points", "pd_up_to", "watching", "figure", "value",
        "expected", "counted", "beside", "steps", "day", "stage", "who", "why", "tables", "left_out", "feature", "from",
    )  # fmt: skip
    said = words.heads(
        "What it says, and what was seen",
        "Each dot: shops in a range of points, rated by a card that had not seen them, with the 95 % interval. The"
        " line: the PD the card gives there.",
        "Grades", "Grade", "from points", "PD up to", "Watching it", "Figure", "Value", "Expected", "Counted",
        "Beside the live card", "The way it has come", "Day", "Stage", "By", "Why", "The tables", "Features left out",
        "Feature", "Where it comes from",
    )  # fmt: skip
    return dict(zip(keys, said, strict=True))
