"""What can be set about this installation: a few values, all checked at once when the program starts.

A value comes from the environment (`LENDMILL_PORT=9000`), else from a TOML file (`port = 9000` in `lendmill.toml`, or
in the file that `LENDMILL_SETTINGS` names), else from the default written here.
"""

import errno
import os
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Annotated, Any, Final, get_type_hints

LANGUAGES: Final = ("zh-Hans", "en")
PREFIX: Final = "LENDMILL_"
SIMULATED: Final = "Unset: a simulated one is started, whose answers are made up and say so."
NOT_SETTINGS: Final = frozenset({"LENDMILL_SETTINGS", "LENDMILL_TEST_DATABASE_URL"})


class StartUpProblem(Exception):
    """Something on this machine keeps the program from starting; the sentence says what, and what helps."""


class SettingsMistakes(StartUpProblem):
    """One sentence for each value that cannot be used."""

    def __init__(self, mistakes: list[str]) -> None:
        self.mistakes = mistakes
        super().__init__("\n".join(mistakes))


class _Mistake(Exception):
    """Why one value cannot be used, as the rest of a sentence."""


def _path(value: Any) -> Path:
    if not isinstance(value, str) or not value.strip():
        raise _Mistake("must be a path")
    return Path(value).expanduser().absolute()


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise _Mistake("must be text that is not empty")
    return value.strip()


def _postgres_url(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"postgres(ql)?://", value):
        raise _Mistake("must be an address like postgresql://user:password@host:5432/lendmill")
    return value


def _web_url(value: Any) -> str:
    if not isinstance(value, str) or not re.match(r"https?://[^/\s]+", value):
        raise _Mistake("must be an address like http://127.0.0.1:8001")
    return value.rstrip("/")


def _whole(value: Any, least: int, most: int) -> int:
    text = str(value).strip()
    if isinstance(value, bool) or not re.fullmatch(r"\d{1,9}", text) or not least <= int(text) <= most:
        raise _Mistake(f"must be a whole number from {least} to {most}")
    return int(text)


def _port(value: Any) -> int:
    return _whole(value, 1, 65535)


def _connections(value: Any) -> int:
    return _whole(value, 2, 200)


def _processes(value: Any) -> int:
    return _whole(value, 1, 32)


def _switch(value: Any) -> bool:
    spelled = {"on": True, "true": True, "off": False, "false": False}
    if (found := spelled.get(str(value).strip().lower())) is None:
        raise _Mistake("must be on or off")
    return found


def _language(value: Any) -> str:
    if value not in LANGUAGES:
        raise _Mistake(f"must be one of {', '.join(LANGUAGES)}")
    return str(value)


@dataclass(frozen=True)
class Meant:
    """How one setting is read, and what it means."""

    read: Callable[[Any], Any]
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Settings:
    """The values in force, after all of them were found usable."""

    var: Annotated[Path, Meant(_path, "Where everything this installation writes is kept.")] = Path("var")
    database_url: Annotated[
        str | None,
        Meant(
            _postgres_url,
            "A PostgreSQL 15 or newer to use, as the application sees it. "
            "Unset: one is started from a wheel, its data in the var folder.",
        ),
    ] = None
    owner_database_url: Annotated[
        str | None,
        Meant(_postgres_url, "The same database as the owner of its tables, for migrations. Unset: the address above."),
    ] = None
    postgres_programs: Annotated[
        Path | None, Meant(_path, "The `bin` folder of a PostgreSQL 15 or newer to start instead of the wheel's.")
    ] = None
    host: Annotated[str, Meant(_text, "The address the pages and the API listen on.")] = "127.0.0.1"
    port: Annotated[int, Meant(_port, "The port the pages and the API listen on.")] = 8000
    rail_url: Annotated[
        str | None,
        Meant(_web_url, "Where the payment rail answers. Unset: a simulated rail is started on a free port."),
    ] = None
    customs_url: Annotated[str | None, Meant(_web_url, f"Where customs answers. {SIMULATED}")] = None
    tax_url: Annotated[str | None, Meant(_web_url, f"Where the tax office answers. {SIMULATED}")] = None
    bureau_url: Annotated[str | None, Meant(_web_url, f"Where the credit bureau answers. {SIMULATED}")] = None
    registry_url: Annotated[str | None, Meant(_web_url, f"Where the business registry answers. {SIMULATED}")] = None
    language: Annotated[str, Meant(_language, "The language of pages for those who have chosen none.")] = "zh-Hans"
    questionnaire: Annotated[
        bool,
        Meant(
            _switch,
            "Whether sellers are offered the voluntary questionnaire; what it may count for is the policy's to say.",
        ),
    ] = True
    connections: Annotated[
        int, Meant(_connections, "How many database connections, and so requests at once, one process may hold.")
    ] = 16
    web_processes: Annotated[
        int, Meant(_processes, "How many processes serve the pages and the API, each on a core of its own.")
    ] = 2
    secret_key_file: Annotated[
        Path | None,
        Meant(
            _path,
            "The file with the key that seals identity numbers and signs sessions; made when missing. "
            "Unset: `secret.key` in the var folder.",
        ),
    ] = None

    @property
    def party_urls(self) -> dict[str, str | None]:
        """Where each third party answers, by its name."""
        return {
            "customs": self.customs_url, "tax": self.tax_url, "bureau": self.bureau_url, "registry": self.registry_url,
        }  # fmt: skip

    @property
    def lake(self) -> Path:
        """The folder of the shops' events."""
        return self.var / "lake"

    @property
    def logs(self) -> Path:
        """The folder of what the programs wrote while they ran."""
        return self.var / "logs"

    def make_var(self) -> None:
        """Make the folder everything is written to, or say why it cannot be."""
        try:
            self.var.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise
            raise StartUpProblem(
                f"{self.var} cannot be made ({error.strerror}): choose another folder with LENDMILL_VAR."
            ) from None

    def secret_key(self) -> bytes:
        """The installation's own 32 random bytes, made on first use and readable by their owner only."""
        path = self.secret_key_file or self.var / "secret.key"
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            descriptor = os.open(f"{path}.{os.getpid()}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
            with os.fdopen(descriptor, "wb") as fresh:
                fresh.write(os.urandom(32).hex().encode())
            os.link(f"{path}.{os.getpid()}", path)  # fails when another process was first: then its key counts
        except FileExistsError:
            pass
        finally:
            Path(f"{path}.{os.getpid()}").unlink(missing_ok=True)
        try:
            key = bytes.fromhex(path.read_text())
        except ValueError:
            key = b""
        if len(key) != 32:
            raise StartUpProblem(
                f"{path} does not hold a key of 32 bytes in hexadecimal: put back the file it was, from a copy."
            )
        return key


def load(environment: Mapping[str, str] | None = None, folder: Path | None = None) -> Settings:
    """Read all settings, or say everything that is wrong with them at once."""
    environment = os.environ if environment is None else environment
    named = environment.get("LENDMILL_SETTINGS")
    path = Path(named) if named else (folder or Path.cwd()) / "lendmill.toml"
    mistakes: list[str] = []
    written = _written(path, mistakes, must_exist=bool(named))
    known = _known()

    for name in written:
        if name not in known:
            mistakes.append(f"{path.name}: there is no setting {name}; there are {', '.join(known)}.")
    for variable in environment:
        if (
            variable.startswith(PREFIX)
            and variable not in NOT_SETTINGS
            and variable[len(PREFIX) :].lower() not in known
        ):
            mistakes.append(f"{variable} is not a setting; there are {', '.join(PREFIX + n.upper() for n in known)}.")

    values: dict[str, Any] = {}
    for name, meant in known.items():
        variable = PREFIX + name.upper()
        if variable in environment:
            source, raw = variable, environment[variable]
        elif name in written:
            source, raw = f"{path.name}: {name}", written[name]
        else:
            continue
        try:
            values[name] = meant.read(raw)
        except _Mistake as mistake:
            shown = "what it is" if "url" in name else repr(raw)  # an address may hold a password
            mistakes.append(f"{source} {mistake}, not {shown}.")
    if mistakes:
        raise SettingsMistakes(mistakes)
    values["var"] = values.get("var", (folder or Path.cwd()) / "var").absolute()
    if values.get("owner_database_url") is None:
        values["owner_database_url"] = values.get("database_url")
    return Settings(**values)


def _known() -> dict[str, Meant]:
    """Every setting by its name."""
    return {name: hint.__metadata__[0] for name, hint in get_type_hints(Settings, include_extras=True).items()}


def _written(path: Path, mistakes: list[str], *, must_exist: bool) -> dict[str, Any]:
    """What the settings file says."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if must_exist:
            mistakes.append(f"LENDMILL_SETTINGS names {path}, and there is no such file.")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        mistakes.append(f"{path} is not TOML: {error}.")
    return {}


def page() -> str:
    """The table of settings for the handbook."""
    known = _known()
    rows = ["| in the environment | in `lendmill.toml` | default | meaning |", "| --- | --- | --- | --- |"]
    for setting in fields(Settings):
        default = "unset" if setting.default is None else f"`{setting.default}`"
        meaning = known[setting.name].meaning
        rows.append(f"| `{PREFIX}{setting.name.upper()}` | `{setting.name}` | {default} | {meaning} |")
    lines = [
        "# Settings",
        "",
        "Made from `src/lendmill/settings.py` by `make docs`. The environment goes before the file: `lendmill.toml` in",
        "the current folder, or the one `LENDMILL_SETTINGS` names. A value that cannot be used stops the program at",
        "once, with one sentence for each such value.",
        "",
        *rows,
    ]
    return "\n".join(lines) + "\n"
