"""Text that is safe for a page or a terminal."""

import re

# What JSON lets stand in a string although a terminal obeys it: DEL, C1 controls, ends of lines, turns of direction.
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def printable_lines(text: str) -> str:
    """As :func:`printable`, but line feeds are kept."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    """Text that is safe for a page or a terminal: names may hold control characters, or bytes that are not Unicode."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )


def printable_json(text: str) -> str:
    """JSON of the same value that is safe for a terminal, where logs and statuses are read, too."""
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def as_sentence(text: str) -> str:
    """The text with a full stop at its end, where it has none."""
    return text if text.endswith((".", "!", "?")) else f"{text}."
