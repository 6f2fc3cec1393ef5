"""Says what is wrong with settings in words that help to correct them."""

import difflib
import re
from collections.abc import Iterable
from typing import get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

_WORDS = {
    "bool_parsing": "must be true or false",
    "bool_type": "must be true or false",
    "finite_number": "must be a finite number",
    "float_parsing": "must be a number",
    "float_type": "must be a number",
    "int_from_float": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_type": "must be a whole number",
    "model_type": "must be a group of `key: value` lines",
    "path_type": "must be a folder",
    "string_pattern_mismatch": "must be the name of language data, like deu or script/Latin",
    "string_type": "must be text",
    "too_short": "needs at least one entry",
    "too_long": "has too many entries",
    "tuple_type": "must be a list",
}
_PLAINER = {
    "Input should be": "must be",
    "String should": "must",
    "greater than or equal to": "at least",
    "less than or equal to": "at most",
}
# What the library adds to a key to say which of several types it tried.
_TYPE = re.compile(r"int|literal\['auto'\]|constrained-\w+|tuple\[.*\]")
KINDS = {dict: "a group", list: "a list", tuple: "a list", type(None): "nothing"}


def validation_error_to_problems(error: ValidationError, root: type[BaseModel]) -> list[str]:
    """One line per key: the value, and what would be right.

    Args:
        error: From the library.
        root: The model that was to be made.
    """
    problems: dict[str, str] = {}
    items = error.errors(include_url=False)
    for item in items:
        if item["type"] == "too_short" and len(items) > 1 and item["input"]:
            continue  # the library removes bad entries first, and then reports that they are missing
        path = tuple(part for part in item["loc"] if not _TYPE.fullmatch(str(part)))
        key = ".".join(map(str, path))
        words = _item_to_words(item)
        if item["type"] == "extra_forbidden":
            problems[key] = f"{key}: is not a setting{_suggested_key(path, root)}"
        elif key in problems:
            problems[key] += f", or {words}"
        else:
            problems[key] = f"{key}: {_shown(path, item['input'])}: {words}"
    return list(problems.values())


def _item_to_words(item: ErrorDetails) -> str:
    """What would be right, in words."""
    if item["type"] == "string_too_short":
        least = item.get("ctx", {})["min_length"]
        return "must not be empty" if least == 1 else f"must have at least {least} characters"
    words = item["msg"].removeprefix("Value error, ")
    for library, ours in _PLAINER.items():
        words = words.replace(library, ours)
    return _WORDS.get(item["type"], words)


def _shown(path: tuple[int | str, ...], value: object) -> str:
    """A value as a message may show it: without keys and passwords, and nothing that may hold them."""
    if {"api_key", "token", "passwords", "secret"} & set(path):
        return "…"
    if type(value) in KINDS:
        return KINDS[type(value)]
    return re.sub(r"//[^/]*@|\?.*", lambda found: "//…@" if found[0].endswith("@") else "?…", f"{value!r:.80}")


def suggestion(name: str, known: Iterable[str]) -> str:
    """The end of a sentence about an unknown name; empty where no known name is similar."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _suggested_key(path: tuple[int | str, ...], root: type[BaseModel]) -> str:
    """The end of a sentence about an unknown key: the similar one, else all that may stand in its group."""
    known = _keys_of(path, root)
    return suggestion(str(path[-1]), known) or f"; known are {', '.join(sorted(known))}"


def _keys_of(path: tuple[int | str, ...], root: type[BaseModel]) -> set[str]:
    """The keys that are allowed beside the last part of ``path``."""
    model = root
    for part in path[:-1]:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        model = (_model_in(field.annotation) if field else None) or model
    return set(model.model_fields)


def _model_in(annotation: object) -> type[BaseModel] | None:
    """The group of settings that a type is, or that is in it: of a list, of a mapping, or None."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
