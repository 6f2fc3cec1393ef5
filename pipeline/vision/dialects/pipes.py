"""Pipe tables, also those that no Markdown parser takes: no separator row, ragged rows, bars inside of cells."""

import re
from collections.abc import Callable
from typing import Final

from pipeline.markup.repairs import Repair

_SEPARATOR: Final = re.compile(r"\s*\|?[\s:|-]*-[\s:|-]*\Z")
_ESCAPED_BAR: Final = "\ufdd2"


def is_row(line: str) -> bool:
    """Whether the line may be a row of a pipe table."""
    stripped = line.strip()
    return stripped.startswith("|") or (stripped.count("|") >= 1 and not stripped.startswith(("```", "~~~")))


def lines_to_table(lines: list[str], render: Callable[[str], str], repairs: set[Repair]) -> str | None:
    """The lines as an HTML table; None where they are prose with a bar in it.

    Args:
        lines: For all of which :func:`is_row` holds.
        render: Makes HTML of a cell's Markdown.
        repairs: Receives what was mended.
    """
    separator = next((index for index, line in enumerate(lines) if is_separator(line)), None)
    framed = sum(line.strip().startswith("|") and line.strip().endswith("|") for line in lines)
    if separator is None and (framed < len(lines) or max(line.count("|") for line in lines) < 3):  # noqa: PLR2004 — two cells
        return None
    if separator is None:
        repairs.add(Repair.SEPARATOR)
    head = separator if separator is not None and separator <= 3 else 0  # noqa: PLR2004 — more header rows than that are none
    rows = [(index < head, _cells(line)) for index, line in enumerate(lines) if not is_separator(line)]
    return _rows_to_html(rows, render)


def is_separator(line: str) -> bool:
    """Whether the line parts head and body: dashes between bars."""
    return "-" in line and "|" in line and bool(_SEPARATOR.match(line))


def _cells(line: str) -> list[str]:
    stripped = line.strip().replace("\\|", _ESCAPED_BAR)
    stripped = stripped.removeprefix("|").removesuffix("|")
    return [cell.strip().replace(_ESCAPED_BAR, "|") for cell in stripped.split("|")]


def _rows_to_html(rows: list[tuple[bool, list[str]]], render: Callable[[str], str]) -> str:
    parts = ["<table>"]
    for group, in_head in (("thead", True), ("tbody", False)):
        chosen = [cells for head, cells in rows if head == in_head]
        if chosen:
            parts.append(f"<{group}>")
            for cells in chosen:
                tag = "th" if in_head else "td"
                parts += ["<tr>", *(f"<{tag}>{render(cell)}</{tag}>" for cell in cells), "</tr>"]
            parts.append(f"</{group}>")
    return "".join([*parts, "</table>"])
