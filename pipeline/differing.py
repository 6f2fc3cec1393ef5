"""Numbers that one of two readings of a page has and the other has not."""

import re
from collections import Counter
from html import unescape

from pipeline.vision.numbers import text_to_numbers, text_to_plain

_TAG = re.compile(r"(<[^<>]*>)")
_BLOCK_END = re.compile(r"</(?:td|th|p|li|h[1-6]|caption|dt|dd|pre)>|<br/?>")


def html_to_numbers(html: str) -> Counter[str]:
    """How often each number stands in a clean fragment, by the value that spellings share."""
    text = unescape(_TAG.sub("", _BLOCK_END.sub("\n", html)))
    return Counter(number.value for number in text_to_numbers(text_to_plain(text)))


def mark_numbers(html: str, values: Counter[str]) -> str:
    """The clean fragment with numbers put into ``<mark>``: the first ones of each value, as many as given."""
    left = Counter(values)
    return "".join(part if part.startswith("<") else _marked(part, left) for part in _TAG.split(html))


def _marked(text: str, left: Counter[str]) -> str:
    pieces: list[str] = []
    at = 0
    for number in text_to_numbers(text):
        begin = text.index(number.spelling, at)
        end = begin + len(number.spelling)
        pieces.append(text[at:begin])
        wanted = left[number.value] > 0
        left[number.value] -= wanted
        pieces.append(f"<mark>{number.spelling}</mark>" if wanted else number.spelling)
        at = end
    return "".join([*pieces, text[at:]])
