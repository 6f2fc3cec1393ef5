"""Lines of small type: marks hardly smaller than it, and blanks wider than in larger type."""

from collections.abc import Sequence

from table_pages import across, find, rows_to_chars, table_to_rows

from pipeline.extraction import BBox, Char
from pipeline.extraction.model import ASCENT, DESCENT

XS = (60.0, 120.0, 180.0)


def proportional(text: str, x: float, baseline: float, blank: float) -> list[Char]:
    """A line in type of 6 points with letters of several widths; a blank is that share of the type size wide."""
    chars = []
    for letter in text:
        width = 6.0 * (blank if letter == " " else 0.35 if letter in "filrt." else 0.55)
        box = BBox(x, baseline - ASCENT * 6.0, x + width, baseline + DESCENT * 6.0)
        chars.append(Char(text=letter, box=box, font="Test", size=6.0))
        x += width
    return chars


def table(head: Sequence[Char]) -> list[list[str]]:
    """Three columns under a head; the second has a narrow gap on both sides of its figures, below the middle."""
    chars = list(head)
    for index in range(5):
        baseline = 114.0 + 8.0 * index
        chars += proportional(f"Field {index}", 60.0, baseline, 0.46)
        chars += proportional(f"{index + 2}.5", 136.0, baseline, 0.46)
        chars += proportional(f"{index + 4}.125", 168.0, baseline, 0.46)
    [found] = find(chars, [across(y, 58.0, 190.0) for y in (96.0, 106.0, 152.0)])
    return table_to_rows(found)


def test_exponents_of_five_points_beside_figures_of_six_are_no_rows() -> None:
    rows = [("Field", "Model", "Trial"), *((f"Run {index}", "3x10", "2x10") for index in range(4))]
    chars = rows_to_chars(rows, XS, 100.0, leading=8.0, size=6.0)
    for index in range(4):
        for x in XS[1:]:
            baseline = 106.0 + 8.0 * index
            box = BBox(x + 12.0, baseline - ASCENT * 5.0, x + 14.5, baseline + DESCENT * 5.0)
            chars.append(Char(text="5", box=box, font="Test", size=5.0))

    [found] = find(chars, [across(y, 58.0, 200.0) for y in (92.0, 102.0, 136.0)])

    assert table_to_rows(found)[1:] == [[f"Run {index}", "3x10 5", "2x10 5"] for index in range(4)]


def test_the_wide_blanks_of_small_type_part_no_heading() -> None:
    head = [
        char
        for text, x in (("Name", 60.0), ("At home", 124.0), ("Abroad", 166.0))
        for char in proportional(text, x, 104.0, 0.46)
    ]

    assert table(head)[0] == ["Name", "At home", "Abroad"]


def test_the_wide_blank_after_a_full_stop_parts_no_heading() -> None:
    head = [
        char
        for text, x in (("Name", 60.0), ("Avg. rate", 116.0), ("Abroad", 166.0))
        for char in proportional(text, x, 104.0, 0.55)
    ]

    assert table(head)[0] == ["Name", "Avg. rate", "Abroad"]


def test_a_gap_of_two_blanks_over_a_gutter_parts_two_headings() -> None:
    head = [
        char
        for text, x in (("Name", 60.0), ("At home", 124.0), ("Abroad", 150.0))
        for char in proportional(text, x, 104.0, 0.46)
    ]

    assert table(head)[0] == ["Name", "At home", "Abroad"]
