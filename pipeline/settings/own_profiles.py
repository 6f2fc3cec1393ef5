"""Makes a profile of what a user has written in the settings."""

import re
from collections.abc import Mapping
from dataclasses import replace

from pipeline.vision.client.request import Sampling
from pipeline.vision.profiles.profiles import FAMILIES, GENERAL, KEEP_TOKENS, OF_TOKENS, DialectName, Profile

_TEXTS = ("prompt", "note")
_NUMBERS = ("longest_side_px", "max_pixels", "multiple_of")
_SWITCHES = ("colour", "image_first", "quiet")
_SAMPLING = ("temperature", "top_p", "top_k", "max_tokens", "stop")

#: Every key that a profile of the settings may have.
KEYS = ("match", "like", "dialect", *_TEXTS, *_NUMBERS, *_SWITCHES, *_SAMPLING, "extra")


def values_to_profile(name: str, values: Mapping[str, object]) -> Profile:
    """The profile that a user has written.

    Args:
        name: The user's name for it.
        values: ``match`` (a regular expression that is searched in a model's id) and any other of :data:`KEYS`; a key
            that is missing has the value of the built-in profile that ``like`` names, or of the general one.

    Raises:
        ValueError: With a sentence for each value that cannot be used, one per line.
    """
    problems = [f"{key}: is not a key of a profile; there are {', '.join(KEYS)}" for key in values if key not in KEYS]
    problems += [problem for key in values if (problem := _problem_of(key, values[key])) is not None]
    if "match" not in values:
        problems.append("match: is missing; it is searched in the model's id, for example: qwen3-vl")
    if problems:
        raise ValueError("\n".join(problems))
    base = next((family for family in FAMILIES if family.name == values.get("like")), GENERAL)
    changes = {key: values[key] for key in (*_TEXTS, *_NUMBERS, *_SWITCHES, "extra") if key in values}
    if values.get("dialect") in OF_TOKENS and "extra" not in values:
        changes["extra"] = KEEP_TOKENS | base.extra
    return replace(
        base,
        name=name,
        pattern=str(values["match"]),
        dialect=DialectName(str(values.get("dialect", base.dialect))),
        own_dialect=str(values["dialect"]) if "dialect" in values else base.own_dialect,
        sampling=_sampling(base.sampling, values),
        **changes,  # type: ignore[arg-type]  # each was checked above
    )


def _sampling(base: Sampling, values: Mapping[str, object]) -> Sampling:
    changes = {key: values[key] for key in _SAMPLING if key in values and key != "stop"}
    stop = values.get("stop", base.stop)
    texts = (stop,) if isinstance(stop, str) else tuple(map(str, stop if isinstance(stop, list | tuple) else ()))
    return replace(base, stop=texts, **changes)  # type: ignore[arg-type]  # each was checked before


def _problem_of(key: str, value: object) -> str | None:
    """What is wrong with one value; None where nothing is."""
    wanted = {"match": _pattern_problem, "like": _like_problem, "dialect": _dialect_problem}
    if key in wanted:
        return wanted[key](value)
    if key in _TEXTS:
        return None if isinstance(value, str) else f"{key}: must be text"
    if key in _SWITCHES:
        return None if isinstance(value, bool) else f"{key}: must be true or false"
    if key in {*_NUMBERS, "max_tokens", "top_k"}:
        return (
            None if _between(value, 1, 10**8) and isinstance(value, int) else f"{key}: must be a whole number above 0"
        )
    return _rest_problem(key, value)


def _rest_problem(key: str, value: object) -> str | None:
    if key in {"temperature", "top_p"}:
        return None if _between(value, 0, 2) else f"{key}: must be a number from 0 to 2"
    if key == "stop":
        texts = value if isinstance(value, list | tuple) else [value]
        return None if all(isinstance(text, str) and text for text in texts) else "stop: must be a list of texts"
    if key == "extra":
        return None if isinstance(value, Mapping) else "extra: must be keys and values for the request's body"
    return None


def _pattern_problem(value: object) -> str | None:
    try:
        re.compile(str(value))
    except re.error as error:
        return f"match: is no regular expression: {error}"
    return None if isinstance(value, str) and value else "match: must be text"


def _like_problem(value: object) -> str | None:
    names = [family.name for family in FAMILIES]
    return None if value in names else f"like: must be one of {', '.join(names)}"


def _dialect_problem(value: object) -> str | None:
    return None if value in list(DialectName) else f"dialect: must be one of {', '.join(DialectName)}"


def _between(value: object, least: float, most: float) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and least <= value <= most
