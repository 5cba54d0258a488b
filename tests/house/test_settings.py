"""Settings are read from the environment and a file, checked all at once, each mistake in one sentence."""

from pathlib import Path

import pytest

from lendmill.settings import Settings, SettingsMistakes, StartUpProblem, load, page


def test_the_defaults_are_for_trying_it_out(tmp_path: Path) -> None:
    found = load({}, tmp_path)
    assert found == Settings(var=tmp_path / "var", port=8000, host="127.0.0.1", language="zh-Hans", connections=16)
    assert found.lake == tmp_path / "var" / "lake"


def test_the_environment_goes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "lendmill.toml").write_text('port = 9000\nlanguage = "en"\n')
    found = load({"LENDMILL_PORT": "9001"}, tmp_path)
    assert (found.port, found.language) == (9001, "en")


def test_another_file_can_be_named(tmp_path: Path) -> None:
    (tmp_path / "other.toml").write_text("connections = 4\n")
    assert load({"LENDMILL_SETTINGS": str(tmp_path / "other.toml")}, tmp_path).connections == 4
    with pytest.raises(SettingsMistakes, match=r"names .*missing\.toml, and there is no such file"):
        load({"LENDMILL_SETTINGS": str(tmp_path / "missing.toml")}, tmp_path)


def test_the_owner_s_address_is_the_application_s_unless_given(tmp_path: Path) -> None:
    one = load({"LENDMILL_DATABASE_URL": "postgresql://a@h/x"}, tmp_path)
    assert (one.database_url, one.owner_database_url) == ("postgresql://a@h/x", "postgresql://a@h/x")
    two = load(
        {"LENDMILL_DATABASE_URL": "postgres://a@h/x", "LENDMILL_OWNER_DATABASE_URL": "postgres://b@h/x"}, tmp_path
    )
    assert two.owner_database_url == "postgres://b@h/x"


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "lendmill.toml").write_text('color = "red"\nconnections = true\n')
    wrong = {
        "LENDMILL_PORT": "65536",
        "LENDMILL_LANGUAGE": "fr",
        "LENDMILL_RAIL_URL": "ftp://x",
        "LENDMILL_PROT": "1",
        "LENDMILL_VAR": " ",
    }
    with pytest.raises(SettingsMistakes) as told:
        load(wrong, tmp_path)
    sentences = sorted(sentence.split(";")[0] for sentence in told.value.mistakes)
    assert sentences == [
        "LENDMILL_LANGUAGE must be one of zh-Hans, en, not 'fr'.",
        "LENDMILL_PORT must be a whole number from 1 to 65535, not '65536'.",
        "LENDMILL_PROT is not a setting",
        "LENDMILL_RAIL_URL must be an address like http://127.0.0.1:8001, not what it is.",
        "LENDMILL_VAR must be a path, not ' '.",
        "lendmill.toml: connections must be a whole number from 2 to 200, not True.",
        "lendmill.toml: there is no setting color",
    ]


def test_a_password_in_an_address_is_not_repeated(tmp_path: Path) -> None:
    with pytest.raises(SettingsMistakes) as told:
        load({"LENDMILL_DATABASE_URL": "mysql://me:hunter2@h/x"}, tmp_path)
    assert "hunter2" not in str(told.value)


def test_a_file_that_is_not_toml_is_named(tmp_path: Path) -> None:
    (tmp_path / "lendmill.toml").write_text("port: 8000\n")
    with pytest.raises(SettingsMistakes, match=r"lendmill\.toml is not TOML"):
        load({}, tmp_path)


def test_the_secret_key_is_made_once_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    found = load({}, tmp_path)
    key = found.secret_key()
    assert len(key) == 32
    assert found.secret_key() == key
    assert load({}, tmp_path / "other").secret_key() != key
    file = tmp_path / "var" / "secret.key"
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["secret.key"]


def test_a_spoilt_secret_key_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var" / "secret.key").write_text("short")
    with pytest.raises(StartUpProblem, match="does not hold a key of 32 bytes"):
        load({}, tmp_path).secret_key()
    assert (tmp_path / "var" / "secret.key").read_text() == "short"


def test_the_handbook_s_page_has_every_setting() -> None:
    assert [line.split("`")[3] for line in page().splitlines() if line.startswith("| `")] == [
        "var",
        "database_url",
        "owner_database_url",
        "postgres_programs",
        "host",
        "port",
        "rail_url",
        "customs_url",
        "tax_url",
        "bureau_url",
        "registry_url",
        "language",
        "questionnaire",
        "connections",
        "web_processes",
        "secret_key_file",
    ]
