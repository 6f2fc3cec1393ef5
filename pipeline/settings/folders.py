"""Settings of folders: what lies in some folders of the inbox is converted with other settings than the rest."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, Field, ValidationInfo

from pipeline.choices import Engine, UnreachableAction
from pipeline.quantities import MOST_PRIORITY
from pipeline.settings.problems import suggestion
from pipeline.settings.sections import Ocr, Outputs, Section, Text
from pipeline.vision.profiles.profiles import FAMILIES, GENERAL, Profile


class FolderSettings(Section):
    """What is different for the files that fit a pattern; None where the usual setting holds."""

    engine: Engine | None = None
    ocr: Ocr | None = None
    outputs: Outputs | None = None
    profile: Text | None = None
    when_unreachable: UnreachableAction | None = None
    priority: Annotated[int, Field(ge=-MOST_PRIORITY, le=MOST_PRIORITY)] | None = None

    @property
    def words(self) -> str:
        """The settings in one line, as settings.yaml has them."""
        given = self.model_dump(mode="json", exclude_unset=True)
        return ", ".join(f"{key}: {_value_to_words(value)}" for key, value in given.items())


def _value_to_words(value: object) -> str:
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_value_to_words(each)}" for key, each in value.items()) + "}"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _checked(folders: Mapping[str, FolderSettings], info: "ValidationInfo[object]") -> Mapping[str, FolderSettings]:
    """Make sure that each pattern can match something, and that each profile exists."""
    profiles = info.data.get("profiles")
    problems = [f"{pattern}: {problem}" for pattern in folders if (problem := _pattern_problem(pattern))]
    problems += [f"{pattern}: says nothing; name a setting" for pattern, rule in folders.items() if not rule.words]
    if isinstance(profiles, tuple):  # else they are wrong themselves
        names = [each.name for each in (*profiles, *FAMILIES, GENERAL)]
        problems += [
            f"{pattern}.profile: {rule.profile!r:.80}: is no profile{suggestion(rule.profile, names)}"
            for pattern, rule in folders.items()
            if rule.profile is not None and rule.profile not in names
        ]
    if problems:
        raise ValueError("; ".join(problems))
    return folders


def _pattern_problem(pattern: str) -> str | None:
    from pathspec.patterns.gitignore import GitIgnorePatternError  # noqa: PLC0415 — only where there are folders

    if pattern != pattern.strip() or not pattern.strip("/*"):
        return "must name a folder, for example statements/**"
    if pattern.startswith(("!", "#")):
        return f"must not begin with {pattern[0]}"
    if "\\" in pattern or ".." in PurePosixPath(pattern).parts:
        return "must be a path below the inbox with / between its parts"
    try:
        Patterns([pattern])
    except GitIgnorePatternError:
        return "is no pattern"
    return None


def pattern_to_folder(pattern: str) -> str:
    """The folder that a pattern names; empty where it may be several."""
    folder = pattern.removesuffix("**").strip("/")
    return "" if set(folder) & set("*?[]") else folder


Folders = Annotated[Mapping[str, FolderSettings], AfterValidator(_checked)]


class Patterns:
    """Patterns as in a .gitignore, which stand in a list."""

    def __init__(self, patterns: Iterable[str]) -> None:
        """Read the patterns.

        Raises:
            GitIgnorePatternError: One of them is none.
        """
        from pathspec import PathSpec  # noqa: PLC0415 — most users have no such settings, and a start is to be quick

        self._specs = {pattern: PathSpec.from_lines("gitignore", [pattern]) for pattern in patterns}

    def first(self, folder: str, name: str) -> str | None:
        """The first pattern that fits a file; None where none does.

        Args:
            folder: Of the inbox in which the file lies, ``.`` for the inbox itself.
            name: Of the file.
        """
        path = str(PurePosixPath(folder) / name)
        return next((pattern for pattern, spec in self._specs.items() if spec.match_file(path)), None)


def folder_to_profiles(rule: FolderSettings, profiles: Sequence[Profile]) -> tuple[Profile, ...]:
    """The user's profiles, behind the one that the folder names, which then holds for every model."""
    if rule.profile is None:
        return tuple(profiles)
    named = next(each for each in (*profiles, *FAMILIES, GENERAL) if each.name == rule.profile)
    return (replace(named, pattern=""), *profiles)
