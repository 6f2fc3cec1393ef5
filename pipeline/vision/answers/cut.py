"""Removes the unfinished end of an answer that was cut."""

import re
from typing import Final

from pipeline.markup import tags
from pipeline.markup.repairs import Repair

_TABLE: Final = re.compile(r"<(/?)table(?=[\s>])[^<>]*+>", re.IGNORECASE)
_ROW: Final = re.compile(r"<(/?)tr(?=[\s>])[^<>]*+>", re.IGNORECASE)
_HALF_TAG: Final = re.compile(r"<(?:/?[A-Za-z!|][^<>\n]{0,300})?\Z")


_END_TAG: Final = re.compile(r"<(/?)([A-Za-z][A-Za-z0-9]{0,11})?(\s[^<>]{0,300})?\Z")
# Location tokens after the last row.
_LAST_TOKENS: Final = re.compile(r"(?:<[^<>\s]{1,40}>)+\Z")
_HALF_TOKEN: Final = re.compile(r"<[a-z]{0,4}\Z")
_TAGS: Final = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,11}(?=[\s/>])[^<>]*+>")

_LOCATED: Final = "<loc_"
# Nougat's marks for a page, or the rest of one, that it could not read.
_GAP: Final = re.compile(
    r"\[MISSING_PAGE(?:_(?:EMPTY|FAIL|POST))?(?::[0-9]{1,6})?\]|^\+\+\+\s{0,9}==(?:WARNING|ERROR)[^=\n]{0,200}==\s{0,9}\+\+\+",
    re.MULTILINE,
)
_EARLY: Final = "The answer ends in the middle of a table: rows of it may be missing."


def gaps_removed(text: str) -> tuple[str, bool]:
    """The text without the model's own marks for what it could not read, and whether there were any."""
    whole = _GAP.sub("", text) if "MISSING_PAGE" in text or "+++" in text else text
    return whole, whole != text


def ends_early(text: str) -> str:
    """A sentence that says so where an answer ends in the middle of its own structure; empty where it does not.

    Some servers silently cut an answer and report such an end as a normal one.
    """
    stripped = text.rstrip()
    tables = list(_TABLE.finditer(stripped))
    if _has_half_tag(stripped) or (tables and sum(-1 if tag[1] else 1 for tag in tables) > 0 and not tables[-1][1]):
        return _EARLY
    if "<nl>" in stripped and (_HALF_TOKEN.search(stripped[-6:]) or _ends_in_row(stripped)):
        return _EARLY
    body, _, last = stripped.rpartition("\n")
    if not last.lstrip().startswith("|"):
        return ""
    return "" if _LAST_TOKENS.sub("", last).endswith("|") or not _is_row(body) else _EARLY


def _ends_in_row(text: str) -> bool:
    """Whether DocTags end inside a table's row, which a complete answer would have closed."""
    begin = text.rfind("<otsl>")
    return _LOCATED in text and begin > text.rfind("</otsl>") and not text.endswith(("<nl>", "<nl/>"))


def _is_row(body: str) -> bool:
    """Whether the last line of a text is a row of a pipe table, framed and with a cell."""
    line = body.rstrip().rpartition("\n")[2].strip()
    return line.startswith("|") and line.endswith("|") and line.strip("| ") != ""


def _has_half_tag(text: str) -> bool:
    """Whether the text ends with half an HTML tag: it has other tags, and its end is the beginning of a tag's name."""
    end = _END_TAG.search(text[-400:])
    if end is None or not _TAGS.search(text):
        return False
    name = (end[2] or "").lower()
    rest = (end[3] or "").strip()
    if rest:
        return name in tags.KNOWN and "=" in rest
    return any(known.startswith(name) for known in tags.KNOWN)


def completed(text: str, repairs: set[Repair], *, sure: bool = True) -> str:
    """The text up to the last complete row: half a row could have wrong or missing figures.

    Args:
        text: The answer that was cut.
        repairs: Receives what was mended.
        sure: Whether the server says that it was cut; else only its form shows it.
    """
    half = sure or _has_half_tag(text) or "<nl>" in text
    whole = _without_half_row(_HALF_TAG.sub("", text) if half else text)
    whole = _without_half_places(whole)
    whole = _without_half_line(whole)
    if whole != text:
        repairs.add(Repair.CUT)
    return whole


def _without_half_row(text: str) -> str:
    tables = list(_TABLE.finditer(text))
    if not tables or tables[-1][1]:
        return text
    rows = list(_ROW.finditer(text, tables[-1].end()))
    if len(rows) > 1 and not any(row[1] for row in rows):
        return text  # this answer closes no row, so it is not known where the last one ends
    if not rows or rows[-1][1]:
        return text[: rows[-1].end()] if rows else text
    return text[: rows[-1].start()]


def _without_half_places(text: str) -> str:
    end = text.rfind("<nl>")
    if end < 0 or "</otsl>" in text[end:] or not re.search(r"<[fe]cel>|<[cr]hed>", text[end:]):
        return text
    return text[: end + len("<nl>")]


def _without_half_line(text: str) -> str:
    """Drop the last line if it begins as a pipe table's row and does not end as one."""
    body, _, last = _LAST_TOKENS.sub("", text.rstrip()).rpartition("\n")
    if last.lstrip().startswith("|") and _is_row(body):
        bars = body.rstrip().rpartition("\n")[2].count("|")
        if last.count("|") < bars or not last.endswith("|"):
            return body
    return text
