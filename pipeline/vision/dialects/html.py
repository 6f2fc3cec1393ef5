"""HTML, whole pages or blocks inside Markdown, set aside before the Markdown is parsed."""

import re
from typing import Final

from pipeline.markup.characters import text_to_html
from pipeline.vision.answers.fences import FencedPiece, text_to_pieces
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.set_aside import SetAside

_BLOCK: Final = re.compile(
    r"<(/?)(table|ul|ol|dl|p|h[1-6]|pre|figure|blockquote|script|style|head|math|svg|tr|thead|tbody)(?=[\s/>])[^<>]*+>",
    re.IGNORECASE,
)
# A table tag within which another one begins before it ends.
_UNENDED: Final = re.compile(
    r"<(/?(?:table|thead|tbody|tr|t[dh]))\s{0,9}(?=</?(?:table|thead|tbody|tr|t[dh])[\s/>])", re.IGNORECASE
)
_PARTS: Final = frozenset({"tr", "thead", "tbody"})
_IN_LINE: Final = ("<math", "<MATH")
_BREAK: Final = re.compile(
    r"</?(?:div|section|article|header|footer|main|aside|nav|html|body|center|watermark|page_number|page-number|"
    r"page_header|page_footer|hr)(?=[\s/>])[^<>]*+>",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(?<!`)`([^`\n]{1,300}+)`(?!`)")
_SIGNS: Final = re.compile(
    r"^[ ]{0,3}(?:#{1,6}[ \t]|[-+*][ \t]|[0-9]{1,9}[.)][ \t]|```|~~~|>[ \t]|\|)"
    r"|\*\*[^\s*]|__[^\s_]|!?\[[^\]\n]{0,200}\]\(|`[^`\n]",
    re.MULTILINE,
)


def html_to_markup(text: str, reading: Reading) -> str:
    """The text with its HTML blocks and its code set aside; all of the text, where nothing in it is Markdown."""
    text = _UNENDED.sub(r"<\1>", text)
    without_code = code_aside(text, reading.aside)
    rest = blocks_aside(without_code, reading.aside)
    if has_blocks(without_code) and not has_code(text) and not has_markdown(rest):
        return reading.aside.keep(text)
    return rest


def has_blocks(text: str) -> bool:
    """Whether the text has any HTML block."""
    return bool(_BLOCK.search(text) or _BREAK.search(text))


def has_markdown(text: str) -> bool:
    """Whether the text shows a sign of Markdown."""
    return bool(_SIGNS.search(text))


def code_aside(text: str, aside: SetAside) -> str:
    """The text with place holders for fenced code and for code between backticks: tags in code are text."""
    if has_code(text):
        pieces = text_to_pieces(text)
        text = "\n".join(_piece_to_text(piece, aside) for piece in pieces)
    return _CODE.sub(lambda match: aside.keep(f"<code>{text_to_html(match[1].strip())}</code>"), text)


def has_code(text: str) -> bool:
    """Whether the text has a code fence."""
    return "```" in text or "~~~" in text


def _piece_to_text(piece: FencedPiece, aside: SetAside) -> str:
    lines = "\n".join(piece.lines)
    return lines if piece.language is None else f"\n\n{aside.keep(f'<pre>{text_to_html(lines)}</pre>')}\n\n"


def blocks_aside(text: str, aside: SetAside) -> str:
    """The text with every outermost block replaced by a place holder in a paragraph of its own.

    A block that is never closed reaches to the next blank line; a table or list to the end of the text.
    """
    parts: list[str] = []
    position = 0
    for start, end in _outermost(text):
        edge = "" if text.startswith(_IN_LINE, start) else "\n\n"
        parts += [_parted(text[position:start], aside), edge, aside.keep(text[start:end]), edge]
        position = end
    return "".join([*parts, _parted(text[position:], aside)])


def _parted(text: str, aside: SetAside) -> str:
    """The text with the tags of containers in paragraphs of their own, so that their content is read as Markdown."""
    return _BREAK.sub(lambda match: f"\n\n{aside.keep(match[0])}\n\n", text)


def _outermost(text: str) -> list[tuple[int, int]]:
    """Start and end of the outermost blocks, in order, in linear time."""
    matches = list(_BLOCK.finditer(text))
    ends = _ends(matches)
    spans: list[tuple[int, int]] = []
    position = 0
    for match in matches:
        if match.start() < position or match[1]:
            continue
        goes_on = bool(spans) and match[2].lower() in _PARTS and not text[position : match.start()].strip()
        end = ends.get(match.start(), -1)
        if end < 0:
            blank = text.find("\n\n", match.end())
            whole = blank < 0 or match[2].lower() in _PARTS | {"table", "ul", "ol", "dl"}
            end = len(text) if whole else blank
        # Rows without a table around them are one block.
        spans[-1:] = [(spans[-1][0], end)] if goes_on else [*spans[-1:], (match.start(), end)]
        position = end
    return spans


def _ends(matches: list[re.Match[str]]) -> dict[int, int]:
    """From the start of each opening tag to the end of its closing one, where it has one."""
    ends: dict[int, int] = {}
    open_tags: dict[str, list[int]] = {}
    for match in matches:
        stack = open_tags.setdefault(match[2].lower(), [])
        if not match[1]:
            stack.append(match.start())
        elif stack:
            ends[stack.pop()] = match.end()
    return ends


DIALECT: Final = Dialect(
    name="html",
    order=80,
    shows=lambda text: has_blocks(text) or has_code(text) or bool(_CODE.search(text)),
    to_markup=html_to_markup,
)
