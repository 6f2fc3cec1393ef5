"""Reads settings.yaml and the environment once, at the start, into one frozen value."""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

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
from pipeline.errors import SettingsError
from pipeline.host.service import default_base, settings_folders
from pipeline.hours import Hours, text_to_hours
from pipeline.settings.cluster import Pool, place_problems
from pipeline.settings.folders import Folders
from pipeline.settings.own_profiles import values_to_profile
from pipeline.settings.problems import suggestion, validation_error_to_problems
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
from pipeline.settings.settings_file import Tree, file_to_tree
from pipeline.settings.whole_paths import WholePaths, existing_folder
from pipeline.vision.profiles.profiles import Profile

ENV_PREFIX = "DROPLEAF_"
FILE_NAME = "settings.yaml"


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
        defer_build=True,  # what is checked against is the class that `_checked` makes
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
    base = found.resolve().parent if found else existing_folder(default_base)
    given = overrides or {}
    settings, problems = _checked(file_to_tree(found) if found else {}, given)
    if settings is not None:
        settings, further = _with_whole_paths(settings, base, given)
        problems += further
    if settings is None or problems:
        raise SettingsError(_problems_to_message(problems, found))
    return settings


def _checked(tree: Tree, given: Mapping[str, object]) -> tuple[Settings | None, list[str]]:
    """The settings of a file, the environment and the command line, and what is wrong with them."""
    filled = {key: value for key, value in tree.items() if not _group_is_missing(key, value)}

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
            return init_settings, env_settings, InitSettingsSource(settings_cls, init_kwargs=filled)

    problems = _unknown_variables()
    try:
        return Loaded(**given), problems  # type: ignore[arg-type]  # checked by pydantic at run time
    except ValidationError as error:
        return None, problems + validation_error_to_problems(error, Settings)
    except SourceError as error:
        return None, [*problems, _source_error_to_problem(error)]


def _with_whole_paths(settings: Settings, base: Path, given: Mapping[str, object]) -> tuple[Settings, list[str]]:
    """The settings with absolute paths, and what is wrong with these and with the places of servers."""
    paths = WholePaths(base)
    named = {"inbox": settings.inbox, "outbox": settings.outbox, "save_answers": settings.save_answers}
    folders = {key: paths.folder(key, path, given=key in given) for key, path in named.items() if path is not None}
    servers = tuple(paths.server(number, server) for number, server in enumerate(settings.servers))
    changed = folders | {"servers": servers, "pool": paths.pool(settings.pool)}
    # As plain Settings, not as the class that read them, so that equal settings compare as equal.
    whole = Settings.model_construct(**dict(settings) | changed)
    return whole, [*paths.problems, *place_problems(servers, settings.pool)]


def _group_is_missing(key: str, value: object) -> bool:
    """Whether a group has no keys, for example since all of them are commented out."""
    return value is None and isinstance(_default_of(key), BaseModel)


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
