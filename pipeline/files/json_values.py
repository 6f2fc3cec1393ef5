"""Values of the program as JSON, and back with every field checked against its type.

msgspec reads and writes the JSON. It refuses half of a surrogate pair, with which Python represents a file name that is
not UTF-8; only such values are written by the standard library, as escapes.
"""

import json
from typing import NoReturn, TypeAlias, TypeVar

import msgspec

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"
JsonObject: TypeAlias = dict[str, Json]

Value = TypeVar("Value")


def value_to_json(value: object, *, indented: bool = False) -> bytes:
    """JSON in UTF-8.

    Args:
        value: Dataclasses, enums, numbers, strings, and tuples, lists and dicts of them.
        indented: A line for each member, and one at the end, instead of all in one line.
    """
    try:
        line = msgspec.json.encode(value)
        return msgspec.json.format(line, indent=1) + b"\n" if indented else line
    except UnicodeEncodeError:
        tree = msgspec.to_builtins(value)
        text = json.dumps(tree, ensure_ascii=False, indent=1) + "\n" if indented else json.dumps(tree)
        return text.encode("utf-8", "backslashreplace")


def json_to_value(data: bytes, kind: type[Value], *, strict: bool = True) -> Value:
    """The value that the JSON describes; members that its type does not know are ignored.

    Args:
        data: The JSON.
        kind: The type.
        strict: Whether 1.0 is no whole number; for other programs' JSON it is one.

    Raises:
        ValueError: It is not JSON, or does not fit the type; the message says where it is wrong.
    """
    try:
        return msgspec.json.decode(data, type=kind, strict=strict)
    except msgspec.ValidationError as error:
        raise ValueError(str(error)) from error
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        pass
    try:
        return msgspec.convert(json.loads(data, parse_constant=_refuse), kind, strict=strict)
    except (msgspec.ValidationError, RecursionError) as error:
        raise ValueError(str(error)) from error


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no number in JSON")
