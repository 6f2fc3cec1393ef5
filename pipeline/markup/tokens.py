"""Splits markup into tokens; no text that a person could read is lost.

An answer is only similar to HTML. A browser's algorithm would read ``a<b and c`` as a tag, move text out of tables, and
drop cells outside of tables. So markup is split here, in one linear pass, and a parser like a browser's (nh3) only
checks the result.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final, NamedTuple

from pipeline.markup import tags
from pipeline.markup.characters import references_to_text
from pipeline.markup.repairs import Repair

# Only possessive quantifiers, and never across a "<": so each character is read a limited number of times.
_TAG: Final = re.compile(r"""<(/?)([A-Za-z][A-Za-z0-9_:-]*+)((?:[^<>"']|"[^"<]*+"|'[^'<]*+')*+|[^<>]*+)>""", re.ASCII)
# The same for a tag with markup inside of an attribute; only tried on a short piece of the text.
_ODD_TAG: Final = re.compile(r"""<()([A-Za-z][A-Za-z0-9_:-]*+)((?:[^<>"']|"[^"]*+"|'[^']*+')*+)>""", re.ASCII)
_ODD_LENGTH: Final = 500
_ATTRIBUTE: Final = re.compile(
    r"""([A-Za-z_:][A-Za-z0-9_:.-]*+)(?:\s*+=\s*+(?:"([^"]*+)"|'([^']*+)'|([^\s"'>]++)))?""", re.ASCII
)
_NAME_USED: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9_:-]*+)", re.ASCII)
_DECLARATION: Final = re.compile(r"<(?:!doctype|\?xml|!\[CDATA\[|\]\])[^<>]*+>?", re.IGNORECASE)
_KEPT: Final = tags.ALLOWED | tags.MATHML | {"math", "annotation"}
# A row that a model wrote into the middle of a comment: <!-- total --tr style="…">
_BROKEN_COMMENT: Final = re.compile(r"<!--[^<>]{0,200}?--([A-Za-z]{1,20})(\s[^<>]{0,200})?>", re.ASCII)
# A comment without an end is assumed to end with its line, or where a tag begins.
_UNCLOSED_COMMENT: Final = re.compile(r"[^<\n]*+")


class Token(NamedTuple):
    """One piece of markup.

    Attributes:
        kind: ``text``, ``open``, ``close`` or ``break`` (a tag that is dropped but separates paragraphs).
        name: The element's name in lower case; for text, the text itself.
        attributes: Of an opening tag.
    """

    kind: str
    name: str
    attributes: Mapping[str, str] = MappingProxyType({})


def html_to_tokens(html: str, repairs: set[Repair]) -> list[Token]:
    """Split markup into tokens in one pass; what does not begin a known tag is text.

    Args:
        html: At most a few MiB; the time is linear in its length.
        repairs: Receives what was mended.
    """
    return _Cutter(html, repairs).tokens()


class _Cutter:
    """The state of one pass."""

    def __init__(self, html: str, repairs: set[Repair]) -> None:
        self._html = html
        self._repairs = repairs
        self._tokens: list[Token] = []
        self._exhausted: set[str] = set()
        opened: set[str] = set()
        closed: set[str] = set()
        for match in _NAME_USED.finditer(html):
            (closed if match[1] else opened).add(match[2].lower())
        self._paired = opened & closed

    def tokens(self) -> list[Token]:
        html, position, pending = self._html, 0, 0
        while (start := html.find("<", position)) >= 0:
            position = self._markup(start, pending)
            if position > start + 1:
                pending = position
        self._text(pending, len(html))
        return self._tokens

    def _text(self, start: int, end: int) -> None:
        if end > start:
            self._tokens.append(Token("text", references_to_text(self._html[start:end])))

    def _markup(self, start: int, pending: int) -> int:
        """Read what begins with the ``<`` at ``start``; returns where to continue.

        The text from ``pending`` on has no token yet; a ``<`` that is text becomes part of it.
        """
        match = _TAG.match(self._html, start) or _ODD_TAG.match(self._html, start, start + _ODD_LENGTH)
        if match and (name := match[2].lower()) and self._is_tag(name, match[3]):
            self._text(pending, start)
            return self._tag(match, name)
        if self._html.startswith("<!--", start):
            self._text(pending, start)
            return self._comment(start)
        declaration = _DECLARATION.match(self._html, start)
        if declaration:
            self._text(pending, start)
            return declaration.end()
        if not self._html[start + 1 : start + 2].isspace():
            self._repairs.add(Repair.ESCAPED)
        return start + 1

    def _is_tag(self, name: str, attributes: str) -> bool:
        """Whether a name in angle brackets is a tag: ``a<b and c>d`` and ``List<String>`` are text."""
        if len(name) == 1 and attributes.strip(" /\n\t") and "=" not in attributes:
            return False
        return name in tags.KNOWN or name in self._paired

    def _comment(self, start: int) -> int:
        broken = _BROKEN_COMMENT.match(self._html, start)
        if broken and broken[1].lower() in tags.KNOWN:
            self._repairs.add(Repair.TAGS)
            self._open(broken[1].lower(), broken[2] or "")
            return broken.end()
        end = self._find("-->", start)
        if end >= 0:
            return end + 3
        self._repairs.add(Repair.CLOSED)
        rest = _UNCLOSED_COMMENT.match(self._html, start + 4)
        return rest.end() if rest else start + 4

    def _find(self, needle: str, start: int) -> int:
        """As str.find without regard to case; a needle that was not found once is never searched again."""
        if needle in self._exhausted:
            return -1
        match = re.compile(re.escape(needle), re.IGNORECASE).search(self._html, start)
        if match is None:
            self._exhausted.add(needle)
            return -1
        return match.start()

    def _tag(self, match: re.Match[str], name: str) -> int:
        closing, end = bool(match[1]), match.end()
        if name in tags.ACTIVE:
            self._repairs.add(Repair.ACTIVE)
        elif name in {"html", "head", "body"}:
            self._repairs.add(Repair.DOCUMENT)
        if name in tags.REMOVED_WITH_CONTENT:
            return end if closing else self._removed(name, end)
        if name in tags.MADE_UP:
            self._repairs.add(Repair.TAGS)
        if name in tags.BREAKS or name in tags.MADE_UP:
            self._tokens.append(Token("break", name))
        elif closing:
            self._close(name)
        else:
            self._open(name, match[3])
        return end

    def _removed(self, name: str, end: int) -> int:
        closing = self._find(f"</{name}", end)
        if closing < 0:
            return end
        after = self._html.find(">", closing)
        return after + 1 if after >= 0 else len(self._html)

    def _close(self, name: str) -> None:
        name = tags.RENAMED.get(name, name)
        if name in _KEPT:
            self._tokens.append(Token("close", name))
        elif name not in tags.KNOWN:
            self._repairs.add(Repair.TAGS)

    def _open(self, name: str, attributes: str) -> None:
        name = tags.RENAMED.get(name, name)
        if name in _KEPT:
            self._tokens.append(Token("open", name, _attributes(attributes) if attributes else {}))
        elif name in {"img", "input"}:
            self._replaced(name, _attributes(attributes))
        elif name not in tags.KNOWN:
            self._repairs.add(Repair.TAGS)

    def _replaced(self, name: str, attributes: dict[str, str]) -> None:
        if name == "input":
            if attributes.get("type", "").lower() in {"checkbox", "radio"}:
                self._tokens.append(Token("text", "☑ " if "checked" in attributes else "☐ "))
            elif attributes.get("value"):
                self._tokens.append(Token("text", f" {attributes['value']} "))
        elif attributes.get("alt", "").strip():
            self._tokens += [
                Token("text", " "),
                Token("open", "span", {"class": "image"}),
                Token("text", attributes["alt"]),
                Token("close", "span"),
                Token("text", " "),
            ]


def _attributes(source: str) -> dict[str, str]:
    """The attributes of a tag; of several with the same name the first counts, as in browsers."""
    found: dict[str, str] = {}
    for match in _ATTRIBUTE.finditer(source):
        value = match[2] if match[2] is not None else match[3] if match[3] is not None else match[4] or ""
        found.setdefault(match[1].lower(), references_to_text(value))
    return found
