"""Text that is safe for a page or a terminal."""


def printable_lines(text: str) -> str:
    """As :func:`printable`, but line feeds are kept."""
    return "\n".join(map(printable, text.split("\n")))


def printable(text: str) -> str:
    """Text that is safe for a page or a terminal: names may hold control characters, or bytes that are not Unicode."""
    return "".join(
        letter if letter.isprintable() else " " if letter.isspace() else "\N{REPLACEMENT CHARACTER}" for letter in text
    )
