"""DocTags, the page language of granite-docling and SmolDocling, to HTML."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.vision.dialects.otsl import otsl_to_html

_LOCATION: Final = re.compile(r"<loc_[0-9]{1,5}>")
_LOCATIONS: Final = re.compile(r"(?:<loc_[0-9]{1,5}>\s{0,9}){2,}")
_KNOWN: Final = re.compile(
    r"</?(?:doctag|text|title|section_header_level_[0-9]|otsl|page_header|page_footer|list_item|ordered_list|"
    r"unordered_list|picture|chart|caption|footnote|formula|code|paragraph|document_index|key_value_region|inline|"
    r"checkbox_selected|checkbox_unselected|smiles|group)>"
)
_TAG: Final = re.compile(r"<(/?)([a-z_]{1,30}?)(?:_level_([0-9]))?>")
_LANGUAGE: Final = re.compile(r"<_[A-Za-z0-9+#./ -]{1,30}_>")
_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "text": "p", "paragraph": "p", "title": "h1", "page_header": "p", "page_footer": "p", "footnote": "p",
    "caption": "p", "list_item": "li", "ordered_list": "ol", "unordered_list": "ul", "code": "pre",
})  # fmt: skip
_ENOUGH: Final = 2


def has_doctags(text: str) -> bool:
    """Whether the text is DocTags."""
    return "<doctag>" in text or (bool(_LOCATION.search(text)) and len(_KNOWN.findall(text, 0, 100_000)) >= _ENOUGH)


def is_stripped(text: str) -> bool:
    """Whether the text was DocTags until a server took the special tokens out and left only positions.

    LM Studio does so; what remains runs the cells of a table into each other.
    """
    return len(_LOCATIONS.findall(text)) >= _ENOUGH and not _KNOWN.search(text)


def doctags_to_html(text: str) -> str:
    """DocTags as HTML that is not yet sanitised."""
    text = _LANGUAGE.sub("", _LOCATION.sub("", text))
    text = text.replace("<checkbox_selected>", "☑ ").replace("<checkbox_unselected>", "☐ ")
    return _TAG.sub(_tag_to_html, otsl_to_html(text))


def positions_to_breaks(text: str) -> str:
    """Text whose only marks are positions, as paragraphs."""
    return _LOCATION.sub("", _LOCATIONS.sub("\n\n", text))


def _tag_to_html(match: re.Match[str]) -> str:
    slash, name, level = match[1], match[2], match[3]
    if level:
        return f"<{slash}h{min(int(level) + 1, 6)}>"
    if name == "formula":
        return "\\]</p>" if slash else "<p>\\["
    if name in _NAMES:
        return f"<{slash}{_NAMES[name]}>"
    if name in {"doctag", "picture", "chart", "inline", "group", "key_value_region", "smiles", "document_index"}:
        return "\n"
    return match[0]
