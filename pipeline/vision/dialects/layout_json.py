"""Pages as JSON: lists of blocks with their boxes, as dots.ocr, Qwen3-VL and others write them; complete or broken."""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Final, NamedTuple

from pipeline.markup.characters import text_to_clean
from pipeline.markup.repairs import Repair
from pipeline.vision.answers.cut import completed
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.labels import LABELS
from pipeline.vision.dialects.loose_json import text_to_value

_MARK: Final = re.compile(
    r"\{\s{0,99}(?:[\"'](?:category|label|type)[\"']\s{0,99}:\s{0,99}[\"'][^\"'\n]{0,60}[\"']\s{0,99},?\s{0,99})?"
    r"[\"'](?:bbox|bbox_2d|box_2d|box)[\"']\s{0,99}:"
)
# A block without a box is recognised by its category and its text together.
_NO_BOX: Final = re.compile(
    r"\{\s{0,99}[\"'](?:category|label|type|block_type)[\"']\s{0,99}:\s{0,99}[\"'][A-Za-z][\w -]{1,40}[\"']\s{0,99},"
    r"\s{0,99}[\"'](?:text|content|html|markdown|text_content)[\"']\s{0,99}:"
)
_CATEGORY: Final = re.compile(r"\"(?:category|label|type|class|block_type)\"\s{0,99}:\s{0,99}\"([^\"\n]{0,60})\"")
_TEXT: Final = re.compile(
    r"\"(?:text|content|text_content|html|markdown|value|transcription|latex)\"\s{0,99}:\s{0,99}\""
)
_ESCAPE: Final = re.compile(r"\\(u[0-9a-fA-F]{4}|.)", re.DOTALL)
_ESCAPES: Final = {"n": "\n", "t": "\t", "r": "\n", "b": "", "f": ""}
_BOX_KEYS: Final = ("bbox", "bbox_2d", "box_2d", "box")
_CATEGORY_KEYS: Final = ("category", "label", "type", "class", "block_type")
_TEXT_KEYS: Final = ("text", "content", "text_content", "html", "markdown", "value", "transcription", "latex")
_MAX_LEVELS: Final = 8


class LayoutBlock(NamedTuple):
    """One block of the page: its category, in lower case, and its text."""

    category: str
    text: str


class Layout(NamedTuple):
    """The blocks in the order in which they were written, and whether the last one was cut."""

    blocks: list[LayoutBlock]
    cut: bool


def has_layout(text: str) -> bool:
    """Whether the text is a JSON layout, or contains one."""
    return bool(_MARK.search(text) or _NO_BOX.search(text))


def text_to_layout(text: str, repairs: set[Repair]) -> Layout:
    """The blocks of a layout, even where its JSON is broken."""
    start = min((index for index in (text.find("["), text.find("{")) if index >= 0), default=0)
    end = max(text.rfind("]"), text.rfind("}"))
    value = text_to_value(text[start : end + 1])
    if value is None:
        return _mended(text, repairs)
    blocks = list(_value_to_blocks(value, 0))
    return Layout(blocks, cut=False) if blocks else _mended(text, repairs)


def layout_to_html(layout: Layout, text_to_html: Callable[[str], str]) -> str:
    """The layout as HTML that is not yet sanitised.

    Args:
        layout: The blocks.
        text_to_html: Makes HTML of a block's Markdown or HTML.
    """
    return "\n".join(_block_to_html(block, text_to_html) for block in layout.blocks)


def _block_to_html(block: LayoutBlock, text_to_html: Callable[[str], str]) -> str:
    text = block.text.strip()
    if not text:
        return ""
    if block.category in {"formula", "equation", "equation-block", "display_formula"}:
        return f"<p>{text if text.startswith((chr(36), chr(92) + '[')) else f'{chr(92)}[{text}{chr(92)}]'}</p>"
    heading = {"title": "h1", "section-header": "h2", "section_header": "h2", "heading": "h2"}.get(block.category)
    if heading and not text.startswith(("#", "<")):
        return f"<{heading}>{text_to_html(text).strip().removeprefix('<p>').removesuffix('</p>')}</{heading}>"
    return text_to_html(text)


def _value_to_blocks(value: object, level: int) -> Iterator[LayoutBlock]:
    if level > _MAX_LEVELS:
        return
    if isinstance(value, list):
        for item in value:
            yield from _value_to_blocks(item, level + 1)
    elif isinstance(value, dict):
        if any(key in value for key in _BOX_KEYS) or is_block(value):
            yield _mapping_to_block(value)
        for key, item in value.items():
            if isinstance(item, list | dict) and key not in _BOX_KEYS:
                yield from _value_to_blocks(item, level + 1)


def is_block(mapping: Mapping[str, object]) -> bool:
    """Whether a mapping without a box is a block: it has a category and a text, or is a picture."""
    category = next((mapping[key] for key in _CATEGORY_KEYS if isinstance(mapping.get(key), str)), None)
    has_text = any(isinstance(mapping.get(key), str) for key in _TEXT_KEYS)
    # A part of a message in OpenAI's form also has such a type.
    is_part = category == "text" and set(mapping) == {"type", "text"}
    return category is not None and has_text and not is_part


def _mapping_to_block(mapping: Mapping[str, object]) -> LayoutBlock:
    category = next((str(mapping[key]) for key in _CATEGORY_KEYS if isinstance(mapping.get(key), str)), "text")
    found = (mapping.get(key) for key in _TEXT_KEYS)
    text = next((str(value) for value in found if isinstance(value, str | int | float) and str(value)), "")
    if not text and category.lower().replace("-", "_").replace(" ", "_") not in LABELS:
        # Qwen3-VL writes the text itself where a label is expected.
        return LayoutBlock("text", category)
    return LayoutBlock(category.lower(), text)


def _mended(text: str, repairs: set[Repair]) -> Layout:
    """The blocks of broken JSON: each object is parsed by itself; of a broken one, what can be read is used."""
    repairs.add(Repair.JSON)
    mark = _MARK if _MARK.search(text) else _NO_BOX
    starts = [match.start() for match in mark.finditer(text)]
    blocks: list[LayoutBlock] = []
    cut = False
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        piece = text[start:end].rstrip().rstrip(",]").rstrip()
        last = end == len(text)
        closed = piece.endswith("}")
        cut = last and not closed
        value = text_to_value(piece)
        if value is None:
            blocks.append(_piece_to_block(piece, closed=closed))
            continue
        blocks += _value_to_blocks(value, 0)
    return Layout(blocks, cut)


def _piece_to_block(piece: str, *, closed: bool) -> LayoutBlock:
    category = _CATEGORY.search(piece)
    text = _TEXT.search(piece)
    if not text:
        return LayoutBlock(category[1].lower() if category else "text", "")
    end = piece.rfind('"') if closed else -1
    source = piece[text.end() : end if end > text.end() else len(piece)]
    return LayoutBlock(category[1].lower() if category else "text", _ESCAPE.sub(_unescape, source))


def _unescape(match: re.Match[str]) -> str:
    code = match[1]
    if code[0] == "u" and len(code) > 1:
        return chr(int(code[1:], 16))
    return _ESCAPES.get(code, code)


def layout_to_markup(text: str, reading: Reading) -> str:
    """The page as HTML, set aside."""
    layout = text_to_layout(text, reading.repairs)
    reading.cut |= layout.cut
    html = layout_to_html(layout, lambda part: reading.read(text_to_clean(part)))
    return reading.aside.keep(completed(html, reading.repairs) if reading.cut or reading.unfinished else html)


DIALECT: Final = Dialect(name="layout_json", order=10, shows=has_layout, to_markup=layout_to_markup)
