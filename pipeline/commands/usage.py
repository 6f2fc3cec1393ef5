"""What the command-line library finds wrong with a command, in one plain sentence."""

import re

_PLAINER = (
    (re.compile(r"Value error, "), ""),
    (re.compile(r"Input should be a valid integer.*"), "it must be a whole number."),
    (re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)"), r"It takes nothing more: \1."),
    (re.compile(r"Missing argument '(.*)'"), r"\1 is missing"),
    (re.compile(r"Invalid value for '(.*?)':"), r"\1:"),
)


def usage_to_sentence(command: str, words: str) -> str:
    """A sentence that says what is wrong and where to look.

    Args:
        command: The program and the command, as far as it is known.
        words: Of the library.
    """
    for pattern, plain in _PLAINER:
        words = pattern.sub(plain, words)
    stop = "" if words.endswith((".", "?")) else "."
    return f"{words}{stop} `{command} -h` says how it is used."
