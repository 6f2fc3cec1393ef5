"""Pages whose blocks carry their place: DeepSeek-OCR's grounding tokens and MinerU's boxes."""

import re
from typing import Final

_DETECTION: Final = re.compile(r"<\|det\|>[^<>]{0,2000}?<\|/det\|>[ \t]*")
_REFERENCE: Final = re.compile(r"<\|ref\|>([^<>]{0,2000}?)<\|/ref\|>")
_BOX: Final = re.compile(
    r"<\|box_start\|>[^<>]{0,200}?<\|box_end\|>\s{0,9}(?:<\|ref_start\|>([^<>]{0,60}?)<\|ref_end\|>)?(?:\s{0,9}<\|rotate_\w{1,9}\|>)?"
)
_OBJECT: Final = re.compile(r"<\|object_ref_start\|>([^<>]{0,2000}?)<\|object_ref_end\|>")
_MARKS: Final = re.compile(
    r"<\|(?:md_start|md_end|box_start|box_end|ref_start|ref_end|ref|/ref|det|/det|grounding)\|>|<image>"
)
_LABELS: Final = frozenset({
    "title", "text", "table", "image", "sub_title", "subtitle", "figure", "chart", "table_caption", "table_footnote",
    "image_caption", "image_footnote", "figure_caption", "equation", "formula", "header", "footer", "page_number",
    "page_footnote", "list", "code", "reference", "ref_text", "aside_text", "paragraph", "caption", "abandon",
    "code_caption", "equation_block", "index", "phonetic", "footnote", "unknown", "algorithm",
})  # fmt: skip


def has_grounding(text: str) -> bool:
    """Whether the text carries such tokens."""
    return "<|det|>" in text or "<|box_start|>" in text or "<|ref|>" in text or "<|md_start|>" in text


def grounding_to_markdown(text: str) -> str:
    """The text without places and labels, a blank line between the blocks; titles become headings."""
    text = _DETECTION.sub("\n", text)
    text = _REFERENCE.sub(_label_to_mark, text)
    text = _OBJECT.sub(_label_to_mark, text)
    text = _BOX.sub(lambda match: f"\n\n{_heading(match[1] or '')}", text)
    return _MARKS.sub("\n", text)


def _label_to_mark(match: re.Match[str]) -> str:
    label = match[1].strip()
    if label.lower() in _LABELS:
        return f"\n\n{_heading(label)}"
    return f"\n\n{label}\n"


def _heading(label: str) -> str:
    """A mark that the title's own text follows, on this line or the next."""
    return "\ufdd4" if label.strip().lower() in {"title", "sub_title", "subtitle"} else ""
