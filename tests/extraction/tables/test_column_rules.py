"""Column rules that LaTeX draws in pieces, which stop short of the rules of booktabs."""

from table_pages import across, down, find, lines_at, rows_to_chars, table_to_rows

from pipeline.extraction import Ruling
from pipeline.extraction.tables.column_rules import edges_to_closed
from pipeline.extraction.tables.rules import Edge, Edges, rulings_to_edges

XS = (60.0, 160.0, 220.0, 280.0)
HEAD = ["Method", "Low", "High", "Both"]
BODY = [["First", "1.2", "3.4", "5.6"], ["Second", "2.1", "4.3", "6.5"], ["Third", "3.1", "4.1", "5.9"]]
ENDS = (55.0, 330.0)


def pieces(x: float, *bands: tuple[float, float]) -> list[Ruling]:
    """A column rule of which a piece is drawn in each band."""
    return [down(x, top, bottom) for top, bottom in bands]


def test_pieces_are_one_rule_where_a_horizontal_rule_is_between_them_and_reach_the_rules_above_and_below() -> None:
    edges = rulings_to_edges([*(across(y, *ENDS) for y in (100, 120, 170)), *pieces(150, (103, 117), (123, 167))])

    assert edges_to_closed(edges).vertical == (Edge(150, 100, 170, 0.5),)


def test_strokes_above_each_other_without_a_rule_between_them_stay_apart() -> None:
    dashes = tuple(Edge(150, top, top + 10) for top in (100, 115, 130))
    edges = Edges((Edge(300, *ENDS),), dashes)

    assert edges_to_closed(edges).vertical == dashes


def test_a_table_whose_column_rules_stop_short_of_its_rules_keeps_its_head() -> None:
    rules = [across(y, *ENDS) for y in (98, 118, 170)]
    bars = [bar for x in (150, 210, 270) for bar in pieces(x, (101, 115), (121, 167))]
    chars = rows_to_chars([HEAD], XS, 111.0) + rows_to_chars(BODY, XS, 133.0)

    [table] = find(chars, [*rules, *bars])

    assert table_to_rows(table) == [HEAD, *BODY]
    assert table.header_rows == 1


def test_parts_under_titles_that_no_column_rule_crosses_are_one_table() -> None:
    titles = lines_at([("Rebuilding", 167.0, 111.0), ("Naming", 177.0, 203.0)])
    heads = [["", "PSNR", "SSIM", "LPIPS"], ["", "mIoU", "mAcc", "Size"]]
    xs = (60.0, 165.0, 235.0, 300.0)
    chars = [
        char
        for top, head in zip((131.0, 223.0), heads, strict=True)
        for char in [*rows_to_chars([head], xs, top), *rows_to_chars(BODY, xs, top + 20.0)]
    ]
    rules = [across(y, *ENDS) for y in (98, 118, 138, 190, 210, 230, 282)]
    bars = [*pieces(150, (121, 135), (141, 187)), *pieces(150, (213, 227), (233, 279))]

    [table] = find([*titles, *chars], [*rules, *bars])

    assert [row[0] for row in table_to_rows(table)].count("First") == 2
    assert table_to_rows(table)[0] == ["Rebuilding [1x4]", "", "", ""]
    assert [row[1:] for row in table_to_rows(table) if row[1] in ("PSNR", "mIoU")] == [head[1:] for head in heads]


def test_a_head_above_the_column_rule_belongs_to_its_table() -> None:
    groups = lines_at([("Speckle", 180.0, 111.0)])
    chars = rows_to_chars([["Method", "35%", "45%", "65%"]], XS, 131.0) + rows_to_chars(BODY, XS, 153.0)
    rules = [*(across(y, *ENDS) for y in (98, 138, 190)), across(118, 155, 245)]
    bars = pieces(270, (121, 135), (141, 187))

    [table] = find([*groups, *chars], [*rules, *bars])

    assert table_to_rows(table)[0] == ["Method [2x1]", "Speckle [1x2]", "", "65% [2x1]"]
    assert table_to_rows(table)[-3:] == BODY
