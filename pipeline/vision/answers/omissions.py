"""Recognises an answer in which the model has left a part of the page out and says so.

It may say so by a row of nothing but dots, by dots behind a table, or in words, in a line of its own, a comment or a
closing remark ("[remaining rows omitted]").  What the page itself prints is no such sign.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Final

from pipeline.markup.tree import Node, node_to_text
from pipeline.table import Table
from pipeline.vision.answers.page_words import PageWords
from pipeline.vision.answers.talk import Notion, notions_of

_DOTS: Final = re.compile(r"[\[(<]{0,2}\s?(?:\.\s?\.\s?\.|\u2026|\u22ef|\u3002{3}){1,2}\s?[\])>]{0,2}")
_MAY_BE_DOTS: Final = re.compile(r"\.\s*\.|[\u2026\u22ef\u3002]")
_COMMENT: Final = re.compile(
    r"<!--(.{0,400}?)-->|^[ \t]*%[ \t]*([^\n]{1,400})$|\{/\*(.{0,400}?)\*/\}", re.MULTILINE | re.DOTALL
)
# A line of the model between marks, or after a mark with which programs begin a comment.
_ASIDE: Final = re.compile(
    r"[*_ ]{0,3}(?:[\[(<{\uff08\u3010].{1,300}[\])>}\uff09\u3011][.\u3002]?|(?://|#|--|%|\.\.\.|\u2026).{1,300}"
    r"|.{1,300}(?:\.\.\.|\u2026))[*_ ]{0,3}"
)
# Contracts say such a thing of themselves.
_MEANT: Final = re.compile(r"intentional|absichtlich|volontaire|intencional", re.IGNORECASE)
_LONGEST: Final = 200
# Who speaks to whom, where a model asks whether it shall continue.
_OFFERS: Final = frozenset({Notion.SPEAKER, Notion.READER})
# A line with this share of its words on the page belongs to the page.
_OF_PAGE: Final = 0.6


def may_have_dots(text: str) -> bool:
    """Whether a page's text has what may stand in place of rows; else its tables need not be looked at."""
    return _MAY_BE_DOTS.search(text) is not None


def omission(
    blocks: Sequence[Node], tables: Sequence[Table], source: str, remarks: Sequence[str], page: PageWords
) -> str:
    """The words or dots by which a model says that it has left a part of the page out; empty where there are none.

    Args:
        blocks: The page's blocks.
        tables: Its tables.
        source: The answer without what is around the page, for its comments.
        remarks: What the model said behind the page.
        page: The page's own words.
    """
    return next(_signs(blocks, tables, source, remarks, page), "")


def _signs(
    blocks: Sequence[Node], tables: Sequence[Table], source: str, remarks: Sequence[str], page: PageWords
) -> Iterator[str]:
    if not (page.has("...") or page.has("\u2026")):
        yield from (text for table in tables for text in _rows_of_dots(table))
        yield from _dots_behind_tables(blocks)
    yield from (text for text in _comments(source) if _tells(text, aside=True) and not _is_of_page(text, page))
    yield from (text for text in remarks if _tells(text, aside=True, part=False) and not _is_of_page(text, page))
    yield from (
        line for line, follows in _lines(blocks) if _leaves_out(line, follows=follows) and not _is_of_page(line, page)
    )


def _rows_of_dots(table: Table) -> Iterator[str]:
    """The rows that have dots in place of cells."""
    for _, cells in groupby(table.cells, key=lambda cell: cell.row):
        texts = [text for cell in cells if (text := cell.text.strip())]
        if texts and all(map(_DOTS.fullmatch, texts)):
            yield " ".join(texts)


def _dots_behind_tables(blocks: Sequence[Node]) -> Iterator[str]:
    for before, block in pairwise(blocks):
        text = node_to_text(block).strip()
        if before.tag == "table" and block.tag != "table" and _DOTS.fullmatch(text.split("\n")[0]):
            yield text


def _comments(source: str) -> Iterator[str]:
    if "<!--" in source or "%" in source or "/*" in source:
        yield from (next(filter(None, match.groups()), "").strip() for match in _COMMENT.finditer(source))


def _lines(blocks: Sequence[Node]) -> Iterator[tuple[str, bool]]:
    """The short lines outside of tables, each with whether it follows a table."""
    follows = False
    for block in blocks:
        if block.tag != "table":
            for line in filter(None, map(str.strip, node_to_text(block).split("\n"))):
                if len(line) <= _LONGEST:
                    yield line, follows
                follows = False
        follows = block.tag == "table"


def _leaves_out(line: str, *, follows: bool) -> bool:
    """Whether a line, perhaps right behind a table, says that something was left out."""
    if _DOTS.fullmatch(line):
        return False  # they count right behind a table only
    if _ASIDE.fullmatch(line):
        return _tells(line, aside=True) or (follows and Notion.OMITTING in notions_of(line) and not _MEANT.search(line))
    return follows and _tells(line, aside=False)


def _tells(text: str, *, aside: bool, part: bool = True) -> bool:
    """Whether a text says that rows, or the rest of something, were left out.

    Args:
        text: What may be the model's.
        aside: Whether its place or the marks around it show that it is hardly a sentence of the page.
        part: Whether a table that was left out counts, besides rows and rests.
    """
    if aside and _DOTS.fullmatch(text):
        return True
    found = notions_of(text)
    rest, omitting, rows = Notion.REST in found, Notion.OMITTING in found, Notion.ROWS in found
    if Notion.GOING_ON in found and (Notion.TURN in found or found.keys() >= _OFFERS):
        return Notion.FILE not in found
    if not aside:
        brief = found.get(Notion.OMITTING, 0) > 1 and (rows or Notion.PART in found)
        return brief or (rest and rows and (omitting or text[:1].islower()))
    return not _MEANT.search(text) and (
        rest or omitting if rows or (part and Notion.PART in found) else rest and omitting
    )


def _is_of_page(text: str, page: PageWords) -> bool:
    return page.has(text.strip("*_[](){} ")) or (page.share(text) or 0.0) >= _OF_PAGE
