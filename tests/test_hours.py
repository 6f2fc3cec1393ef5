"""Hours of the day."""

from datetime import time

import pytest

from pipeline.hours import text_to_hours


@pytest.mark.parametrize(
    ("text", "inside", "outside"),
    [
        ("22:00-06:00", [time(22), time(23, 59), time(0), time(5, 59)], [time(6), time(12), time(21, 59)]),
        ("9:30 - 17:00", [time(9, 30), time(16, 59)], [time(9, 29), time(17), time(0)]),
    ],
)
def test_hours_have_their_begin_and_not_their_end(text: str, inside: list[time], outside: list[time]) -> None:
    hours = text_to_hours(text)

    assert all(map(hours.includes, inside))
    assert not any(map(hours.includes, outside))
    assert text_to_hours(str(hours)) == hours


@pytest.mark.parametrize("text", ["22-06", "22:00", "25:00-06:00", "06:00-06:00", "22:00-06:60", ""])
def test_what_are_no_hours_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ValueError, match="for example 22:00-06:00"):
        text_to_hours(text)
