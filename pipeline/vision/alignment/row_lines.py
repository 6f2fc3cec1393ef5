"""Aligns the rows of a table with the lines of its page, by dynamic programming.

Both go from top to bottom. A row may be on several lines, several rows may be on one line, and a row or a line may have
no partner. The result is the chain of pairs with the largest weight, as in sequence alignment with gaps (Needleman and
Wunsch, 1970; Gale and Church, "A Program for Aligning Sentences in Bilingual Corpora", 1993, for one to many). Tokens
that are rare on the page give a pair more weight.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import inf
from typing import Final

Pair = tuple[int, int]
#: For each line of a row: the tokens that both have, with their weights.
_Shared = Mapping[int, Mapping[str, float]]
#: Weight, and index of its last pair in the list of all steps.
_Chain = tuple[float, int]

#: A pair with less than this share of the weight that its row and line have elsewhere only shares common figures.
_LEAST_SHARE: Final = 0.5
#: A chain loses this weight for each line that it goes down: the same figure far away belongs to something else.
_GAP: Final = 0.1
#: It loses this much more for each line between the lines of one row.
_STRETCH: Final = 0.3


@dataclass(frozen=True, slots=True)
class _Step:
    """One pair of a chain, with the index of the pair before it in the list; -1 for the first pair."""

    before: int
    pair: Pair


def rows_to_lines(rows: Sequence[Sequence[str]], lines: Mapping[str, Sequence[int]]) -> list[tuple[Pair, float]]:
    """Find which row is on which lines, from the top, with the weight of each pair.

    Args:
        rows: The tokens of each row.
        lines: For each token of the page the lines where it is, once for each occurrence.
    """
    shared = _without_chance([_row_to_shared(row, lines) for row in rows])
    return [((row, line), sum(shared[row][line].values())) for row, line in _heaviest_chain(shared)]


def _row_to_shared(row: Sequence[str], lines: Mapping[str, Sequence[int]]) -> _Shared:
    shared: dict[int, dict[str, float]] = {}
    for token, count in Counter(row).items():
        places = lines.get(token, ())
        on_lines = Counter(places)
        for line, times in on_lines.items():
            shared.setdefault(line, {})[token] = min(count, times) / len(on_lines)
    return shared


def _without_chance(rows: Sequence[_Shared]) -> list[_Shared]:
    weights = [{line: sum(tokens.values()) for line, tokens in row.items()} for row in rows]
    of_lines: dict[int, float] = {}
    for row in weights:
        for line, weight in row.items():
            of_lines[line] = max(weight, of_lines.get(line, 0.0))
    of_rows = [max(row.values(), default=0.0) for row in weights]
    return [
        {line: tokens for line, tokens in row.items() if weight[line] >= _LEAST_SHARE * min(best, of_lines[line])}
        for row, weight, best in zip(rows, weights, of_rows, strict=True)
    ]


def _heaviest_chain(rows: Sequence[_Shared]) -> list[Pair]:
    order = {line: place for place, line in enumerate(sorted({line for row in rows for line in row}))}
    steps: list[_Step] = []
    # For each line the best chain of the rows so far that ends there or above, by its weight at line 0.
    best: list[_Chain] = [(-inf, -1)] * len(order)
    heaviest: _Chain = (0.0, -1)
    for row, shared in enumerate(rows):
        latest = list(best)
        here: _Chain = (-inf, -1)
        for line in sorted(shared):
            chain = _continued(best[order[line]], sum(shared[line].values()), line)
            if here[1] >= 0:
                last = steps[here[1]].pair[1]
                stretched = here[0] - (line - last - 1) * _STRETCH, here[1]
                chain = max(chain, _continued(stretched, _marginal(shared, line, last), line))
            steps.append(_Step(chain[1], (row, line)))
            chain = (chain[0] + line * _GAP, len(steps) - 1)
            heaviest = max(heaviest, (chain[0] - line * _GAP, chain[1]))
            here = max(here, chain)
            latest[order[line]] = max(latest[order[line]], here)
        best = list(accumulate(latest, max))
    return _steps_to_pairs(steps, heaviest[1])


def _continued(before: _Chain, weight: float, line: int) -> _Chain:
    """The weight of a chain with one more pair, and its predecessor; a new chain begins where that weighs more."""
    value = before[0] - line * _GAP
    return (weight + value, before[1]) if value > 0 else (weight, -1)


def _marginal(shared: _Shared, line: int, other: int) -> float:
    """The weight that a line adds to a row that is already on another line."""
    return sum(weight for token, weight in shared[line].items() if token not in shared[other])


def _steps_to_pairs(steps: Sequence[_Step], last: int) -> list[Pair]:
    pairs: list[Pair] = []
    while last >= 0:
        pairs.append(steps[last].pair)
        last = steps[last].before
    return pairs[::-1]
