"""Removes characters that no HTML document may or should hold."""

import re
from html import unescape
from typing import Final

# C0 and C1 controls (except tab, line feed and carriage return), lone surrogates and noncharacters. Since noncharacters
# are removed here, this package may use them as placeholders.
_FORBIDDEN: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_REFERENCE: Final = re.compile(r"&(#[0-9]{1,8}|#[xX][0-9a-fA-F]{1,8}|[A-Za-z][A-Za-z0-9]{1,31});")


def text_to_clean(text: str) -> str:
    """The text with LF line ends and without any character that HTML forbids."""
    return _FORBIDDEN.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def references_to_text(text: str) -> str:
    """The text with its character references resolved.

    Only those that end in a semicolon: ``R&D`` and ``?a=1&copy=2`` are printed text.
    """
    if "&" not in text:
        return text
    return text_to_clean(_REFERENCE.sub(lambda match: unescape(match[0]), text))


def text_to_html(text: str) -> str:
    """The text with those characters escaped that have a meaning in elements or attributes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace('"', "&quot;")
