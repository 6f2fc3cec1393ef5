"""The type of JSON values, and their bytes as servers write them."""

import json
from typing import TypeAlias

Json: TypeAlias = "dict[str, Json] | list[Json] | str | int | float | bool | None"
JsonObject: TypeAlias = dict[str, Json]


def json_to_bytes(value: Json) -> bytes:
    """Compact UTF-8, keys in the order in which they were put in."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class NotJsonError(ValueError):
    """A body that is no JSON object; the text is the place and the problem in nlohmann::json's words."""


def bytes_to_object(body: bytes) -> JsonObject:
    """The JSON object that a body holds.

    Raises:
        NotJsonError: It holds none.
    """
    if not body:
        raise NotJsonError(
            "line 1, column 1: attempting to parse an empty input; "
            "check that your input string or stream contains the expected JSON"
        )
    line, column = 1, 1
    try:
        value = json.loads(body)
    except json.JSONDecodeError as error:
        value, line, column = None, error.lineno, error.colno
    except (UnicodeDecodeError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise NotJsonError(f"line {line}, column {column}: syntax error while parsing value - invalid literal")
    return value
