"""The known elements: those that a result may hold, and what is done with the others."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
INLINE: Final = frozenset({"a", "b", "code", "em", "i", "s", "span", "strong", "sub", "sup", "u"})
CELLS: Final = frozenset({"td", "th"})
ROW_GROUPS: Final = frozenset({"thead", "tbody", "tfoot"})
TABLE_PARTS: Final = CELLS | ROW_GROUPS | {"tr", "caption"}
LISTS: Final = frozenset({"ul", "ol"})
BLOCKS: Final = HEADINGS | LISTS | {"p", "pre", "table", "blockquote", "figure", "figcaption", "dl", "hr"}

ALLOWED: Final = INLINE | BLOCKS | TABLE_PARTS | {"br", "li", "dt", "dd"}
VOID: Final = frozenset({"br", "hr"})

# Active or foreign content; it is dropped, since it is not text of the page.
REMOVED_WITH_CONTENT: Final = frozenset(
    {"head", "iframe", "noembed", "noframes", "noscript", "object", "script", "style", "template", "title"}
)
REMOVED: Final = frozenset({"audio", "base", "embed", "link", "meta", "param", "source", "track", "video"})
ACTIVE: Final = (REMOVED_WITH_CONTENT | REMOVED) - {"head", "title", "meta", "link"}

RENAMED: Final[Mapping[str, str]] = MappingProxyType({
    "del": "s", "ins": "u", "kbd": "code", "listing": "pre", "samp": "code", "strike": "s", "tt": "code",
    "cite": "i", "dfn": "i", "var": "i", "menu": "ul", "dir": "ul", "plaintext": "pre", "xmp": "pre",
})  # fmt: skip

# Dropped, but their text is kept; each of their tags ends a paragraph.
BREAKS: Final = frozenset({
    "address", "article", "aside", "body", "center", "details", "dialog", "div", "fieldset", "footer", "form", "header",
    "hgroup", "html", "legend", "main", "nav", "optgroup", "option", "page", "search", "section", "select", "summary",
})  # fmt: skip

# Dropped, but their text is kept in the line.
TRANSPARENT: Final = frozenset({
    "abbr", "acronym", "area", "bdi", "bdo", "big", "blink", "button", "canvas", "col", "colgroup", "data", "equation",
    "font", "formula", "handwriting", "handwritten", "label", "map", "mark", "marquee", "meter", "nobr", "output",
    "picture", "progress", "q", "rb", "rp", "rt", "ruby", "slot", "small", "svg", "textarea", "time", "tspan",
    "unclear", "wbr",
})  # fmt: skip

# Tags that vision models invent or are told to write around special parts of a page; each is a separate paragraph.
MADE_UP: Final = frozenset({
    "answer", "bbox", "chart", "content", "doc", "document", "figure_caption", "footnote", "graph", "image", "logo",
    "markdown", "output_html", "page-number", "page_break", "page_footer", "page_header", "page_number", "pagenumber",
    "result", "seal", "signature", "stamp", "table_caption", "transcription", "watermark",
})  # fmt: skip

# Replaced by text or by another element.
SPECIAL: Final = frozenset({"img", "input", "math", "annotation"})

MATHML: Final = frozenset({
    "maligngroup", "malignmark", "menclose", "merror", "mfenced", "mfrac", "mi", "mn", "mo", "mover", "mpadded",
    "mphantom", "mroot", "mrow", "ms", "mspace", "msqrt", "mstyle", "msub", "msubsup", "msup", "mtable", "mtd", "mtext",
    "mtr", "munder", "munderover", "semantics",
})  # fmt: skip

KNOWN: Final = (
    ALLOWED | REMOVED_WITH_CONTENT | REMOVED | frozenset(RENAMED) | BREAKS | TRANSPARENT | MADE_UP | SPECIAL | MATHML
)

# The elements that may have a direction of text, and its values.
DIRECTED: Final = HEADINGS | LISTS | CELLS | {"p", "li", "blockquote", "figcaption", "table", "caption"}
DIRECTIONS: Final = frozenset({"rtl", "ltr"})

# The classes that our own conversions write, by element; any other is dropped.
CLASSES: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {
        "code": frozenset({"math"}),
        "span": frozenset({"image"}),
        "p": frozenset({"page-header", "page-footer", "footnote"}),
        "th": frozenset({"indent-1", "indent-2", "indent-3", "indent-4"}),
        "ul": frozenset({"marked"}),
        "ol": frozenset({"marked"}),
    }
)
