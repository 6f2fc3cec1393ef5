"""Grids of rules: from pieces to whole rules to cells."""

import pytest
from table_pages import across, down, grid

from pipeline.extraction import Ruling
from pipeline.extraction.tables.lattice import Lattice, edges_to_lattices
from pipeline.extraction.tables.rules import Edge, pieces_to_edges, rulings_to_edges

XS, YS = [50.0, 150.0, 250.0, 350.0], [100.0, 120.0, 140.0]


def _lattice(*rulings: Ruling) -> Lattice:
    [lattice] = edges_to_lattices(rulings_to_edges(rulings))
    return lattice


def _sizes(lattice: Lattice) -> list[tuple[int, int, int, int]]:
    return [(span.row, span.column, span.rowspan, span.colspan) for span in lattice.spans]


def test_a_full_grid_has_a_cell_between_any_two_neighbouring_rules() -> None:
    lattice = _lattice(*grid(XS, YS))

    assert list(lattice.xs) == XS
    assert list(lattice.ys) == YS
    assert _sizes(lattice) == [(row, column, 1, 1) for row in range(2) for column in range(3)]


def test_a_missing_piece_of_rule_joins_the_cells_on_its_two_sides() -> None:
    lattice = _lattice(*(across(y, 50, 350) for y in YS), down(50, 100, 140), down(350, 100, 140), down(250, 120, 140))

    assert _sizes(lattice) == [(0, 0, 1, 2), (1, 0, 1, 1), (1, 1, 1, 1)]


def test_a_cell_may_span_rows() -> None:
    rulings = [across(100, 50, 350), across(140, 50, 350), across(120, 150, 350), *(down(x, 100, 140) for x in XS)]

    lattice = _lattice(*rulings)

    assert (0, 0, 2, 1) in _sizes(lattice)
    assert len(lattice.spans) == 5


def test_rules_that_end_in_the_open_are_closed_by_the_outline() -> None:
    lattice = _lattice(*(across(y, 50, 350) for y in YS), down(150, 100, 140))

    assert list(lattice.xs) == [50, 150, 350]


def test_pieces_of_a_rule_are_one_rule() -> None:
    pieces = [Edge(100, 50, 149), Edge(100.4, 151, 250), Edge(99.8, 250, 350)]

    [edge] = pieces_to_edges(pieces)

    assert edge.at == pytest.approx(100.06, abs=0.05)
    assert (edge.start, edge.end) == (50, 350)


def test_a_double_rule_is_one_rule() -> None:
    assert len(pieces_to_edges([Edge(100, 50, 350), Edge(102, 50, 350)])) == 1


def test_rules_far_apart_stay_apart() -> None:
    assert len(pieces_to_edges([Edge(100, 50, 350), Edge(106, 50, 350), Edge(100, 380, 500)])) == 3


def test_ticks_and_the_strokes_of_letters_are_no_rules() -> None:
    assert pieces_to_edges([Edge(100, 50, 54)]) == ()


def test_cells_drawn_one_by_one_make_one_grid() -> None:
    rulings = [
        ruling
        for x0, x1 in ((50, 150), (150.5, 250), (250.5, 350))
        for y0, y1 in ((100, 120), (120.5, 140))
        for ruling in grid([x0, x1], [y0, y1])
    ]

    assert len(_lattice(*rulings).spans) == 6


def test_two_grids_that_do_not_touch_are_two() -> None:
    rulings = [*grid(XS, YS), *grid(XS, [300, 320, 340])]

    assert len(edges_to_lattices(rulings_to_edges(rulings))) == 2


def test_a_single_box_is_no_grid() -> None:
    assert edges_to_lattices(rulings_to_edges(grid([50, 350], [100, 200]))) == []


def test_a_drawing_of_very_many_rules_is_no_grid() -> None:
    xs = [50 + 4.0 * index for index in range(120)]
    ys = [50 + 4.0 * index for index in range(1000)]

    assert edges_to_lattices(rulings_to_edges(grid(xs, ys))) == []
