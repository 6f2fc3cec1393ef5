"""Tables that a file names count where the page agrees, and change nothing where it does not."""

import random
from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest
from page_contents import html_to_letters
from table_pages import PROSE, across, lines_at, page, prose_to_chars, rows_to_chars, table_to_rows
from typeset import text_to_words

from pipeline.extraction import Char, PageContent, Ruling, Table, content_to_extraction
from pipeline.extraction.model import TaggedCell, TaggedTable

XS = (60.0, 200.0, 340.0)
#: Words without rules, head or full columns: no table by its looks.
WORDS = [
    ["Oakham", "an old town", ""],
    ["Selby", "", "on a river"],
    ["Leeds", "large", "and busy"],
    ["Hull", "by sea", ""],
]


def _tagged(
    rows: Sequence[Sequence[str]], xs: Sequence[float] = XS, *, top: float = 100.0, heads: int = 0, blanks: bool = True
) -> TaggedTable:
    """As a program tags rows that :func:`rows_to_chars` sets; without the blank cells, if need be."""
    cells = []
    for row, texts in enumerate(rows):
        places = [(x, text) for x, text in zip(xs, texts, strict=True) if text or blanks]
        for column, (x, text) in enumerate(places):
            words = text_to_words(text, x, top + 15 * row) if text else ()
            boxes = tuple(word.box for word in words)
            cells.append(TaggedCell(row, column, 1, 1, row < heads, boxes))
    return tuple(cells)


def _content(chars: Sequence[Char], *tagged: TaggedTable, rules: Sequence[Ruling] = ()) -> PageContent:
    return replace(page([*chars, *prose_to_chars(60, 300)], rules), tagged=tagged)


def _found(chars: Sequence[Char], *tagged: TaggedTable, rules: Sequence[Ruling] = ()) -> tuple[Table, ...]:
    return content_to_extraction(_content(chars, *tagged, rules=rules)).tables


@pytest.mark.parametrize("blanks", [True, False], ids=["with blank cells", "without blank cells"])
def test_words_in_columns_are_a_table_where_the_file_says_so(blanks: bool) -> None:  # noqa: FBT001
    chars = rows_to_chars(WORDS, XS, 100)

    [table] = _found(chars, _tagged(WORDS, heads=1, blanks=blanks))

    assert table_to_rows(table) == WORDS
    assert (table.kind, table.header_rows) == ("tagged", 1)
    assert _found(chars) == ()


def test_columns_that_the_file_tells_from_the_right_stay_where_they_are() -> None:
    rows = [["c", "b", "a"], ["f", "e", "d"], ["i", "h", "g"], ["l", "k", "j"]]
    mirrored = [row[::-1] for row in rows]

    [table] = _found(rows_to_chars(rows, XS, 100), _tagged(mirrored, XS[::-1]))

    assert table_to_rows(table) == rows


def test_titles_and_notes_within_a_tagged_table_stand_outside() -> None:
    title, note = ("Table 3. Towns", 60.0, 100.0), ("Note: as told by others", 60.0, 175.0)
    chars = [*rows_to_chars(WORDS, XS, 115), *lines_at([title, note])]
    inner = [cell._replace(row=cell.row + 1) for cell in _tagged(WORDS, top=115)]

    [table] = _found(chars, (_over_all(0, *title), *inner, _over_all(5, *note)))

    assert table_to_rows(table) == WORDS
    assert len(table.caption) == 1


def _over_all(row: int, text: str, x: float, baseline: float) -> TaggedCell:
    boxes = tuple(word.box for word in text_to_words(text, x, baseline))
    return TaggedCell(row=row, column=0, rowspan=1, colspan=3, header=False, boxes=boxes)


SENTENCES = [
    ["The committee met in", "the spring and heard", "from those who had"],
    ["worked on the matter", "for some years, and it", "was said more than"],
    ["once that the figures", "would have to be", "checked again before"],
]
FIGURES = [["Town", "2021", "2022"], *([f"Place {n}", f"{n}1", f"{n}2"] for n in range(1, 6))]
BULLETS = [["•", "one thing"], ["•", "another thing"], ["•", "a third thing"], ["•", "the last thing"]]


def _in_another_order(tagged: TaggedTable) -> TaggedTable:
    order = {0: 2, 2: 0}
    return tuple(cell._replace(row=order.get(cell.row, cell.row)) for cell in tagged)


def _in_one_row(tagged: TaggedTable) -> TaggedTable:
    return tuple(cell._replace(row=0, column=3 * cell.row + cell.column) for cell in tagged)


@pytest.mark.parametrize(
    ("rows", "lie"),
    [
        pytest.param(WORDS, _in_another_order, id="rows in another order"),
        pytest.param(WORDS, _in_one_row, id="one row"),
        pytest.param(WORDS, lambda tagged: tagged[:5] + tagged[6:], id="a text that is in no cell"),
        pytest.param(WORDS, lambda tagged: (*tagged, tagged[0]._replace(row=9)), id="a text in two cells"),
        pytest.param(FIGURES, lambda tagged: tuple(c for c in tagged if c.row < 4), id="a table's first rows"),
        pytest.param(FIGURES, lambda tagged: tuple(c for c in tagged if c.column < 2), id="a table's first columns"),
        pytest.param(BULLETS, tuple, id="a list"),
    ],
)
def test_a_structure_that_the_page_contradicts_changes_nothing(
    rows: Sequence[Sequence[str]], lie: Callable[[TaggedTable], TaggedTable]
) -> None:
    xs = XS if len(rows[0]) == len(XS) else (60.0, 75.0)
    chars = rows_to_chars(rows, xs, 100)
    plain = content_to_extraction(_content(chars))

    assert content_to_extraction(_content(chars, lie(_tagged(rows, xs)))).html == plain.html


def test_a_paragraph_whose_words_are_tagged_as_cells_is_no_table() -> None:
    lines = [text_to_words(line, 60, 300 + 12 * index) for index, line in enumerate(PROSE)]
    tagged = tuple(
        TaggedCell(row=row, column=column, rowspan=1, colspan=1, header=False, boxes=(word.box,))
        for row, words in enumerate(lines)
        for column, word in enumerate(words)
    )

    assert len(tagged) > 50
    assert _found([], tagged) == ()


def test_paragraphs_that_are_laid_out_by_a_table_are_none() -> None:
    parts = [[prose_to_chars(x, top) for x in (20, 310)] for top in (100, 180)]
    tagged = tuple(
        TaggedCell(
            row=row,
            column=column,
            rowspan=1,
            colspan=1,
            header=False,
            boxes=tuple(char.box for char in parts[row][column] if char.text != " "),
        )
        for row in (0, 1)
        for column in (0, 1)
    )

    assert _found([char for row in parts for part in row for char in part], tagged) == ()


def test_a_tagged_table_comes_in_the_place_of_two_that_were_taken_for_one() -> None:
    stacked = [
        *rows_to_chars(FIGURES, XS, 100),
        *lines_at([("Then as now", 60, 190)]),
        *rows_to_chars(FIGURES, XS, 205),
    ]
    rules = [across(y, 55, 400) for y in (88, 104, 284)]
    assert len(_found(stacked, rules=rules)) == 1

    tables = _found(stacked, _tagged(FIGURES, heads=1), _tagged(FIGURES, top=205, heads=1), rules=rules)

    assert [table_to_rows(table) for table in tables] == [FIGURES, FIGURES]


def test_no_lie_about_a_page_loses_a_letter_or_raises() -> None:
    draw = random.Random(5)
    for _ in range(20):
        rows = draw.choice([WORDS, FIGURES, SENTENCES])
        chars = rows_to_chars(rows, XS, 100)
        boxes = [cell.boxes for cell in _tagged(rows)]
        draw.shuffle(boxes)
        lies = [
            TaggedCell(
                row=draw.randrange(6),
                column=draw.randrange(6),
                rowspan=draw.randint(1, 3),
                colspan=draw.randint(1, 3),
                header=draw.random() < 0.5,
                boxes=own,
            )
            for own in boxes[: draw.randint(1, len(boxes))]
        ]
        found = content_to_extraction(_content(chars, tuple(lies), _tagged(rows)))
        assert found.warnings == ()
        assert html_to_letters(found.html) == html_to_letters(content_to_extraction(_content(chars)).html)
