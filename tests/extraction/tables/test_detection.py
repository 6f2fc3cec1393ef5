"""What is a table and what only looks like one: each kind drawn in several ways."""

from collections.abc import Callable, Sequence

import pytest
from table_pages import PROSE, across, down, find, grid, lines_at, prose_to_chars, rows_to_chars, table_to_rows
from typeset import lines_to_chars, text_to_chars

from pipeline.extraction import BBox, Char, Ruling, Table
from pipeline.extraction.model import Fill

Page = tuple[Sequence[Char], Sequence[Ruling], Sequence[Fill]]

MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun"]


def _ticks(x: float, top: float, labels: Sequence[str], step: float, size: float = 8.0) -> list[Char]:
    """The labels of an axis, from the top."""
    return [char for n, text in enumerate(labels) for char in text_to_chars(text, x, top + n * step, size=size)]


def _axis(labels: Sequence[str], x: float, y: float, step: float, size: float = 8.0) -> list[Char]:
    """The labels of an axis, from the left."""
    return [char for n, text in enumerate(labels) for char in text_to_chars(text, x + n * step, y, size=size)]


def bars_over_grid_lines() -> Page:
    """A chart of columns with lines across, the value above each column, a legend."""
    chars = [*_ticks(70, 204, ["100", "80", "60", "40", "20", "0"], 40), *_axis(MONTHS, 105, 418, 60)]
    chars += lines_at([("North", 200, 440), ("South", 300, 440), ("Figure 2: Members by month", 90, 470)])
    heights = [180, 120, 60, 90, 150, 30]
    chars += [c for n, h in enumerate(heights) for c in text_to_chars(f"{h / 2:g}", 105 + 60 * n, 398 - h, size=8)]
    bars = [
        Fill(box=BBox(100 + 60 * n, 400 - h, 130 + 60 * n, 400), colour=(0.2, 0.3, 0.8)) for n, h in enumerate(heights)
    ]
    return chars, [*(across(200 + 40 * n, 90, 460) for n in range(6)), down(90, 200, 400)], bars


def lines_in_a_frame() -> Page:
    """A chart of lines in a full grid, with names at the lines' ends."""
    chars = [*_ticks(72, 204, ["1.5", "1.0", "0.5", "0.0"], 50), *_axis(["2016", "2017", "2018", "2019"], 95, 365, 80)]
    chars += lines_at([("oats", 345, 230), ("rye", 345, 290), ("Yield in tons per hectare", 95, 190)])
    return chars, grid([90, 170, 250, 330], [200, 250, 300, 350]), []


def bars_lying_beside_their_names() -> Page:
    """A chart of bars from left to right, a name on the left and a value at the end of each."""
    names = ["Oak and other hard woods", "Beech", "Ash, lime and maple", "Elm", "Birch", "Larch"]
    widths = [200, 150, 120, 80, 60, 20]
    chars = [c for n, name in enumerate(names) for c in text_to_chars(name, 60, 210 + 24 * n, size=8)]
    chars += _axis(["0", "10", "20", "30", "40"], 198, 360, 50)
    bars = [
        Fill(box=BBox(200, 202 + 24 * n, 200 + w, 214 + 24 * n), colour=(0.6, 0.2, 0.2)) for n, w in enumerate(widths)
    ]
    return chars, [down(200, 195, 345), across(345, 200, 420)], bars


def four_plots() -> Page:
    """Four small plots, each with a letter, ticks and the names of its axes."""
    chars: list[Char] = []
    rulings: list[Ruling] = []
    for letter, (x, y) in zip("abcd", ((80, 120), (320, 120), (80, 320), (320, 320)), strict=True):
        chars += [*text_to_chars(f"({letter})", x - 20, y - 8, bold=True), *_ticks(x - 18, y + 4, ["10", "5", "0"], 60)]
        chars += [*_axis(["0", "2", "4", "6"], x, y + 132, 50), *text_to_chars("time (s)", x + 50, y + 146, size=8)]
        rulings += [down(x, y, y + 120), across(y + 120, x, x + 160)]
    return chars, rulings, []


def pictures_with_letters() -> Page:
    """Rows of pictures in frames, named by letters and by what they show."""
    xs, ys = [80.0, 200.0, 320.0, 440.0], [100.0, 220.0, 340.0]
    chars = _axis(["Input", "Ours", "Truth"], 120, 94, 120)
    chars += [
        c for n, letter in enumerate("ABCDEF") for c in text_to_chars(letter, 84 + 120 * (n % 3), 112 + 120 * (n // 3))
    ]
    return [*chars, *lines_at([("Figure 3. Results on three scenes", 80, 360)])], grid(xs, ys), []


def bands_of_a_gel() -> Page:
    """A picture with names of lanes above and of weights beside it."""
    chars = _axis(["M", "wt", "mut1", "mut2", "ctrl"], 120, 100, 50)
    chars += _ticks(70, 130, ["kDa", "70", "55", "40", "25"], 30)
    bands = [
        Fill(box=BBox(115 + 50 * n, 125 + 30 * m, 140 + 50 * n, 129 + 30 * m), colour=(0.1, 0.1, 0.1))
        for n in range(5)
        for m in range(1 + n % 3)
    ]
    return chars, [down(105, 110, 270), down(360, 110, 270), across(110, 105, 360), across(270, 105, 360)], bands


def dates_beside_the_abstract() -> Page:
    """What a journal says of an article on the left, the abstract on the right."""
    facts = ["Article history:", "Received 3 May 2019", "Accepted 1 July 2019", "Available online 9 July 2019"]
    facts += ["Keywords:", "Beech", "Growth", "Soil"]
    chars = [*text_to_chars("ARTICLE INFO", 60, 110), *text_to_chars("ABSTRACT", 230, 110)]
    chars += [*lines_to_chars(facts, 60, 130, leading=12, size=8), *prose_to_chars(230, 130, 2)]
    return chars, [across(y, 60, 520) for y in (96, 116, 256)], []


def a_frame_of_facts() -> Page:
    """A box with editor, dates and address of an article beside its first paragraphs."""
    facts = [
        "Edited by:",
        "Anna Fenn, Oakham",
        "Reviewed by:",
        "Bob Moor, Selby",
        "*Correspondence:",
        "dan@hill.example",
    ]
    facts += ["Received: 3 May 2019", "Accepted: 1 July 2019", "Citation: Hart C (2019) Growth", "of beech. Trees 4:21"]
    chars = [*lines_to_chars(facts, 66, 130, leading=12, size=8), *prose_to_chars(240, 124, 3)]
    return chars, [across(115, 60, 200), across(260, 60, 200), down(60, 115, 260), down(200, 115, 260)], []


def names_of_authors_in_columns() -> Page:
    """Authors, places and addresses of a paper, centred in three columns."""
    people = [("Anna Fenn", "Bob Moor", "Cleo Hart"), ("Hill College", "Mill School", "Lake University")]
    people += [
        ("Oakham, UK", "Selby, UK", "Corby, UK"),
        ("fenn@hill.example", "moor@mill.example", "hart@lake.example"),
    ]
    chars = [
        char
        for n, row in enumerate(people)
        for middle, text in zip((130.0, 300.0, 470.0), row, strict=True)
        for char in text_to_chars(text, middle - 2.5 * len(text), 150 + 12 * n)
    ]
    return [*chars, *prose_to_chars(160, 230, 2)], [], []


REFERENCES = [
    "[1] A. Fenn, Growth of beech on",
    "poor soil, Trees 4 (2019) 21-34.",
    "[2] B. Moor, C. Hart, Ash and elm",
    "in the north, Wood 12 (2017) 3-9.",
    "[3] D. Wood, What is known of oaks,",
    "Hill Press, Oakham, 2015.",
    "[4] E. Lake, Lime trees of towns,",
    "Town and Tree 7 (2011) 100-117.",
]


def _short_prose(x: float, y: float) -> list[Char]:
    return lines_to_chars([half for line in PROSE * 2 for half in (line[:28], line[28:])], x, y)


def paragraphs_beside_references() -> Page:
    """A column of text beside a column of references, level with each other."""
    return [*_short_prose(60, 120), *lines_to_chars(REFERENCES * 2, 320, 120)], [], []


def paragraphs_beside_references_of_another_size() -> Page:
    """The same where references are set smaller, so that few lines are level."""
    chars = [*_short_prose(60, 120), *lines_to_chars(REFERENCES * 2, 320, 120, leading=10, size=8)]
    return chars, [across(100, 60, 540)], []


def numbered_references_below_text() -> Page:
    """References whose numbers stand apart from them, below a paragraph."""
    chars = [*prose_to_chars(60, 100, 1)]
    for n in range(8):
        chars += [
            *text_to_chars(f"{n + 1}.", 60, 190 + 24 * n),
            *lines_to_chars(REFERENCES[2 * (n % 4) :][:2], 90, 190 + 24 * n),
        ]
    return chars, [], []


@pytest.mark.parametrize(
    "drawn",
    [
        bars_over_grid_lines,
        lines_in_a_frame,
        bars_lying_beside_their_names,
        four_plots,
        pictures_with_letters,
        bands_of_a_gel,
        dates_beside_the_abstract,
        a_frame_of_facts,
        names_of_authors_in_columns,
        paragraphs_beside_references,
        paragraphs_beside_references_of_another_size,
        numbered_references_below_text,
    ],
)
def test_charts_pictures_facts_of_articles_and_references_are_no_tables(drawn: Callable[[], Page]) -> None:
    chars, rulings, fills = drawn()

    assert [table_to_rows(table) for table in find(chars, rulings, fills)] == []


def _only(rows: Sequence[Sequence[str]], xs: Sequence[float], leading: float = 15.0) -> Table:
    chars = [*prose_to_chars(60, 80), *rows_to_chars(rows, xs, 180, leading=leading), *prose_to_chars(60, 480)]
    [table] = find(chars)
    return table


WORDS = [
    ("English", "German", "French", "Italian"),
    ("oak", "Eiche", "chêne", "quercia"),
    ("beech", "Buche", "hêtre", "faggio"),
    ("ash", "Esche", "frêne", "frassino"),
    ("lime tree", "Linde", "tilleul", "tiglio"),
    ("maple", "Ahorn", "érable", "acero"),
]
MEMBERS = [
    ("Name", "Town", "State"),
    ("Fenn", "Oakham", "open"),
    ("Moor", "Selby", "paid"),
    ("Hart", "Corby", "open"),
    ("Wood", "Melton", "open"),
    ("Lake", "Thirsk", "unpaid"),
    ("Hill", "Oakham", "paid"),
]
PRICES = [
    ("Valley Estate 2016", "8 €"),
    ("Old Mill Reserve 2017", "10 €"),
    ("Hill Top", "13 €"),
    ("River Bend", "9 €"),
    ("Stone House 2014", "11 €"),
]


@pytest.mark.parametrize(
    ("rows", "xs", "leading"),
    [
        (WORDS, (60, 170, 290, 400), 15.0),
        ([row[:3] for row in WORDS], (60, 170, 300), 13.0),
        ([(*row, str(n)) if n else (*row, "Page") for n, row in enumerate(WORDS)], (60, 150, 230, 310, 420), 20.0),
        (MEMBERS, (60, 160, 260), 15.0),
        ([(str(n) if n else "No.", *row) for n, row in enumerate(MEMBERS)], (60, 90, 180, 300), 13.0),
        ([(*row, "Rowers" if n else "Club") for n, row in enumerate(MEMBERS)], (60, 130, 230, 300), 18.0),
        ([("Whites", "12.5 cl"), *PRICES], (60, 300), 15.0),
        (
            [("Wine", "glass", "bottle"), *((a, b, f"{n}0 €") for n, (a, b) in enumerate(PRICES, 3))],
            (60, 250, 350),
            15.0,
        ),
        ([(name, price.replace(" €", ".50")) for name, price in PRICES], (60, 300), 18.0),
    ],
)
def test_lists_of_words_registers_and_price_lists_without_rules_are_tables(
    rows: Sequence[Sequence[str]], xs: Sequence[float], leading: float
) -> None:
    assert table_to_rows(_only(rows, xs, leading)) == [list(row) for row in rows]
