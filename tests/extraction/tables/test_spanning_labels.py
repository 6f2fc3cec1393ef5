"""Labels in the middle of the rows that they name."""

import pytest

from pipeline.extraction.tables.spanning_labels import LabelLine, LabelRun, lines_to_label_runs

ROWS = [10.0, 22.0, 34.0, 46.0, 58.0, 70.0]


@pytest.mark.parametrize(
    ("lines", "runs"),
    [
        ([22.0, 58.0], [LabelRun(0, 0, 0, 2), LabelRun(1, 1, 3, 5)]),
        ([16.0, 40.0, 64.0], [LabelRun(0, 0, 0, 1), LabelRun(1, 1, 2, 3), LabelRun(2, 2, 4, 5)]),
        ([10.0, 46.0], [LabelRun(0, 0, 0, 0), LabelRun(1, 1, 1, 5)]),
        ([16.0, 28.0, 58.0], [LabelRun(0, 1, 0, 2), LabelRun(2, 2, 3, 5)]),
        (ROWS, [LabelRun(index, index, index, index) for index in range(6)]),
    ],
    ids=["level with a row", "between rows", "of one row and of five", "of two lines", "of a row each"],
)
def test_every_label_stands_in_the_middle_of_its_rows(lines: list[float], runs: list[LabelRun]) -> None:
    assert lines_to_label_runs([LabelLine(middle, 10.0) for middle in lines], ROWS) == runs


@pytest.mark.parametrize("lines", [[10.0, 34.0, 58.0], [22.0], []], ids=["first of two rows", "too few", "none"])
def test_labels_that_leave_rows_without_one_are_not_read_so(lines: list[float]) -> None:
    assert lines_to_label_runs([LabelLine(middle, 10.0) for middle in lines], ROWS) is None


def test_lines_far_apart_are_one_label_only_of_more_rows_than_lines() -> None:
    assert lines_to_label_runs([LabelLine(middle, 10.0) for middle in (24.5, 43.5)], ROWS[:5]) == [LabelRun(0, 1, 0, 4)]
    assert lines_to_label_runs([LabelLine(middle, 10.0) for middle in (10.0, 29.0)], [10.0, 29.0]) == [
        LabelRun(0, 0, 0, 0),
        LabelRun(1, 1, 1, 1),
    ]
