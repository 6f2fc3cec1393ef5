"""Fills the pages about settings and commands from the program itself, so that they cannot say anything else."""

import re
import types
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin

import yaml
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from sphinx.application import Sphinx
from typer.core import TyperArgument, TyperGroup, TyperOption
from typer.main import get_command

import pipeline.commands.main  # noqa: F401 — it enters all commands into the program
from pipeline.commands.application import app as program
from pipeline.commands.exit_codes import EXIT_CODES
from pipeline.settings.sections import Server
from pipeline.settings.settings import ENV_PREFIX, Settings
from pipeline.vision.profiles.profiles import FAMILIES, GENERAL

_SETTINGS = Path(__file__).resolve().parents[2] / "settings.yaml"
_KEY = re.compile(r"^(?P<indent> *)(?:- )?(?P<key>[a-z_]+):")


def setup(app: Sphinx) -> dict[str, bool]:
    """Join Sphinx."""
    app.connect("source-read", _fill)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _fill(_: Sphinx, __: str, source: list[str]) -> None:
    for name, lines in _MADE.items():
        mark = f"<!-- {name} -->"
        if mark in source[0]:
            source[0] = source[0].replace(mark, "\n".join(lines()))


def settings_to_markdown() -> Iterator[str]:
    """Every key with its default, its values, its variable and what settings.yaml says of it."""
    explained = comments_of(_SETTINGS.read_text(encoding="utf-8"))
    for key, field in _keys(Settings, ""):
        values = ", ".join(f"`{each}`" for each in _values(field.annotation))
        variable = "" if "[]" in key else f" In the environment: `{ENV_PREFIX}{key.upper().replace('.', '__')}`."
        default = _shown(field.get_default(call_default_factory=True))
        yield f"## `{key}`\n\n{explained[key.replace('[]', '')]}\n"
        yield f"Default: `{default}`{f', one of {values}' if values else ''}.{variable}\n"


def _keys(model: type[BaseModel], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    for name, field in model.model_fields.items():
        if isinstance(field.annotation, type) and issubclass(field.annotation, BaseModel):
            yield from _keys(field.annotation, f"{prefix}{name}.")
            continue
        yield f"{prefix}{name}", field
        if name == "servers":
            yield from _keys(Server, "servers[].")


def comments_of(text: str) -> dict[str, str]:
    """What a settings file says above each key, by the key's whole name; empty for a key without words of its own."""
    found: dict[str, str] = {}
    path: list[tuple[int, str]] = []
    words: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            words.append(stripped.lstrip("# "))
            continue
        if match := _KEY.match(line):
            indent = len(match["indent"]) + 2 * line.strip().startswith("- ")
            path = [*((deep, key) for deep, key in path if deep < indent), (indent, match["key"])]
            found[".".join(key for _, key in path)] = " ".join(words)
        words = []
    return found


def _shown(default: object) -> str:
    if isinstance(default, tuple) and default and isinstance(default[0], Server):
        return "[{url: " + default[0].url + "}]"
    if isinstance(default, tuple):
        default = [getattr(each, "value", each) for each in default]
    default = str(default) if isinstance(default, Path) else getattr(default, "value", default)
    return yaml.safe_dump(default, default_flow_style=True).removesuffix("\n...\n").strip()


def _values(kind: object) -> list[str]:
    if get_origin(kind) is Annotated:
        return _values(get_args(kind)[0])
    if get_origin(kind) is Literal:
        return [str(each) for each in get_args(kind)]
    if get_origin(kind) in {Union, types.UnionType}:
        return [value for each in get_args(kind) for value in _values(each)]
    return [str(each) for each in kind] if isinstance(kind, type) and issubclass(kind, str) and kind is not str else []


def commands_to_markdown() -> Iterator[str]:
    """Every command with its arguments and options, and the exit codes."""
    group = get_command(program)
    assert isinstance(group, TyperGroup)  # noqa: S101 — a program with commands is one
    for name, command in group.commands.items():
        arguments = [each for each in command.params if isinstance(each, TyperArgument)]
        usage = " ".join(["dropleaf", name, *(str(each.metavar) for each in arguments), "[OPTION]..."])
        yield f"## {name}\n\n```text\n{usage}\n```\n\n{' '.join((command.help or '').split())}\n"
        for argument in arguments:
            yield f"`{argument.metavar}`\n: {argument.help}\n"
        for option in command.params:
            if isinstance(option, TyperOption) and not option.hidden:
                value = "" if option.is_flag else f" {option.metavar or (option.name or '').upper()}"
                yield f"`{', '.join(option.opts)}{value}`\n: {option.help}\n"
    yield "## Exit codes\n\n| code | meaning |\n|---|---|"
    yield from (f"| {code} | {words} |" for code, words in EXIT_CODES.items())


def profiles_to_markdown() -> Iterator[str]:
    """The families of models that Dropleaf knows, and how each is asked."""
    yield "| family | longest side of the picture, pixels | longest answer, tokens | answers in | note |"
    yield "|---|---|---|---|---|"
    for profile in (*FAMILIES, GENERAL):
        name = "every other model" if profile is GENERAL else f"`{profile.name}`"
        facts = (profile.longest_side_px, profile.sampling.max_tokens, profile.dialect.value, profile.note)
        yield f"| {name} | {' | '.join(map(str, facts))} |"


_MADE: dict[str, Callable[[], Iterator[str]]] = {
    "every setting": settings_to_markdown,
    "every command": commands_to_markdown,
    "every profile": profiles_to_markdown,
}
