"""Console sessions in fixed-pitch type: the printed table is one, what was typed at a prompt is no row of it."""

import pytest
from table_pages import find, table_to_rows
from typeset import text_to_chars

from pipeline.extraction import Char

PRINTED = [
    "       mean   sd   n",
    "Hull   14.2  1.5  12",
    "York   11.9  0.8  15",
    "Ripon   9.3  2.1   9",
]
TABLE = [["", "mean", "sd", "n"], *([*line.split()] for line in PRINTED[1:])]


def session(lines: list[str], *, indent: float = 72.0) -> list[Char]:
    return [char for index, line in enumerate(lines) for char in text_to_chars(line, indent, 100.0 + 12.0 * index)]


@pytest.mark.parametrize(
    ("above", "below"),
    [
        (["R> by(towns,  mean,  sd)"], ["R> by(towns,  median,  mad,  n)"]),
        (["> s <- c(1,  2,  3)", "> by(towns,", "+   mean,   sd,   n)"], ["> q()"]),
        ([">>> towns.by('mean',   'sd',   'n')"], [">>> towns.by(   'median')"]),
        (["In [3]: towns.by(   'mean')"], ["In [4]: towns.by(   'sd')"]),
        (["$ towns --by mean"], ["$ towns --by median", "$ ls"]),
        (["> by(towns,", "     mean,   sd,", "     n,      5)"], ["> by(towns,", "     1,      2,", "     3,      4)"]),
    ],
)
def test_lines_after_a_prompt_are_no_rows_and_end_the_table_beside_them(above: list[str], below: list[str]) -> None:
    [table] = find(session([*above, *PRINTED, *below]))

    assert table_to_rows(table) == TABLE


def test_the_key_below_a_short_rule_is_no_row() -> None:
    key = ["---", "Signif. codes:  0 '***'  0.01 '**'  0.05 '*'"]

    [table] = find(session([*PRINTED, *key]))

    assert table_to_rows(table) == TABLE


@pytest.mark.parametrize("label", ["> 65", "+ tax", "$ per", "---", "% all"])
def test_rows_of_typewritten_tables_may_begin_with_the_sign_of_a_prompt(label: str) -> None:
    row = f"{label:7}12.1  1.0   8"

    [table] = find(session([*PRINTED, row, "All    11.0  1.3  44"]))

    assert [label, "12.1", "1.0", "8"] in table_to_rows(table)


def test_a_bound_in_type_that_is_not_fixed_pitch_is_no_prompt() -> None:
    wide = {"i": 0.25, "l": 0.25, "m": 0.8}
    chars = []
    for char in session([*PRINTED[:3], "> mill  12.1  1.0   8", PRINTED[3]]):
        width = wide.get(char.text, 0.5) * char.size
        chars.append(char._replace(box=char.box._replace(x1=char.box.x0 + width)))

    [table] = find(chars)

    assert [len(row) for row in table_to_rows(table)].count(4) == 5
