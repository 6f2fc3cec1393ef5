"""DocTags, the page language of granite-docling and SmolDocling, to HTML."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.markup import tags
from pipeline.markup.repairs import Repair
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.otsl import TOKEN_NAMES, otsl_to_html

_LOCATION: Final = re.compile(r"<loc_[0-9]{1,5}>")
_LOCATIONS: Final = re.compile(r"(?:<loc_[0-9]{1,5}>\s{0,9}){2,}")
# The HTML tag of each element. An element in neither mapping is a class of the element around it, and has no text.
_NAMES: Final[Mapping[str, str]] = MappingProxyType({
    "text": "p", "paragraph": "p", "title": "h1", "page_header": "p", "page_footer": "p", "footnote": "p",
    "caption": "p", "list_item": "li", "ordered_list": "ol", "unordered_list": "ul", "code": "pre",
})  # fmt: skip
_CONTAINERS: Final = frozenset({
    "doctag", "picture", "chart", "inline", "group", "key_value_region", "smiles", "document_index", "form", "key",
    "value", "form_item", "page_break",
})  # fmt: skip
_OTHERS: Final = frozenset({"formula", "section_header", "otsl", "checkbox_selected", "checkbox_unselected"})
_TAG: Final = re.compile(r"<(/?)([a-z]{1,20}(?:_[a-z]{1,20}){0,4}?)(?:_level)?(?:_([0-9]{1,3}))?>")
_LANGUAGE: Final = re.compile(r"<_[A-Za-z0-9+#./ -]{1,30}_>")
_ENOUGH: Final = 2
_LOOKED_AT: Final = 100_000
_STRIPPED: Final = (
    "The server has taken the model's own markup out of the answer; only positions are left. "
    "This model needs a server that keeps special tokens."
)


def has_doctags(text: str) -> bool:
    """Whether the text is DocTags."""
    return "<doctag>" in text or ("<loc_" in text and bool(_LOCATION.search(text)) and _known(text) >= _ENOUGH)


def is_stripped(text: str) -> bool:
    """Whether the text was DocTags before a server removed the special tokens, so that only positions are left.

    LM Studio does so. In what remains, the cells of a table are joined without any separator.
    """
    return "<loc_" in text and len(_LOCATIONS.findall(text)) >= _ENOUGH and not _known(text)


def _known(text: str) -> int:
    """Number of DocTags elements; the count stops at two."""
    count = 0
    for match in _TAG.finditer(text, 0, _LOOKED_AT):
        count += match[2] in _NAMES or match[2] in _CONTAINERS or match[2] in _OTHERS
        if count >= _ENOUGH:
            break
    return count


def doctags_to_markup(text: str, reading: Reading) -> str:
    """DocTags as HTML, set aside. Of a page without its special tokens, what is left, with the fault noted."""
    if is_stripped(text):
        reading.repairs.add(Repair.TOKENS)
        reading.fault = _STRIPPED
        return _LOCATION.sub("", _LOCATIONS.sub("\n\n", text))
    text = _LANGUAGE.sub("", _LOCATION.sub("", text))
    text = text.replace("<checkbox_selected>", "☑ ").replace("<checkbox_unselected>", "☐ ")
    text = _TAG.sub(_tag_to_html, otsl_to_html(text, reading))
    return reading.keep_block(text)


def _tag_to_html(match: re.Match[str]) -> str:
    slash, name, number = match[1], match[2], match[3]
    if name == "section_header":
        return f"<{slash}h{min(int(number or 1) + 1, 6)}>"
    if name == "formula":
        return "\\]</p>" if slash else "<p>\\["
    if name in _NAMES:
        return f"<{slash}{_NAMES[name]}>"
    if name in _CONTAINERS:
        return "<div>"
    # A class ("<bar_chart>") says what a picture shows, and has no text of its own.
    return match[0] if name in tags.KNOWN or name in TOKEN_NAMES else "<div>"


DIALECT: Final = Dialect(
    name="doctags", order=20, shows=lambda text: has_doctags(text) or is_stripped(text), to_markup=doctags_to_markup
)
