"""JSON as models write it: also with Python's quotes, and within other text."""

import json
import re
from collections.abc import Callable
from typing import Final

# A string in quotes of either kind, or a word that Python spells differently.
_PYTHON: Final = re.compile(r"'((?:[^'\\]|\\.)*+)'|\"(?:[^\"\\]|\\.)*+\"|\b(True|False|None)\b", re.DOTALL)
_PYTHON_BEGINS: Final = re.compile(r"[\[{][\s\[{]{0,99}'")
_WORDS: Final = {"True": "true", "False": "false", "None": "null"}
_QUOTE: Final = re.compile(r"(?<!\\)((?:\\\\)*)\"")
# How many values are looked for in a text.
_MOST_STARTS: Final = 60
_START: Final = re.compile(r"^[ \t]{0,9}(?=[\[{]\s{0,99}[\[{\"])", re.MULTILINE)


def text_to_value(text: str, number: Callable[[str], object] | None = None) -> object:
    """The value of a text that is JSON, or JSON with Python's quotes; None where it is neither.

    Args:
        text: Without anything around it.
        number: Converts a number as it is written; None for Python's own conversion.
    """
    for form in (text, _python_to_json(text)) if _PYTHON_BEGINS.match(text) else (text,):
        try:
            value: object = json.loads(form, strict=False, parse_float=number, parse_int=number)
        except (ValueError, RecursionError):
            continue
        return value
    return None


def _python_to_json(text: str) -> str:
    """A literal of Python, spelled as JSON; its numbers stay as they are written."""

    def spelled(match: re.Match[str]) -> str:
        if match[2]:
            return _WORDS[match[2]]
        if match[1] is None:
            return match[0]
        inner = _QUOTE.sub(r'\1\\"', match[1]).replace("\\'", "'")
        return f'"{inner}"'

    return _PYTHON.sub(spelled, text)


def values_replaced(text: str, replaced: Callable[[object], str | None], number: Callable[[str], object]) -> str:
    """The text with each value of JSON that stands on lines of its own replaced.

    Args:
        text: Anything.
        replaced: Gives what replaces a value; None where it must stay.
        number: Converts a number as it is written.
    """
    decoder = json.JSONDecoder(strict=False, parse_float=number, parse_int=number)
    parts: list[str] = []
    position = 0
    for start in list(_START.finditer(text))[:_MOST_STARTS]:
        if start.end() < position:
            continue
        try:
            value, end = decoder.raw_decode(text, start.end())
        except (ValueError, RecursionError):
            continue
        line_end = text.find("\n", end)
        rest = text[end : line_end if line_end >= 0 else len(text)]
        if not rest.strip() and (new := replaced(value)) is not None:
            parts += [text[position : start.start()], new]
            position = end
    return "".join([*parts, text[position:]])
