"""The questionnaire counts for nothing until somebody says so, and is never told to a seller as a reason."""

from lendmill.credit.decisions.queries import preset_policy
from lendmill.credit.policy import text_of
from lendmill.features.catalogue import FEATURES
from lendmill.rating.psychometrics.consent import WORDING_EN, WORDING_ZH
from lendmill.rating.psychometrics.scoring import SUBJECTS
from lendmill.rating.psychometrics.validity import validity
from lendmill.rating.training.record import READ

ASKED = [feature for feature in FEATURES if feature.block == "psychometrics"]


def test_every_figure_is_a_feature_and_none_of_them_may_be_a_reason() -> None:
    assert {f"questionnaire_{subject}" for subject in SUBJECTS} <= {feature.name for feature in ASKED}
    assert all("reason" in feature.not_for and not feature.actionable for feature in ASKED)


def test_a_card_learned_from_the_record_does_not_read_the_questionnaire() -> None:
    assert not set(READ) & set(ASKED)
    assert len(READ) + len(ASKED) == len(FEATURES)


def test_the_shipped_policy_does_not_use_it() -> None:
    shipped = text_of(preset_policy())
    assert not any(feature.name in shipped for feature in ASKED)
    assert "questionnaire" not in shipped


def test_what_is_not_known_is_said_in_both_languages() -> None:
    assert "nothing is known" in validity("en")
    assert "一无所知" in validity("zh-Hans")
    assert "withdraw" in WORDING_EN
    assert "撤回" in WORDING_ZH
