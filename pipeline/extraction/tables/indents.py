"""Row labels that are indented say what they are a part of."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.extraction.model import Cell, Line, Table
from pipeline.extraction.text.lines import line_to_size

#: From one depth to the next a label is indented by at least this share of the type size.
STEP = 0.4
#: More depths than this are no indents but labels that are set at will.
MOST = 5
#: So few labels say nothing.
LEAST = 3


def mark_indents(table: Table) -> Table:
    """The table with the depth of each row's label noted; where labels are centred or flush right there is none."""
    labels = [cell for cell in table.cells if _is_label(cell, table)]
    lines = [label.lines[0] for label in labels]
    if len(labels) < LEAST or not _are_flush_left(lines):
        return table
    depths = _lefts_to_depths([line.box.x0 for line in lines], STEP * min(map(line_to_size, lines)))
    if max(depths) in {0, MOST}:
        return table
    found = {id(label): depth for label, depth in zip(labels, depths, strict=True)}
    cells = (replace(cell, indent=found[id(cell)]) if found.get(id(cell)) else cell for cell in table.cells)
    return replace(table, cells=tuple(cells))


def _is_label(cell: Cell, table: Table) -> bool:
    return cell.header and cell.column == 0 and cell.row >= table.header_rows and bool(cell.lines)


def _are_flush_left(lines: Sequence[Line]) -> bool:
    """Whether the labels' left edges agree better than their middles and their right edges do."""
    left = _spread([line.box.x0 for line in lines])
    middle = _spread([line.box.x0 + line.box.x1 for line in lines]) / 2
    return left < min(middle, _spread([line.box.x1 for line in lines]))


def _spread(places: Sequence[float]) -> float:
    """How far the places are from each other on average."""
    ordered = sorted(places)
    middle = ordered[len(ordered) // 2]
    return sum(abs(place - middle) for place in ordered) / len(ordered)


def _lefts_to_depths(lefts: Sequence[float], step: float) -> list[int]:
    """The depth of each left edge, 0 for the leftmost; at most MOST."""
    starts: list[float] = []
    for left in sorted(lefts):
        if not starts or left - starts[-1] >= step:
            starts.append(left)
    return [min(MOST, sum(start <= left for start in starts) - 1) for left in lefts]
