"""settings.yaml and the environment, read once, at the edge, into one frozen value."""

import difflib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, TypeAlias

import yaml
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from pipeline.document import Engine
from pipeline.errors import SettingsError
from pipeline.log import Format, Level

ENV_PREFIX = "DROPLEAF_"
FILE_NAME = "settings.yaml"

Tree: TypeAlias = dict[str, object]


def _env_reference_to_value(value: object) -> object:
    """The variable's content where a value is written as ``${env:NAME}``."""
    found = re.fullmatch(r"\$\{env:(\w+)\}", value) if isinstance(value, str) else None
    if found is None:
        return value
    if found[1] not in os.environ:
        message = f"the environment has no variable {found[1]}; set it, or write null"
        raise ValueError(message)
    return os.environ[found[1]]


def _checked_url(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+(/[^\s?#]*)?", url):
        message = "must look like http://127.0.0.1:1234/v1 (no user, query or fragment)"
        raise ValueError(message)
    return url.rstrip("/")


Seconds = Annotated[float, Field(gt=0, le=1e7, allow_inf_nan=False)]
Text = Annotated[str, Field(min_length=1)]


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
    api_key: Annotated[Text | None, BeforeValidator(_env_reference_to_value)] = Field(default=None, repr=False)


class Watch(_Section):
    """How the inbox is looked at; seconds."""

    polling: bool = False
    settle: Seconds = 1.0
    rescan: Seconds = 60


class Limits(_Section):
    """What a document and a worker may take."""

    file_mib: Annotated[int, Field(ge=1)] = 512
    pages: Annotated[int, Field(ge=1)] = 5000
    page_pixels: Annotated[int, Field(ge=10_000)] = 26_000_000
    worker_mib: Annotated[int, Field(ge=256)] = 1024


class Web(_Section):
    """The page in the browser."""

    enabled: bool = True
    host: Text = "127.0.0.1"
    port: Annotated[int, Field(ge=1, le=65535)] = 62162


class Log(_Section):
    """What is logged, and how it looks."""

    level: Level = "info"
    format: Format = "auto"


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
    servers: Annotated[tuple[Server, ...], Field(min_length=1)] = (Server(),)
    when_unreachable: Literal["fallback", "wait"] = "fallback"
    faithful: Literal["off", "flag", "fallback"] = "fallback"
    watch: Watch = Watch()
    limits: Limits = Limits()
    originals: Literal["move", "delete", "keep"] = "move"
    web: Web = Web()
    log: Log = Log()


def default_files() -> tuple[Path, ...]:
    """Where settings are looked for when none are named, first come first served."""
    user = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return (Path(FILE_NAME), user / "dropleaf" / FILE_NAME, Path("/etc/dropleaf") / FILE_NAME)


def load_settings(file: Path | None = None, overrides: Mapping[str, object] | None = None) -> Settings:
    """Read the settings: overrides of the command line before the environment before the file before the defaults.

    Args:
        file: The settings file; None for the first of :func:`default_files` that exists.
        overrides: Top-level keys that the command line sets; folders in it are relative to the working directory.

    Raises:
        SettingsError: With every problem of the file and the environment at once.
    """
    found = file or next((path for path in default_files() if path.is_file()), None)
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
        problems += _validation_error_to_problems(error)
    except SourceError as error:
        problems.append(f"the environment: {error}: {error.__cause__}")
    if settings is None or problems:
        raise SettingsError(_problems_to_message(problems, found))
    return settings.model_copy(
        update={
            "inbox": _absolute(settings.inbox, base, from_command_line="inbox" in (overrides or {})),
            "outbox": _absolute(settings.outbox, base, from_command_line="outbox" in (overrides or {})),
        }
    )


def _absolute(folder: Path, base: Path, *, from_command_line: bool) -> Path:
    folder = folder.expanduser()
    return Path(os.path.normpath((Path.cwd() if from_command_line else base) / folder))


def _file_to_tree(file: Path) -> Tree:
    try:
        tree = yaml.safe_load(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot be read: {error.strerror}. Name an existing file with --settings."
        ) from None
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: is not YAML: {error}") from None
    if tree is None:
        return {}
    if not isinstance(tree, dict) or not all(isinstance(key, str) for key in tree):
        raise SettingsError(f"{file}: must be a list of `key: value` lines, not {type(tree).__name__}")
    return tree


def _unknown_variables() -> list[str]:
    """Misspelt variables, which the library would pass over in silence."""
    known = {f"{ENV_PREFIX}{name}".upper() for name in Settings.model_fields}
    return [
        f"{name}: is not a setting{_suggestion(name, known)}"
        for name in sorted(os.environ)
        if name.startswith(ENV_PREFIX) and name.split("__")[0].upper() not in known
    ]


def _suggestion(name: str, known: set[str]) -> str:
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _keys_of(path: tuple[int | str, ...]) -> set[str]:
    """The keys that are allowed beside the last part of ``path``."""
    model: type[BaseModel] = Settings
    for part in path[:-1]:
        if part == "servers":
            model = Server
        elif isinstance(part, str) and isinstance(default := Settings.model_fields[part].default, BaseModel):
            model = type(default)
    return set(model.model_fields)


_WORDS = {"model_type": "must be a group of `key: value` lines", "too_short": "needs at least one entry"}


def _validation_error_to_problems(error: ValidationError) -> list[str]:
    problems: dict[str, str] = {}
    items = error.errors(include_url=False)
    for item in items:
        if item["type"] == "too_short" and len(items) > 1 and item["input"]:
            continue  # the library drops bad entries first, then complains of their absence
        path = tuple(part for part in item["loc"] if part not in {"int", "literal['auto']", "constrained-int"})
        key = ".".join(map(str, path))
        if item["type"] == "extra_forbidden":
            text = f"is not a setting{_suggestion(str(path[-1]), _keys_of(path))}"
        else:
            shown = "…" if path and path[-1] == "api_key" else f"{item['input']!r:.80}"
            text = f"{shown}: {_WORDS.get(item['type'], item['msg'].removeprefix('Value error, '))}"
        problems[key] = f"{problems[key]}; or {item['msg']}" if key in problems else f"{key}: {text}"
    return list(problems.values())


def _problems_to_message(problems: list[str], file: Path | None) -> str:
    head = f"{file or 'the environment'}: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return "\n  ".join([head, *problems])
