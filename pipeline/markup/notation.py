"""LaTeX and Markdown's bold in running text: equations keep their LaTeX source, in an element of its own."""

import re
from collections.abc import Iterable
from typing import Final

from pipeline.markup.tokens import Token

# Each branch ends at a fixed sign and is bounded, so that the time stays linear.
_NOTATION: Final = re.compile(
    r"\\\[(?P<display>.{1,2000}?)\\\]"
    r"|\$\$(?P<dollars>[^$]{1,2000}+)\$\$"
    r"|\\\((?P<inline>.{1,500}?)\\\)"
    r"|(?<![\\$\w])\$(?![\s$])(?P<dollar>[^$\n]{1,300}+)\$(?![\w$])"
    r"|(?<![\w*])\*\*(?![\s*])(?P<bold>[^*\n]{1,300}+)\*\*(?![\w*])",
    re.DOTALL,
)
# Dollars are money more often than mathematics: what stands between two must hold something that prose does not.
_FORMULA: Final = re.compile(
    r"\\[A-Za-z]|[\^_{}]|^\s?[A-Za-z]\s?$|^[A-Za-z0-9 ]{1,9}[=<>+*/][A-Za-z0-9 .,=<>+*/()-]{1,99}$"
)


def tokens_to_notated(tokens: Iterable[Token]) -> list[Token]:
    """The tokens with equations and bold text, where they are written as such, as elements; code is left alone."""
    result: list[Token] = []
    verbatim = 0
    for token in tokens:
        if token.name in {"pre", "code"} and token.kind in {"open", "close"}:
            verbatim = verbatim + 1 if token.kind == "open" else max(0, verbatim - 1)
        if token.kind != "text" or verbatim or not _might(token.name):
            result.append(token)
        else:
            result += _text_to_tokens(token.name)
    return result


def _might(text: str) -> bool:
    return "\\" in text or "$" in text or "**" in text


def _text_to_tokens(text: str) -> list[Token]:
    result: list[Token] = []
    position = 0
    for match in _NOTATION.finditer(text):
        kind = match.lastgroup or ""
        content = match[kind].strip()
        if not content or (kind == "dollar" and (match[kind][-1].isspace() or not _FORMULA.search(content))):
            continue
        result.append(Token("text", text[position : match.start()]))
        tag, attributes = ("strong", {}) if kind == "bold" else ("code", {"class": "math"})
        result += [Token("open", tag, attributes), Token("text", content), Token("close", tag)]
        position = match.end()
    result.append(Token("text", text[position:]))
    return [token for token in result if token.kind != "text" or token.name]
