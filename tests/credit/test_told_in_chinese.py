"""What is read in Chinese is Chinese throughout: a policy's page, a backtest's groups, a decision's findings."""

import re

import msgspec
import pytest
from credit_cases import POLICY, a_case, decided, finding

from lendmill.credit.publishing.queries import POLICY as POLICY_KIND
from lendmill.credit.publishing.stating import stated
from lendmill.credit.testing.workbook import group_called
from lendmill.credit.why import finding_told

LATIN = re.compile(r"[A-Za-z]{2,}")


def test_a_policys_page_names_roles_units_and_laws_in_chinese() -> None:
    lines = [line for part in stated(POLICY_KIND, POLICY, chinese=True) for line in part.lines]
    told = {line.name: line.value for line in lines}
    assert told["风险官的单人审批权限"] == "500,000.00 元"
    assert told["上述数据的单位"] == "元"
    assert [line.name for line in lines if line.law and LATIN.search(line.law.law)] == []


@pytest.mark.parametrize(
    ("source", "in_english", "in_chinese"),
    [
        (
            "2013年信用贷款条款: terms of 2013 – unsecured",
            "2013年信用贷款条款: terms of 2013 – unsecured",
            "2013年信用贷款条款",
        ),
        ("terms of 2013: unsecured", "terms of 2013: unsecured", "terms of 2013: unsecured"),
        ("办法: 第三条", "办法: 第三条", "办法: 第三条"),
    ],
)
def test_a_source_said_in_both_languages_is_told_in_the_readers(source: str, in_english: str, in_chinese: str) -> None:
    policy = msgspec.structs.replace(POLICY, source=source)
    for chinese, title, told in ((False, "Source", in_english), (True, "来源", in_chinese)):
        main = stated(POLICY_KIND, policy, chinese=chinese)[0]
        assert [line.value for line in main.lines if title in line.name] == [told]


@pytest.mark.parametrize(
    ("by", "value", "english", "chinese"),
    [
        ("grade", "UNKNOWN", "unknown", "未知"),
        ("grade", "AA", "AA", "AA"),
        ("kind", "firm", "firm", "企业"),
        ("industry", "apparel", "Apparel", "服饰鞋包"),
        ("region", "", "—", "—"),
    ],
)
def test_a_backtests_groups_are_called_as_people_call_them(by: str, value: str, english: str, chinese: str) -> None:
    assert (group_called(by, value, False), group_called(by, value, True)) == (english, chinese)


def test_how_full_a_record_was_is_told_in_chinese() -> None:
    found = finding(decided(a_case()), "record of the shop")
    assert "完整档案" in finding_told(found, POLICY, "zh-Hans")
    assert LATIN.search(finding_told(found, POLICY, "zh-Hans")) is None
