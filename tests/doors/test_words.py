"""Both languages say everything: no sentence lacks its Chinese, no blank is lost, every refusal can be told."""

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from string import Formatter

import pytest

import lendmill
from lendmill.api.statuses import STATUSES, every_refusal
from lendmill.credit.pricing.assumptions import InvalidAssumptions
from lendmill.people.roles import Role
from lendmill.refusals import Refusal
from lendmill.shops.industries import INDUSTRIES
from lendmill.terms.schedule import METHODS
from lendmill.web import names, pages
from lendmill.web.allowed import ALLOWED, found_in
from lendmill.web.words import Words, language_of, translations

WEB = Path(lendmill.__file__).parent / "web"
IN_TEMPLATE = re.compile(r"""(?<!\w)_\(\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')""")
SAID_BY = {"say", "heads", "marked"}
TOLD_ON_PAGES = (
    "lendmill.people", "lendmill.money", "lendmill.credit", "lendmill.products", "lendmill.loans", "lendmill.api",
)  # fmt: skip


def _sentences() -> set[str]:
    """Every sentence the pages can say, in English."""
    found = {
        one or other
        for file in (WEB / "templates").glob("*.html")
        for one, other in IN_TEMPLATE.findall(file.read_text())
    }
    for file in WEB.glob("*.py"):
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", getattr(node.func, "id", "")) in SAID_BY:
                found |= {
                    arg.value for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, str)
                }
    found |= {sentence for table in names.ALL for sentence in table.values()} | set(ALLOWED)
    return found | {name for _, name, _ in (*pages.SELLER_MENU, *pages.STAFF_MENU)}


def _blanks(text: str) -> set[str]:
    return {name.split("!")[0] for _, name, _, _ in Formatter().parse(text) if name}


def _all_refusals() -> list[type[Refusal]]:
    for module in pkgutil.walk_packages(lendmill.__path__, "lendmill."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    return [kind for kind in every_refusal() if kind.__module__.startswith("lendmill.")]


def test_no_sentence_lacks_its_chinese() -> None:
    assert len(_sentences()) > 250
    assert sorted(_sentences() - set(translations())) == []


def test_no_translation_is_left_over() -> None:
    told = {refusal.template() for refusal in _all_refusals()}
    assert sorted(set(translations()) - _sentences() - told) == []


def test_a_translation_fills_no_blank_the_english_does_not_have() -> None:
    wrong = {
        english: chinese for english, chinese in translations().items() if not _blanks(chinese) <= _blanks(english)
    }
    assert wrong == {}


def test_every_refusal_a_page_can_meet_has_its_chinese() -> None:
    met = {kind.template() for kind in _all_refusals() if kind.__module__.startswith(TOLD_ON_PAGES)}
    about_documents = {text for text in met if text.startswith(("Version ", "Policy "))}
    assert sorted(met - about_documents - set(translations())) == []


def test_every_refusal_has_a_status_and_every_status_a_refusal() -> None:
    codes = [kind.code() for kind in _all_refusals()]
    assert sorted(code for code in codes if code not in STATUSES) == []
    assert sorted(set(STATUSES) - set(codes)) == []
    assert sorted({code for code in codes if codes.count(code) > 1}) == []


def _must_be() -> set[str]:
    """What documents say a field must be, each blank as a 7: the last of what a check gives or a mistake is made of."""
    found: set[str] = set()
    for file in (*WEB.parent.glob("products/**/*.py"), *WEB.parent.glob("credit/**/*.py")):
        for node in ast.walk(ast.parse(file.read_text())):
            told: list[ast.expr] = []
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple) and len(node.value.elts) == 4:
                told = node.value.elts
            elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("require", "Misread", "Unreadable"):
                told = node.args
            for last in told[-1:]:
                parts = last.values if isinstance(last, ast.JoinedStr) else [last]
                found.add("".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in parts))
    return found - {"7"}


def test_what_a_field_must_be_has_its_chinese() -> None:
    told = {text for text in _must_be() if not text.startswith("a condition that can be read")}
    assert len(told) > 100
    assert sorted(text for text in told if found_in(text)[0] not in ALLOWED) == []
    chinese = Words("zh-Hans").allowed("valid TOML (line 4, column 7: Expected ']' at the end of a table declaration)")
    assert chinese == "有效的 TOML（第 4 行第 7 列：表头末尾应为 ']'）"


def test_every_code_shown_on_a_page_has_a_name() -> None:
    assert set(names.INDUSTRIES) == set(INDUSTRIES)
    assert set(names.ROLES) == {role.value for role in Role}
    assert set(METHODS) <= set(names.METHODS)


def test_an_industry_is_not_called_what_a_page_is_called() -> None:
    menu = {name for _, name, _ in (*pages.SELLER_MENU, *pages.STAFF_MENU)}
    assert menu & set(names.INDUSTRIES.values()) == set()


def test_amounts_in_a_refusal_are_written_as_money() -> None:
    from lendmill.loans.actions import DrawTooSmall

    refusal = DrawTooSmall(draw_min_cents=10_000, asked_cents=5_000)
    assert Words("en").refusal(refusal) == "The smallest draw is ¥100.00, more than the ¥50.00 asked."
    assert Words("zh-Hans").refusal(refusal) == "最低借款金额为 ¥100.00。"


@pytest.mark.parametrize(
    ("cookie", "accept", "language"),
    [
        (None, "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hans"),
        (None, "en-GB,en;q=0.9,zh;q=0.1", "en"),
        (None, "fr", "zh-Hans"),
        (None, "", "zh-Hans"),
        ("en", "zh-CN", "en"),
        ("xx", "en", "en"),
    ],
)
def test_the_language_chosen_goes_before_the_browsers(cookie: str | None, accept: str, language: str) -> None:
    assert language_of(cookie, accept, "zh-Hans") == language


def test_what_a_field_must_be_is_told_in_chinese_too() -> None:
    words = Words("zh-Hans")
    refusal = InvalidAssumptions(key="in this form", field="days", value="", allowed="from 1 to 1825")
    assert words.refusal(refusal) == "定价假设 本表单：days 为 ''，要求：1 至 1825。"
    assert words.allowed("a condition that can be read (no burst, line 1, column 4: nothing)") == (
        "可识别的条件（no burst，第 1 行第 4 列：nothing）"
    )
    assert words.allowed("left out: there is no such field") == "删除：没有此字段"
