"""Turns untrusted markup into a clean fragment: allowed elements, well formed, tables rectangular, no text lost."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import nh3

from pipeline.markup import tags
from pipeline.markup.characters import references_to_text, text_to_clean, text_to_html
from pipeline.markup.notation import tokens_to_notated
from pipeline.markup.repairs import Repair
from pipeline.markup.structure import tree_to_blocks
from pipeline.markup.tokens import html_to_tokens
from pipeline.markup.tree import Node, node_to_text, nodes_to_html, tokens_to_tree

# Bytes of UTF-8.  Sixteen thousand tokens, more than any profile asks for, are about 64 KiB.
MAX_BYTES: Final = 1_048_576

_ATTRIBUTES: Final[dict[str, set[str]]] = {
    "a": {"href"},
    "li": {"value"},
    "ol": {"start"},
    "span": {"data-unseen", "data-was"},
    "td": {"colspan", "rowspan", "data-unseen"},
    "th": {"colspan", "rowspan", "data-unseen", "scope"},
}
_VALUES: Final = {tag: {"dir": set(tags.DIRECTIONS)} for tag in tags.DIRECTED}
_CLASSES: Final = {tag: set(names) for tag, names in tags.CLASSES.items()}
# Parses as browsers do.
_GATE: Final = nh3.Cleaner(
    tags=set(tags.ALLOWED),
    attributes=_ATTRIBUTES,
    tag_attribute_values=_VALUES,
    allowed_classes=_CLASSES,
    clean_content_tags={"script", "style"},
    link_rel=None,
    strip_comments=True,
    url_schemes={"http", "https", "mailto"},
)
_TAG: Final = re.compile(r"<[^<>]*+>")


class TooMuchMarkup(ValueError):  # noqa: N818 — the name says what is wrong
    """The markup is larger than :data:`MAX_BYTES`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Clean:
    """A fragment that is safe in our own document.

    Attributes:
        html: Blocks only, without a wrapper; well formed, every table rectangular.
        text: The visible text, a line feed at the edges of blocks and cells.
        tables: Number of tables, nested ones counted.
        repairs: What had to be mended, in alphabetical order.
        blocks: The tree of ``html``; empty where the last check saw that text was lost, so that ``html`` is only
            escaped text.
    """

    html: str
    text: str
    tables: int
    repairs: tuple[Repair, ...]
    blocks: tuple[Node, ...] = ()


def sanitise(html: str, *, notation: bool = False) -> Clean:
    """Make untrusted markup safe and regular.

    Everything is rebuilt from a list of allowed elements. Then nh3, which parses as browsers do, checks the result and
    must not change its text. If it does, the two parsers disagree, which is what attacks on filters exploit: then the
    result is only escaped text.

    Args:
        html: From any source.
        notation: Whether to recognise LaTeX and Markdown's bold in running text.

    Raises:
        TooMuchMarkup: It is larger than :data:`MAX_BYTES`.
    """
    if len(html.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise TooMuchMarkup(f"more than {MAX_BYTES} bytes of markup")
    repairs: set[Repair] = set()
    plain = text_to_clean(html)
    if len(plain) != len(html.replace("\r\n", "\n")):
        repairs.add(Repair.CONTROLS)
    tokens = html_to_tokens(plain, repairs)
    tree = tokens_to_tree(tokens_to_notated(tokens) if notation else tokens, repairs)
    return _tree_to_clean(tree, repairs)


def _tree_to_clean(tree: Node, repairs: set[Repair]) -> Clean:
    blocks = tree_to_blocks(tree, repairs)
    root = Node("", {}, list(blocks))
    text = _tidy(node_to_text(root))
    html = blocks_to_html(blocks)
    lost = _squeezed(html_to_text(html)) != _squeezed(text)
    if lost:
        html = "\n".join(f"<p>{text_to_html(line)}</p>" for line in text.split("\n") if line.strip())
    return Clean(
        html=html,
        text=text,
        tables=html.count("<table"),
        repairs=tuple(sorted(repairs)),
        blocks=() if lost else tuple(blocks),
    )


def blocks_to_html(blocks: Iterable[Node]) -> str:
    """Clean blocks as HTML, checked by nh3."""
    return _GATE.clean(nodes_to_html(blocks))


def html_to_text(html: str) -> str:
    """The visible text of a clean fragment; tags become spaces, except those inside words."""
    return references_to_text(_TAG.sub("", html))


def _tidy(text: str) -> str:
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)


def _squeezed(text: str) -> str:
    return "".join(text.split())
