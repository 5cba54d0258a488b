"""The desk for prices: begun with what the house knows, worked out on the page, in both languages, by those who may."""

import html
import re
import tomllib
from datetime import date

from credit.pricing_cases import CURVE
from doors.conftest import House
from lendmill.credit.pricing.assumptions import read_assumptions
from lendmill.people.roles import Role
from lendmill.products.document import GRADES
from lendmill.rating import actions as rating
from lendmill.rating.registry.actions import first_live
from lendmill.web.pricing_form import assumptions_in, typed
from rating.rating_cards import SMALL

FORM = {
    "product": "credit-line",
    "said_by": "Wang <analyst>",
    "in_force_on": "2026-01-01",
    "source": "lines of 2025",
    "days": "365",
    "loss_given_default_bp": "60",
    "drawn_at_default_bp": "100 %",
    "interest_paid_before_default_bp": "0",
    "funding_yearly_bp": "3.25",
    "operating": "50.50",
    "yearly_rate_min_bp": "0",
    "yearly_rate_max_bp": "100",
    "odds_per_rate_point": "1",
    "odds_per_limit_doubling": "1.4",
    "utilisation": "10,000 80%\n100000\t60",
    "curve": "\n".join(["annual_rate\tall", *(f"{rate}\t{lost:.0%}" for rate, lost in CURVE)]),
    "A.pd": "1.5",
    "A.pd_low": "1",
    "A.pd_high": "2.5%",
    "A.limit": "50,000",
    "A.curve": "",
    "C.pd": "",
}
ENGLISH = {"accept-language": "en"}


def test_the_form_is_read_into_the_document_and_back() -> None:
    said = assumptions_in(FORM)
    assert (said.funding_yearly_bp, said.operating_cents, said.drawn_at_default_bp) == (325, 5_050, 10_000)
    assert [(each.limit_cents, each.share_bp) for each in said.utilisation] == [(1_000_000, 8_000), (10_000_000, 6_000)]
    assert (said.grades["A"].pd, said.grades["A"].pd_high, said.grades["A"].curve) == (0.015, 0.025, "all")
    assert list(said.grades) == ["A"]
    assert said.churn["all"] == CURVE
    assert assumptions_in(typed(said)) == said


def test_the_page_begins_with_the_ratings_of_the_house(house: House) -> None:
    house.database.act(first_live, house.database.act(rating.keep_model, SMALL, {}), today=date(2026, 1, 1))
    text = house.visitor(Role.ANALYST).get("/staff/pricing", headers=ENGLISH).text
    assert 'value="credit-line"' in text
    assert "applied to nobody" in text
    assert 'name="A.pd" value="' in text
    assert 'name="A.pd" value=""' not in text


def test_the_best_price_is_shown_with_pictures_and_a_proposal_and_nothing_changes(house: House) -> None:
    visitor = house.visitor(Role.ANALYST)
    visitor.get("/language/en")
    answer = visitor.post("/staff/pricing", **FORM)
    text = answer.text
    assert answer.status_code == 200
    for told in ("Best rate", "Break-even rate", "As good, within 5 %", "Forgone by staying", "PD doubled 3.00%"):
        assert told in text
    assert text.count("<svg xmlns") == 3
    assert "var(--brand)" in text
    assert 'style="' not in text.split("<main")[1]  # the policy of the pages allows none
    document = html.unescape(text.split("pricing best FILE")[1].split("<pre")[1].split(">", 1)[1].split("</pre>")[0])
    assert read_assumptions(document) == assumptions_in(FORM)
    proposed = html.unescape(text.split("<pre")[1].split(">", 1)[1].split("</pre>")[0])
    assert proposed.count("  # as today") == len(GRADES) - 1
    assert set(tomllib.loads(proposed)["rate_by_grade"]) == set(GRADES)
    assert "Wang &lt;analyst&gt;" in text
    assert "<analyst>" not in text
    visitor.get("/language/zh-Hans")
    chinese = visitor.post("/staff/pricing", **FORM).text
    assert "最优利率" in chinese
    assert "流失曲线" in chinese


WRONG = (
    ("loss_given_default_bp", "much", "<strong>Loss given default, %</strong>: much. It must be: a number"),
    ("loss_given_default_bp", "60.001", "at most two decimals"),
    ("operating", "-", "such as 7000"),
    ("days", "1.5", "a whole number"),
    ("in_force_on", "tomorrow", "a day, such as"),
    ("in_force_on", "2999-01-01", "hold from"),
    ("utilisation", "10000", "on each line"),
    ("curve", "nothing", "a line of names"),
    ("A.pd", "much", "<strong>A: PD of a year, %</strong>: much. It must be: a number"),
    ("A.pd_low", "3", "<strong>A: PD of a year, %</strong>"),
    ("yearly_rate_min_bp", "99", "no rate to choose"),
    ("product", "gold", "gold"),
    ("said_by", " ", "<strong>Who says so</strong>"),
)


def test_what_is_wrong_is_one_sentence_and_what_was_typed_stays(house: House) -> None:
    officer = house.visitor(Role.RISK_OFFICER)
    officer.get("/language/en")
    for field, value, told in WRONG:
        answer = officer.post("/staff/pricing", **(FORM | {field: value}))
        assert answer.status_code in (404, 409, 422), field
        assert told in html.unescape(answer.text)
        assert "lines of 2025" in answer.text
        assert html.escape(value) in answer.text
    officer.get("/language/zh-Hans")
    nothing = officer.post("/staff/pricing", product="credit-line").text
    named = re.findall("<li><strong>([^<]+)</strong>: 未填写", nothing)
    assert (len(named), re.findall("[a-z]{3,}", "".join(named))) == (15, [])
    assert (
        "下限 99.00 %（贷款人区间），上限 20.00 %（流失曲线）"
        in officer.post("/staff/pricing", **(FORM | {"yearly_rate_min_bp": "99"})).text
    )


def test_an_auditor_reads_and_works_nothing_out(house: House) -> None:
    auditor = house.visitor(Role.AUDITOR)
    assert "<form" not in auditor.get("/staff/pricing").text.split("<main")[1]
    assert auditor.post("/staff/pricing", **FORM).status_code == 403
    assert house.visitor(Role.COLLECTOR).get("/staff/pricing").status_code == 403


def test_what_was_assumed_is_kept_for_whoever_checks_it_later(house: House) -> None:
    analyst, auditor = house.visitor(Role.ANALYST), house.visitor(Role.AUDITOR)
    assert "Nothing was worked out yet" in auditor.get("/staff/pricing", headers=ENGLISH).text
    for _ in range(2):
        assert analyst.post("/staff/pricing", **FORM).status_code in (200, 201)
    text = auditor.get("/staff/pricing", headers=ENGLISH).text
    (path,) = {part.split('"')[0] for part in text.split('href="')[1:] if part.startswith("/staff/pricing/")}
    kept = html.unescape(auditor.get(path, headers=ENGLISH).text)
    assert "Wang <analyst>" in kept
    shown = kept.split('<pre class="scroll small">')
    said = shown[1].split("</pre>")[0]
    assert read_assumptions(said) == assumptions_in(FORM)
    assert "[rate_by_grade]" in shown[2]
    assert "<dd>analyst</dd>" in kept
    assert auditor.get(f"/staff/pricing/{house.loan_id}").status_code == 404
    changed = analyst.post("/staff/pricing", **{**FORM, "loss_given_default_bp": "61"})
    assert changed.status_code in (200, 201)
    assert auditor.get("/staff/pricing").text.count('href="/staff/pricing/') == 2
