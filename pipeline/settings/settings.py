"""Reads settings.yaml and the environment once, at the start, into one frozen value."""

import os
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, TypeAlias

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    Field,
    InstanceOf,
    ValidationError,
)
from pydantic_settings import BaseSettings, InitSettingsSource, PydanticBaseSettingsSource, SettingsConfigDict
from pydantic_settings import SettingsError as SourceError

from pipeline.choices import Engine, FaithfulAction, FigureChoice, OriginalAction, Output, UnreachableAction
from pipeline.errors import SettingsError, os_error_to_words
from pipeline.host.service import default_base, settings_folders
from pipeline.hours import Hours, text_to_hours
from pipeline.printable import printable
from pipeline.settings.cluster import Pool, place_problems
from pipeline.settings.folders import Folders
from pipeline.settings.named_file import read_named
from pipeline.settings.own_profiles import values_to_profile
from pipeline.settings.problems import KINDS, suggestion, validation_error_to_problems
from pipeline.settings.sections import (
    NO_IS_OFF,
    Hooks,
    Limits,
    Log,
    Ocr,
    Outputs,
    Password,
    Retry,
    Server,
    Servers,
    Timeouts,
    Watch,
    Web,
)
from pipeline.vision.profiles.profiles import Profile

ENV_PREFIX = "DROPLEAF_"
FILE_NAME = "settings.yaml"
# Fifty times the file that explains every key: what is larger is another file, named by mistake.
_MOST_BYTES = 1 << 20

Tree: TypeAlias = dict[str, object]


def _value_to_hours(value: object) -> object:
    """The hours that a text names."""
    return text_to_hours(value) if isinstance(value, str) else value


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
        defer_build=True,  # what is checked against is the class that `load_settings` makes
        env_prefix=ENV_PREFIX,
        env_nested_delimiter="__",
        nested_model_default_partial_update=True,
    )

    inbox: Path = Path("inbox")
    outbox: Path = Path("outbox")
    engine: Engine = Engine.LMSTUDIO
    workers: Annotated[int, Field(ge=1, le=256)] = 5
    timeouts: Timeouts = Timeouts()
    servers: Servers = (Server(),)
    when_unreachable: UnreachableAction = UnreachableAction.FALLBACK
    hours: Annotated[InstanceOf[Hours] | None, BeforeValidator(_value_to_hours)] = None
    faithful: Annotated[FaithfulAction, NO_IS_OFF] = FaithfulAction.CORRECT
    save_answers: Path | None = None
    pool: Pool = Pool()
    retry: Retry = Retry()
    ocr: Ocr = Ocr()
    figures: Annotated[FigureChoice, NO_IS_OFF] = FigureChoice.SMALL
    outputs: Outputs = (Output.HTML,)
    watch: Watch = Watch()
    limits: Limits = Limits()
    originals: OriginalAction = OriginalAction.MOVE
    passwords: Annotated[tuple[Password, ...], Field(max_length=100)] = Field(default=(), repr=False)
    profiles: Annotated[tuple[InstanceOf[Profile], ...], BeforeValidator(_values_to_profiles)] = ()
    folders: Folders = Field(default_factory=dict)
    hooks: Hooks = Hooks()
    web: Web = Web()
    log: Log = Log()


def default_files() -> tuple[Path, ...]:
    """Where settings are looked for when no file is named, in this order."""
    return (Path(FILE_NAME), *(folder / FILE_NAME for folder in settings_folders()))


def found_file() -> Path | None:
    """The settings file that is read when none is named; None where there is none."""
    return next((path for path in default_files() if _is_there(path)), None)


def _is_there(path: Path) -> bool:
    """Whether there is something of this name, whatever it is: it is said to be wrong, not left out."""
    try:
        return path.exists()
    except OSError:  # a folder on the way is another user's
        return False


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
    base = found.resolve().parent if found else _there(default_base)

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
        problems.append(_source_error_to_problem(error))
    if settings is None or problems:
        raise SettingsError(_problems_to_message(problems, found))
    folders = {
        key: _absolute(key, folder, _working_folder(folder) if key in (overrides or {}) else base)
        for key, folder in (("inbox", settings.inbox), ("outbox", settings.outbox))
    }
    servers = tuple(_with_whole_paths(number, server, base) for number, server in enumerate(settings.servers))
    if problems := place_problems(servers, settings.pool):
        raise SettingsError(_problems_to_message(problems, found))
    pool = _pool_with_whole_paths(settings.pool, base)
    # As plain Settings, not as the class above, so that equal settings compare as equal.
    return Settings.model_construct(**dict(settings) | folders | {"servers": servers, "pool": pool})


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


def _pool_with_whole_paths(pool: Pool, base: Path) -> Pool:
    if pool.tls is None:
        return pool
    named = {"ca": pool.tls.ca, "cert": pool.tls.cert, "key": pool.tls.key}
    whole = {name: _absolute(f"pool.tls.{name}", path, base) for name, path in named.items()}
    gone = [f"pool.tls.{name}: {path}: is not there" for name, path in whole.items() if not path.exists()]
    if gone:
        raise SettingsError("\n  ".join(gone))
    return pool.model_copy(update={"tls": pool.tls.model_copy(update=whole)})


def _working_folder(folder: Path) -> Path:
    """What a path on the command line is relative to; not asked for where it is not, since it may be gone."""
    return folder if folder.is_absolute() else _there(Path.cwd)


def _there(find: Callable[[], Path]) -> Path:
    """The working directory.

    Raises:
        SettingsError: It was removed.
    """
    try:
        return find()
    except OSError:
        raise SettingsError("the working directory was removed; change to another one, or write whole paths") from None


def _absolute(key: str, folder: Path, base: Path) -> Path:
    if "\0" in str(folder):
        raise SettingsError(f"{key}: {printable(str(folder))}: no path has a character of the number 0")
    try:
        return Path(os.path.normpath(base / folder.expanduser()))
    except RuntimeError:
        raise SettingsError(f"{key}: {folder}: this user has no home folder; write the whole path") from None


def _file_to_tree(file: Path) -> Tree:
    try:
        tree = yaml.safe_load(read_named(file, _MOST_BYTES).decode())
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot be read: {os_error_to_words(error)}. Name an existing file with --settings."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8: byte {error.start + 1}. Save it as UTF-8.") from None
    except yaml.MarkedYAMLError as error:  # its own message would show the line, which may hold an API key
        line = f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
        raise SettingsError(
            f"{file}: {line}is not YAML; a bracket, a quote or an indent is wrong there or just before."
        ) from None
    except yaml.YAMLError:
        raise SettingsError(f"{file}: is not YAML: it has characters that no text has.") from None
    except RecursionError:
        raise SettingsError(f"{file}: has lists within lists, far deeper than any setting.") from None
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


def _source_error_to_problem(error: SourceError) -> str:
    """A value of the environment that is no JSON; the library names its key in quotes."""
    key = next(iter(re.findall(r'"(\w+)"', str(error))), "")
    return f"{ENV_PREFIX}{key.upper()}: must be written as JSON, as settings.yaml shows for servers"


def _problems_to_message(problems: list[str], file: Path | None) -> str:
    head = f"{file or 'the environment'}: {len(problems)} problem{'s' if len(problems) > 1 else ''}"
    return "\n  ".join([head, *problems])
