"""Puts the usual signs in the place of those that only look like them, so that tables are read as such.

Models write bars and dashes of other alphabets, signs without width, quotation marks or line feeds as escapes, and
marks of quotations or lists before each row.  A sign is replaced only where whole rows are written with it.
"""

import re
from collections.abc import Callable
from itertools import groupby
from typing import Final

_WIDTHLESS: Final = re.compile("[\u200b\u2060\ufeff]")
# Bars of other alphabets; those with which tables are drawn count only beside a separator row.
_BARS: Final = "\u00a6\u01c0\u0964\u2016\u2223\u2758\u2759\u23d0\uff5c"
_DRAWN: Final = "\u2502\u2503\u2551"
_DASHES: Final = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2500\u2501\u30fc"
_FRAMED: Final = re.compile(rf"[ \t]*([|{_BARS}{_DRAWN}]).*\1[ \t]*")
_SEPARATOR: Final = re.compile(rf"[ \t]*\|(?:[ \t]*:?[-{_DASHES}]{{2,}}:?[ \t]*\|)+[ \t]*")
_ANY_DASH: Final = re.compile(f"[{_DASHES}]")
_ANY_SIGN: Final = re.compile(f"[{_BARS}{_DRAWN}{_DASHES}]")
# A row that ends, and a separator row or another row that begins, on one line.
_BREAK: Final = r"(?:<br\s{0,3}/?>|\\n)"
_ROW_BREAK: Final = re.compile(rf"(?<=\|)[ \t]*{_BREAK}[ \t]*(?=\|)", re.IGNORECASE)
_BROKEN_ROWS: Final = re.compile(rf"\|[ \t]*{_BREAK}[ \t]*\|[ \t]*:?-{{2,}}", re.IGNORECASE)
_ESCAPED_QUOTES: Final = re.compile(r"<[A-Za-z][^<>\n]{0,200}=\\\"")
_PLAIN_QUOTE: Final = re.compile(r"(?<!\\)\"")
_LINE_FEED: Final = re.compile(r"(?<=>)(?:\\n|\\t)+(?=\s*<)")
# What quotations, lists and changes put before each line.
_BEFORE_ROW: Final = re.compile(r"[ \t]*(?:>[ \t]?|\+[ \t]|[0-9]{1,3}[.)][ \t])(?=\|.*\|[ \t]*$)")
_BEFORE_ROWS: Final = re.compile(f"^{_BEFORE_ROW.pattern}", re.MULTILINE)
_FEWEST: Final = 2
# A separator row is among the first rows.
_MOST_HEAD: Final = 4


def look_alikes_replaced(text: str) -> str:
    """The text with its rows in the usual signs."""
    if _ESCAPED_QUOTES.search(text) and not _PLAIN_QUOTE.search(text):
        text = _LINE_FEED.sub("\n", text.replace('\\"', '"'))
    if _BROKEN_ROWS.search(text):
        text = _ROW_BREAK.sub("\n", text)
    if _BEFORE_ROWS.search(text):
        text = _runs_replaced(text, _kind_of_mark, lambda line: _BEFORE_ROW.sub("", line, count=1))
    if "||" in text:
        text = _runs_replaced(text, _is_doubled, lambda line: line.replace("||", "|"))
    if text.isascii():
        return text
    text = _WIDTHLESS.sub("", text)
    return _in_usual_signs(text) if _ANY_SIGN.search(text) else text


def _runs_replaced(text: str, kind_of: Callable[[str], str | bool], replaced: Callable[[str], str]) -> str:
    """The text with lines replaced where several of one kind follow each other; those of no kind stay."""
    result: list[str] = []
    for kind, group in groupby(text.split("\n"), kind_of):
        lines = list(group)
        result += map(replaced, lines) if kind and len(lines) >= _FEWEST else lines
    return "\n".join(result)


def _is_doubled(line: str) -> bool:
    """Whether a row has two bars in the place of each one."""
    stripped = line.strip()
    return stripped.startswith("||") and stripped.endswith("||") and line.count("|") == 2 * line.count("||") > _FEWEST


def _kind_of_mark(line: str) -> str:
    """The kind of mark before a row; empty for any other line."""
    found = _BEFORE_ROW.match(line)
    return "" if found is None else "1" if any(map(str.isdigit, found[0])) else found[0].strip()


def _in_usual_signs(text: str) -> str:
    result: list[str] = []
    for bar, group in groupby(text.split("\n"), _bar_of):
        lines = list(group)
        if bar == "|":
            result += _with_dashes(lines)
            continue
        usual = _with_dashes([line.replace(bar, "|") for line in lines]) if bar else lines
        separated = any(map(_SEPARATOR.fullmatch, usual[:_MOST_HEAD]))
        alike = bar in _BARS and len({line.count(bar) for line in lines}) == 1
        result += usual if bar and len(lines) >= _FEWEST and (separated or alike) else lines
    return "\n".join(result)


def _bar_of(line: str) -> str:
    """The bar at both ends of a line; empty where there is none."""
    found = _FRAMED.fullmatch(line)
    return found[1] if found else ""


def _with_dashes(lines: list[str]) -> list[str]:
    """The lines, with plain dashes in a separator row below the head; single dashes in cells are the page's."""
    return [
        _ANY_DASH.sub("-", line) if 0 < index < _MOST_HEAD and _SEPARATOR.fullmatch(line) else line
        for index, line in enumerate(lines)
    ]
