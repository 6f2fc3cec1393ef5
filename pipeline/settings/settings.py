"""Reads settings.yaml and the environment once, at the start, into one frozen value."""

import os
import re
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import yaml
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    InstanceOf,
    ValidationError,
    model_validator,
)
from pydantic_settings import BaseSettings, InitSettingsSource, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from pipeline.document import Engine, FaithfulAction, OriginalAction, Output, UnreachableAction
from pipeline.errors import SettingsError
from pipeline.hours import Hours, text_to_hours
from pipeline.log.log import Format, Level
from pipeline.settings.own_profiles import values_to_profile
from pipeline.settings.problems import KINDS, suggestion, validation_error_to_problems
from pipeline.vision.profiles.profiles import Profile

ENV_PREFIX = "DROPLEAF_"
FILE_NAME = "settings.yaml"

Tree: TypeAlias = dict[str, object]


_SECRET_BYTES = 1 << 16


def _reference_to_value(value: object) -> object:
    """What a value of the form ``${env:NAME}`` or ``${file:PATH}`` stands for: a variable's or a file's content."""
    found = re.fullmatch(r"\$\{(env|file):(.+)\}", value) if isinstance(value, str) else None
    if found is None:
        return value
    return _variable_to_value(found[2]) if found[1] == "env" else _file_to_value(found[2])


def _file_to_value(name: str) -> str:
    """A file's content without the end of its last line."""
    path = Path(name)
    if not path.is_absolute():
        message = f"{name}: write the whole path of the file"
        raise ValueError(message)
    try:
        with path.open("rb") as file:
            return file.read(_SECRET_BYTES).decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        message = f"the file {name} cannot be read: {error.strerror}"
        raise ValueError(message) from None
    except UnicodeDecodeError:
        message = f"the file {name} is not UTF-8"
        raise ValueError(message) from None


def _variable_to_value(name: str) -> str:
    """A variable's content."""
    if name not in os.environ:
        message = f"the environment has no variable {name}; set it, or write null"
        raise ValueError(message)
    return os.environ[name]


def _checked_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        message = "must look like http://127.0.0.1:1234/v1 (no user, query or fragment)"
        raise ValueError(message)
    return url.rstrip("/")


def _checked_proxy(proxy: str) -> str:
    if proxy != "none" and not re.fullmatch(r"http://[^\s/?#]+/?", proxy):
        message = "must look like http://proxy.example:3128 or http://NAME:PASSWORD@proxy.example:3128, or be none"
        raise ValueError(message)
    return proxy.rstrip("/")


def _value_to_hours(value: object) -> object:
    """The hours that a text names."""
    return text_to_hours(value) if isinstance(value, str) else value


def _as_pair(value: object) -> object:
    """A certificate as a pair of two files, also where its key is in the same file."""
    return (value, value) if isinstance(value, str | Path) else value


Seconds = Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]
Language = Annotated[str, Field(pattern=r"^[A-Za-z_]+(/[A-Za-z_]+)?$")]


#: Characters of a PDF's password, of which no standard uses more.
LONGEST_PASSWORD = 127
Password = Annotated[str, Field(min_length=1, max_length=LONGEST_PASSWORD), BeforeValidator(_reference_to_value)]


class _Section(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Timeouts(_Section):
    """Seconds of wall clock."""

    page: Seconds = 180
    document: Seconds = 300
    connect: Seconds = 5
    stop: Annotated[float, Field(ge=0, le=3600)] = 10


class Server(_Section):
    """One OpenAI-compatible server."""

    url: Annotated[str, AfterValidator(_checked_url)] = "http://127.0.0.1:1234/v1"
    model: Text = "auto"
    slots: Annotated[int, Field(ge=1, le=1024)] | Literal["auto"] = "auto"
    api_key: Annotated[Text | None, BeforeValidator(_reference_to_value)] = Field(default=None, repr=False)
    ca: Path | None = None
    cert: Annotated[tuple[Path, Path] | None, BeforeValidator(_as_pair)] = None
    verify: bool = True
    proxy: Annotated[Annotated[str, AfterValidator(_checked_proxy)] | None, BeforeValidator(_reference_to_value)] = (
        Field(default=None, repr=False)
    )


def _distinct(servers: tuple[Server, ...]) -> tuple[Server, ...]:
    """Make sure that no address is listed twice: servers are told apart by their addresses."""
    twice = [url for url, count in Counter(server.url for server in servers).items() if count > 1]
    if twice:
        message = f"{twice[0]} is listed twice; list each server once, with as many slots as it has"
        raise ValueError(message)
    return servers


def _text_to_list(value: object) -> object:
    """A list also where it is one text: with commas, or a list in JSON or YAML as the environment may have it."""
    return [part.strip(" \"'") for part in value.strip("[] ").split(",")] if isinstance(value, str) else value


def _with_html(outputs: tuple[Output, ...]) -> tuple[Output, ...]:
    """Each once; the HTML is always made."""
    return tuple(dict.fromkeys((Output.HTML, *outputs)))


class Watch(_Section):
    """How the inbox is watched; times in seconds."""

    polling: bool = False
    settle: Seconds = 1.0
    patience: Annotated[float, Field(ge=0, le=1e7, allow_inf_nan=False)] = 120
    rescan: Seconds = 60


class Ocr(_Section):
    """Text recognition for pages without text that can be used."""

    engine: Literal["auto", "tesseract", "rapidocr", "off"] = "auto"
    languages: Literal["auto"] | Annotated[tuple[Language, ...], Field(min_length=1)] = "auto"

    @property
    def fixed_languages(self) -> tuple[str, ...]:
        """Those that the user names; none where each page's script decides."""
        return () if self.languages == "auto" else self.languages


class Limits(_Section):
    """Limits for a document and for a worker."""

    file_mib: Annotated[int, Field(ge=1)] = 512
    pages: Annotated[int, Field(ge=1)] = 5000
    page_pixels: Annotated[int, Field(ge=10_000)] = 26_000_000
    worker_mib: Annotated[int, Field(ge=256)] = 1024
    ocr_mib: Annotated[int, Field(ge=512)] = 2048


class Retry(_Section):
    """Whether pages of delivered documents that no server could be reached for are asked again when one is back."""

    automatic: bool = True


class Web(_Section):
    """The web page; port 0 means any free port, and without a token only this machine is served."""

    enabled: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 62162
    token: Annotated[Annotated[str, Field(min_length=16)] | None, BeforeValidator(_reference_to_value)] = Field(
        default=None, repr=False
    )
    upload_mib: Annotated[int, Field(ge=1)] = 200


def _checked_hook_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+([/?][^\s#]*)?", url):
        message = "must look like https://example.org/told (no user and no fragment)"
        raise ValueError(message)
    return url


class Hooks(_Section):
    """Who is told when a document has ended, or nothing is in work any more; nobody without a command and a url."""

    command: Annotated[tuple[Text, ...], Field(max_length=100)] = ()
    url: Annotated[Annotated[str, AfterValidator(_checked_hook_url)] | None, BeforeValidator(_reference_to_value)] = (
        Field(default=None, repr=False)
    )
    secret: Annotated[Annotated[str, Field(min_length=16)] | None, BeforeValidator(_reference_to_value)] = Field(
        default=None, repr=False
    )
    on: tuple[Literal["complete", "partial", "failed", "idle"], ...] = ("complete", "partial", "failed", "idle")

    @model_validator(mode="before")
    @classmethod
    def _read_on_as_a_key(cls, values: object) -> object:
        """YAML 1.1 reads the key ``on`` as true."""
        if isinstance(values, dict) and True in values:
            return {("on" if key is True else key): value for key, value in values.items()}
        return values

    timeout: Annotated[float, Field(gt=0, le=3600)] = 10


class Log(_Section):
    """What is logged, and how it looks."""

    level: Level = "info"
    format: Format = "auto"


def _values_to_profiles(values: object) -> tuple[Profile, ...]:
    """The user's own profiles, in the order of the file; the first that fits a model is used."""
    if isinstance(values, tuple):
        return values
    if not isinstance(values, dict) or not all(isinstance(each, dict) for each in values.values()):
        message = "must be a group of profiles, each a group of `key: value` lines"
        raise ValueError(message)
    problems: list[str] = []
    profiles: list[Profile] = []
    for name, keys in values.items():
        try:
            profiles.append(values_to_profile(str(name), keys))
        except ValueError as error:
            problems += [f"{name}.{line}" for line in str(error).splitlines()]
    if problems:
        raise ValueError("; ".join(problems))
    return tuple(profiles)


class Settings(BaseSettings):
    """Everything that a user can set, checked; settings.yaml in the project explains each key."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="forbid",
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    inbox: Path = Path("inbox")
    outbox: Path = Path("outbox")
    engine: Engine = Engine.LMSTUDIO
    workers: Annotated[int, Field(ge=1, le=256)] = 5
    timeouts: Timeouts = Timeouts()
    servers: Annotated[tuple[Server, ...], Field(min_length=1), AfterValidator(_distinct)] = (Server(),)
    when_unreachable: UnreachableAction = UnreachableAction.FALLBACK
    hours: Annotated[InstanceOf[Hours] | None, BeforeValidator(_value_to_hours)] = None
    faithful: FaithfulAction = FaithfulAction.CORRECT
    save_answers: Path | None = None
    retry: Retry = Retry()
    ocr: Ocr = Ocr()
    outputs: Annotated[tuple[Output, ...], NoDecode, BeforeValidator(_text_to_list), AfterValidator(_with_html)] = (
        Output.HTML,
    )
    watch: Watch = Watch()
    limits: Limits = Limits()
    originals: OriginalAction = OriginalAction.MOVE
    passwords: Annotated[tuple[Password, ...], Field(max_length=100)] = Field(default=(), repr=False)
    profiles: Annotated[tuple[InstanceOf[Profile], ...], BeforeValidator(_values_to_profiles)] = ()
    hooks: Hooks = Hooks()
    web: Web = Web()
    log: Log = Log()


def default_files() -> tuple[Path, ...]:
    """Where settings are looked for when no file is named, in this order."""
    folders = [Path("/etc/dropleaf")]
    with suppress(RuntimeError):  # a service's user may have no home
        folders.insert(0, Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "dropleaf")
    return (Path(FILE_NAME), *(folder / FILE_NAME for folder in folders))


def found_file() -> Path | None:
    """The settings file that is read when none is named; None where there is none."""
    return next((path for path in default_files() if path.is_file()), None)


def load_settings(file: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings; the command line overrides the environment, that the file, and that the defaults.

    Args:
        file: The settings file; None for the first of :func:`default_files` that exists.
        overrides: Top-level keys that the command line sets; folders in it are relative to the working directory.

    Raises:
        SettingsError: With every problem of the file and the environment at once.
    """
    found = file or found_file()
    tree = _file_to_tree(found) if found else {}
    base = found.resolve().parent if found else Path.cwd()

    class Loaded(Settings):
        @classmethod
        def settings_customise_sources(
            cls,
            settings_cls: type[BaseSettings],
            init_settings: PydanticBaseSettingsSource,
            env_settings: PydanticBaseSettingsSource,
            dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 — the library's signature
            file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 — the library's signature
        ) -> tuple[PydanticBaseSettingsSource, ...]:
            return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=tree)

    problems = _unknown_variables()
    settings: Settings | None = None
    try:
        settings = Loaded(**(overrides or {}))  # type: ignore[arg-type]  # checked by pydantic at run time
    except ValidationError as error:
        problems += validation_error_to_problems(error, Settings)
    except SourceError as error:
        problems.append(f"the environment: {error}: {error.__cause__}")
    if settings is None or problems:
        raise SettingsError(_problems_to_message(problems, found))
    folders = {
        key: _absolute(key, folder, Path.cwd() if key in (overrides or {}) else base)
        for key, folder in (("inbox", settings.inbox), ("outbox", settings.outbox))
    }
    servers = tuple(_with_whole_paths(number, server, base) for number, server in enumerate(settings.servers))
    # As plain Settings, not as the class above, so that equal settings compare as equal.
    return Settings.model_construct(**dict(settings) | folders | {"servers": servers})


def _with_whole_paths(number: int, server: Server, base: Path) -> Server:
    """The server with absolute paths of its certificates; they must exist, or every page would fall back."""
    named = {"ca": server.ca, "cert": server.cert and server.cert[0], "key": server.cert and server.cert[1]}
    whole = {
        name: _absolute(f"servers.{number}.{name}", path, base) for name, path in named.items() if path is not None
    }
    gone = [f"servers.{number}.{name}: {path}: is not there" for name, path in whole.items() if not path.exists()]
    if gone:
        raise SettingsError("\n  ".join(gone))
    cert = (whole["cert"], whole["key"]) if server.cert is not None else None
    return server.model_copy(update={"ca": whole.get("ca"), "cert": cert})


def _absolute(key: str, folder: Path, base: Path) -> Path:
    try:
        return Path(os.path.normpath(base / folder.expanduser()))
    except RuntimeError as error:
        raise SettingsError(f"{key}: {folder}: {error}; write the whole path") from None


def _file_to_tree(file: Path) -> Tree:
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot be read: {error.strerror}. Name an existing file with --settings."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8: byte {error.start + 1}. Save it as UTF-8.") from None
    except yaml.MarkedYAMLError as error:  # its own message would show the line, which may hold an API key
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise SettingsError(f"{file}: {line}is not YAML: {error.problem}") from None
    except yaml.YAMLError as error:
        raise SettingsError(f"{file}: is not YAML: {error}") from None
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise SettingsError(f"{file}: must be `key: value` lines, not {KINDS.get(type(tree), 'a single value')}")
    # A group whose keys are all commented out counts as missing.
    return {
        str(key): value
        for key, value in tree.items()
        if value is not None or not isinstance(_default_of(str(key)), BaseModel)
    }


def _default_of(key: str) -> object:
    field = Settings.model_fields.get(key)
    return field.default if field else None


def _unknown_variables() -> list[str]:
    """Misspelt variables, which the library would silently ignore."""
    known = {f"{ENV_PREFIX}{name}".upper(): name for name in Settings.model_fields}
    problems = []
    for name in sorted(variable for variable in os.environ if variable.startswith(ENV_PREFIX)):
        first, *further = name.split("__")
        key = known.get(first.upper())
        if key is None:
            problems.append(f"{name}: is not a setting{suggestion(name, known)}")
        elif further and not isinstance(_default_of(key), BaseModel):
            problems.append(f"{name}: is not a setting; write all of {key} into {first}")
    return problems


def _problems_to_message(problems: list[str], file: Path | None) -> str:
    head = f"{file or 'the environment'}: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return "\n  ".join([head, *problems])
