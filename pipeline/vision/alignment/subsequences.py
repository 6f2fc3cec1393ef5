"""The longest common subsequence of two short sequences, by dynamic programming (Wagner and Fischer, 1974)."""

from collections.abc import Iterator, Sequence


def common_subsequence(ours: Sequence[str], theirs: Sequence[str]) -> list[tuple[int, int]]:
    """The positions of a longest common subsequence, as pairs."""
    if list(ours) == list(theirs):
        return [(place, place) for place in range(len(ours))]
    return list(_pairs(ours, theirs, _lengths(ours, theirs)))


def _lengths(ours: Sequence[str], theirs: Sequence[str]) -> list[list[int]]:
    """The length of the longest common subsequence from each pair of positions on."""
    lengths = [[0] * (len(theirs) + 1) for _ in range(len(ours) + 1)]
    for row in range(len(ours) - 1, -1, -1):
        mine, current, below = ours[row], lengths[row], lengths[row + 1]
        for column in range(len(theirs) - 1, -1, -1):
            if mine == theirs[column]:
                current[column] = below[column + 1] + 1
            elif below[column] > current[column + 1]:
                current[column] = below[column]
            else:
                current[column] = current[column + 1]
    return lengths


def _pairs(ours: Sequence[str], theirs: Sequence[str], lengths: Sequence[Sequence[int]]) -> Iterator[tuple[int, int]]:
    row = column = 0
    while row < len(ours) and column < len(theirs):
        if ours[row] == theirs[column]:
            yield row, column
            row, column = row + 1, column + 1
        elif lengths[row + 1][column] >= lengths[row][column + 1]:
            row += 1
        else:
            column += 1
