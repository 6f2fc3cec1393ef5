from pipeline.extraction import BBox
from pipeline.extraction.readers.paths import Marks, Paint

_BLACK = (0.0, 0.0, 0.0)
_STROKE = Paint(stroke_width=1.0, stroke_colour=_BLACK, filled=False, fill_colour=None)
_FILL = Paint(stroke_width=None, stroke_colour=None, filled=True, fill_colour=_BLACK)


def _rectangle(x0: float, top: float, x1: float, bottom: float) -> list[tuple[float, float]]:
    return [(x0, top), (x1, top), (x1, bottom), (x0, bottom), (x0, top)]


def _boxes(marks: Marks) -> list[BBox]:
    return [ruling.box for ruling in marks.all_rulings()]


def test_a_stroke_is_a_ruling_without_thickness() -> None:
    marks = Marks()

    marks.add_path([([(10, 20), (110, 20)], True)], _STROKE)

    assert _boxes(marks) == [BBox(10, 20, 110, 20)]
    assert marks.rulings[0].width == 1.0


def test_a_thin_filled_rectangle_is_a_ruling_and_a_thick_one_a_fill() -> None:
    marks = Marks()

    marks.add_path([(_rectangle(10, 20, 110, 21), True), (_rectangle(10, 40, 110, 60), True)], _FILL)

    assert _boxes(marks) == [BBox(10, 20.5, 110, 20.5)]
    assert [fill.box for fill in marks.fills] == [BBox(10, 40, 110, 60)]


def test_a_rectangles_outline_is_four_rulings() -> None:
    marks = Marks()

    marks.add_path([(_rectangle(10, 20, 110, 60), True)], _STROKE)

    assert sorted(_boxes(marks)) == [
        BBox(10, 20, 10, 60), BBox(10, 20, 110, 20), BBox(10, 60, 110, 60), BBox(110, 20, 110, 60),
    ]  # fmt: skip


def test_a_column_of_dots_is_one_vertical_ruling() -> None:
    marks = Marks()

    for index in range(10):
        marks.add_path([(_rectangle(50, 100 + 3 * index, 51, 101 + 3 * index), True)], _FILL)

    assert _boxes(marks) == [BBox(50.5, 100.5, 50.5, 127.5)]


def test_a_few_lone_dots_are_no_ruling() -> None:
    marks = Marks()

    for index in range(3):
        marks.add_path([(_rectangle(50, 100 + 30 * index, 51, 101 + 30 * index), True)], _FILL)

    assert _boxes(marks) == []


def test_slanted_strokes_and_curves_are_no_rulings() -> None:
    marks = Marks()

    marks.add_path([([(10, 20), (110, 60)], True), ([(10, 20), (60, 80), (110, 20)], False)], _STROKE)

    assert _boxes(marks) == []


def test_a_stroke_as_thick_as_a_row_is_a_fill() -> None:
    marks = Marks()

    marks.add_path(
        [([(10, 20), (110, 20)], True)], Paint(stroke_width=14.0, stroke_colour=_BLACK, filled=False, fill_colour=None)
    )

    assert [fill.box for fill in marks.fills] == [BBox(10, 13, 110, 27)]
