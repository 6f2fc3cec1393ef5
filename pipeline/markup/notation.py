"""LaTeX and Markdown's bold in running text; equations keep their LaTeX source, in a separate element."""

import re
from collections.abc import Iterable
from typing import Final

from pipeline.markup.tokens import Token

# Each branch ends at a fixed sign and has a limited length, so that the time stays linear.
_NOTATION: Final = re.compile(
    r"\\\[(?P<display>.{1,2000}?)\\\]"
    r"|\$\$(?P<dollars>[^$]{1,2000}+)\$\$"
    r"|\\\((?P<inline>.{1,500}?)\\\)"
    r"|(?<![\\$\w])\$(?P<dollar>[^$\n]{1,300}+)\$(?![\w$])"
    r"|(?<![\w*])\*\*(?![\s*])(?P<bold>[^*\n]{1,300}+)\*\*(?![\w*])",
    re.DOTALL,
)
# Dollar signs mean money more often than mathematics, so the text between two must hold something unusual in prose.
# With a blank after the first or before the second one, only a LaTeX command or sign shows a formula.
_LATEX: Final = re.compile(r"\\[A-Za-z]|[\^_{}]")
_FORMULA: Final = re.compile(
    r"\\[A-Za-z]|[\^_{}]|^\s?[A-Za-z]\s?$|^[A-Za-z0-9 ]{1,9}[=<>+*/][A-Za-z0-9 .,=<>+*/()-]{1,99}$"
)


def tokens_to_notated(tokens: Iterable[Token]) -> list[Token]:
    """The tokens, with equations and bold text as elements; code is not changed."""
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
    match = _NOTATION.search(text)
    while match is not None:
        kind = match.lastgroup or ""
        content = match[kind].strip()
        if not content or (kind == "dollar" and not _is_formula(match[kind])):
            # The second dollar sign of something else may be the first one of a formula.
            match = _NOTATION.search(text, match.start() + 1)
            continue
        result.append(Token("text", text[position : match.start()]))
        tag, attributes = ("strong", {}) if kind == "bold" else ("code", {"class": "math"})
        result += [Token("open", tag, attributes), Token("text", content), Token("close", tag)]
        position = match.end()
        match = _NOTATION.search(text, position)
    result.append(Token("text", text[position:]))
    return [token for token in result if token.kind != "text" or token.name]


def _is_formula(between: str) -> bool:
    """Whether the text between two dollar signs is a formula, and not words between two sums of money."""
    if between[0].isspace() or between[-1].isspace():
        return bool(between[0].isspace() and between[-1].isspace() and _LATEX.search(between))
    return bool(_FORMULA.search(between.strip()))
