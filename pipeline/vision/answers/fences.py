"""Removes code fences around a page, or around parts of it."""

import re
from typing import Final, NamedTuple

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.chatter import lead_removed
from pipeline.vision.answers.page_words import PageWords, squeezed
from pipeline.vision.answers.stripping import Stripping

_FENCE: Final = re.compile(r"[ ]{0,3}(`{3,}|~{3,})[ \t]*([A-Za-z0-9_+.-]{0,20})[ \t]*\Z")
_PAGE: Final = frozenset({
    "html", "htm", "xhtml", "html5", "markdown", "md", "mdx", "gfm", "json", "doctags", "otsl", "layout", "xml",
    "yaml", "text", "txt", "plaintext", "plain", "latex", "tex", "",
})  # fmt: skip
# For these languages only the content shows whether it is the page or code that is printed on it.
_UNSURE: Final = frozenset({"", "text", "txt", "plaintext", "plain", "xml", "yaml", "json", "latex", "tex"})
_BLOCK: Final = re.compile(
    r"<(?:table|p|h[1-6]|div|ul|ol|section|html|body)[\s>]|<otsl>|<fcel>|^[ ]{0,3}#{1,6} |^\s{0,9}\||^---\n|\"bbox"
    r"|^[ \t]*(?:\+[-=]{2,}|[┌╔┏╒╭])|\\begin\{(?:tabular|longtable|table)|\A\s*[\[{]\s*[\[{\"]",
    re.IGNORECASE | re.MULTILINE,
)
_CODE_AROUND: Final = re.compile(r"\A\s*`(?!`)([^`]*)`\s*\Z")


class FencedPiece(NamedTuple):
    """Lines outside of a fence (the language is None), or inside one."""

    language: str | None
    lines: list[str]


def fences_removed(text: str, stripping: Stripping) -> str:
    """The text without the fences that a model has put around the page or parts of it; genuine code keeps its own.

    A fence that is never closed ends with the text. A short line before a fence that ends in a colon ("Then the
    table:") is a remark of the model.
    """
    if inline := _CODE_AROUND.match(text):
        stripping.repairs.add(Repair.FENCE)
        return inline[1]
    if "```" not in text and "~~~" not in text:
        return text
    pieces = text_to_pieces(text)
    outside = sum(len(line.strip()) for piece in pieces if piece.language is None for line in piece.lines)
    fenced = [piece for piece in pieces if piece.language is not None]
    alone = len(fenced) == 1 and outside <= max(400, len(text) // 10)
    result: list[str] = []
    for piece in pieces:
        if piece.language is None:
            result += piece.lines
        elif _is_page(piece, alone=alone) and not _is_printed(piece, stripping.page):
            stripping.repairs.add(Repair.FENCE)
            result = [*lead_removed(result, stripping), "", *piece.lines, ""]
        else:
            result += [f"```{piece.language}", *piece.lines, "```"]
    return "\n".join(result)


def _is_printed(piece: FencedPiece, page: PageWords) -> bool:
    """Whether the page itself shows this code, including its tags."""
    enough = 60
    code = squeezed("\n".join(piece.lines))
    return "<" in code and page.has(code[:enough])


def _is_page(piece: FencedPiece, *, alone: bool) -> bool:
    language = (piece.language or "").lower()
    if language not in _PAGE:
        return False
    if language in _UNSURE and not alone:
        return bool(_BLOCK.search("\n".join(piece.lines)))
    return alone or language in {"markdown", "md"} or bool(_BLOCK.search("\n".join(piece.lines)))


def text_to_pieces(text: str) -> list[FencedPiece]:
    """The text split at its fences; fences inside of fences are kept."""
    pieces = [FencedPiece(None, [])]
    marks: list[str] = []
    for line in text.split("\n"):
        fence = _FENCE.match(line)
        if fence is None:
            pieces[-1].lines.append(line)
        elif marks and not fence[2] and fence[1][0] == marks[-1][0] and len(fence[1]) >= len(marks[-1]):
            marks.pop()
            if marks:
                pieces[-1].lines.append(line)
            else:
                pieces.append(FencedPiece(None, []))
        elif not marks:
            marks.append(fence[1])
            pieces.append(FencedPiece(fence[2], []))
        else:
            if fence[2]:
                marks.append(fence[1])
            pieces[-1].lines.append(line)
    return pieces
