"""Pages of tables with known truth, family by family: HTML that a browser prints, drawn by lot from a seed."""

# ruff: noqa: E501 — rules of CSS and lists of words are read whole

import random
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Final

_NOUNS = [
    "oak",
    "river",
    "stone",
    "harbour",
    "winter",
    "council",
    "engine",
    "letter",
    "market",
    "garden",
    "bridge",
    "record",
    "supply",
    "method",
    "sample",
    "surface",
]
_NAMES = [
    "Fenn",
    "Moor",
    "Hart",
    "Wood",
    "Lake",
    "Hill",
    "Dale",
    "Ford",
    "Marsh",
    "Stone",
    "Reed",
    "Brook",
    "Field",
    "Lane",
    "Cross",
    "Pool",
]
_FIRST = [
    "Anna",
    "Bob",
    "Cleo",
    "Dan",
    "Eve",
    "Finn",
    "Gina",
    "Hugh",
    "Iris",
    "Jack",
    "Kate",
    "Liam",
    "Mona",
    "Ned",
    "Olga",
    "Paul",
]
_TOWNS = ["Oakham", "Selby", "Leeds", "Melton", "Hull", "York", "Corby", "Thirsk", "Ripon", "Malton", "Otley", "Goole"]
_WORK = ["baker", "driver", "tailor", "clerk", "nurse", "miller", "porter", "joiner"]
_STATES = ["open", "closed", "paid", "unpaid"]
_FONTS = ("Liberation Serif, serif", "Liberation Sans, sans-serif", "DejaVu Sans, sans-serif", "DejaVu Serif, serif")
_PAGE_CSS = "@page { size: A4; margin: 18mm } section { break-after: page } p { text-align: justify; margin: 6pt 0 }"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrueCell:
    """A cell of the truth; its place follows from those before it, as in HTML."""

    text: str
    rowspan: int = 1
    colspan: int = 1
    head: bool = False


Rows = Sequence[Sequence[TrueCell]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A page: its HTML, and the tables on it in reading order."""

    html: str
    tables: tuple[Rows, ...]


def _cells(texts: Sequence[str], *, head: bool = False) -> list[TrueCell]:
    return [TrueCell(text=text, head=head) for text in texts]


def draw_prose(draw: random.Random, sentences: int) -> str:
    """So many sentences."""
    return " ".join(" ".join(draw.choices(_NOUNS, k=draw.randint(6, 12))).capitalize() + "." for _ in range(sentences))


def _prose(draw: random.Random, sentences: int) -> str:
    return f"<p>{draw_prose(draw, sentences)}</p>"


def _phrase(draw: random.Random, least: int, most: int) -> str:
    return " ".join(draw.choices(_NOUNS, k=draw.randint(least, most))).capitalize()


def _figure(draw: random.Random) -> str:
    return draw.choice(
        [
            f"{draw.random():.2f}",
            f"{draw.randint(1, 999)}",
            f"{draw.uniform(1, 99):.1f}%",
            f"{draw.randint(1, 99)},{draw.randint(100, 999)}",
        ]
    )


def _rows_to_html(rows: Rows, css_class: str) -> str:
    lines = []
    for row in rows:
        cells = []
        for cell in row:
            tag = "th" if cell.head else "td"
            spans = "".join(
                f' {name}="{n}"' for name, n in (("rowspan", cell.rowspan), ("colspan", cell.colspan)) if n > 1
            )
            cells.append(f"<{tag}{spans}>{escape(cell.text)}</{tag}>")
        lines.append(f"<tr>{''.join(cells)}</tr>")
    return f'<table class="{css_class}">{"".join(lines)}</table>'


def _sheet(draw: random.Random, tables: Sequence[Rows], css: str, *, beside: bool = False) -> Sheet:
    name = f"t{draw.randrange(10**9)}"
    font, size = draw.choice(_FONTS), draw.choice((8, 9, 10, 11))
    base = f".{name} {{ border-collapse: collapse; font: {size}pt {font}; margin: 8pt 0 }} .{name} p {{ font: {size}pt {font} }}"
    style = base + css.replace("TABLE", f"table.{name}")
    drawn = [_rows_to_html(rows, name) for rows in tables]
    if beside:
        body = '<div style="display:flex;gap:28pt;align-items:flex-start">' + "".join(drawn) + "</div>"
    else:
        body = "".join(part for table in drawn for part in (table, _prose(draw, draw.choice((1, 3)))))
    return Sheet(html=f"<section><style>{style}</style>{_prose(draw, 4)}{body}</section>", tables=tuple(tables))


def draw_groups(draw: random.Random) -> list[list[TrueCell]]:
    """A head of two levels and labels beside several rows each."""
    pairs = draw.randint(1, 2)
    head = [TrueCell(text="Data", rowspan=2, head=True), TrueCell(text="Method", rowspan=2, head=True)]
    head += [TrueCell(text=draw.choice(_TOWNS), colspan=2, head=True) for _ in range(pairs)]
    rows = [head, _cells([text for _ in range(pairs) for text in ("Low", "High")], head=True)]
    for _ in range(draw.randint(2, 4)):
        count = draw.randint(2, 4)
        label = [TrueCell(text=draw.choice(_NAMES) + str(draw.randint(1, 9)), rowspan=count)]
        for index in range(count):
            figures = _cells([draw.choice(_WORK), *(_figure(draw) for _ in range(2 * pairs))])
            rows.append([*(label if index == 0 else []), *figures])
    return rows


def _booktabs(draw: random.Random) -> Sheet:
    rows = draw_groups(draw)
    css = "TABLE { border-top: 1pt solid; border-bottom: 1pt solid } TABLE td, TABLE th { padding: 1.5pt 7pt; text-align: center }"
    css += " TABLE tr:nth-child(1) th[colspan] { border-bottom: .4pt solid } TABLE tr:nth-child(2) th { border-bottom: .6pt solid }"
    css += " TABLE tr:nth-child(1) th[rowspan] { border-bottom: .6pt solid }"
    css += draw.choice(("", " TABLE td[rowspan], TABLE td[rowspan] ~ td { border-top: .4pt solid }"))
    return _sheet(draw, [rows], css)


def draw_wrapped_rows(draw: random.Random) -> list[list[TrueCell]]:
    """A head, and rows of phrases with a count."""
    rows = [_cells(["Item", "What was found", "Where", "Count"], head=True)]
    rows += [
        _cells(
            [
                _phrase(draw, 1, 3),
                _phrase(draw, 3, 14),
                draw.choice(_TOWNS) + " " + _phrase(draw, 1, 3),
                str(draw.randint(1, 99)),
            ]
        )
        for _ in range(draw.randint(4, 8))
    ]
    return rows


def _wrapped(draw: random.Random, rules: str = "") -> Sheet:
    gap = draw.choice((2, 3, 4))
    css = f"TABLE {{ width: {draw.choice((300, 360, 420))}pt }} TABLE td, TABLE th {{ vertical-align: top; text-align: left; padding: {gap}pt 5pt }}"
    css += " TABLE tr:first-child th { border-top: 1pt solid; border-bottom: .6pt solid } TABLE { border-bottom: 1pt solid }"
    return _sheet(draw, [draw_wrapped_rows(draw)], css + rules)


def _ruled_wrapped(draw: random.Random) -> Sheet:
    return _wrapped(draw, " TABLE td { border-bottom: .4pt solid }")


def _register(draw: random.Random) -> Sheet:
    heads = draw.sample(["First", "Town", "Work", "State"], k=draw.randint(2, 4))
    values = {"First": _FIRST, "Town": _TOWNS, "Work": _WORK, "State": _STATES}
    rows = [_cells(["Name", *heads])]
    rows += [
        _cells([draw.choice(_NAMES), *(draw.choice(values[head]) for head in heads)])
        for _ in range(draw.randint(5, 20))
    ]
    return _sheet(draw, [rows], f"TABLE td {{ padding: {draw.choice((1, 2, 4))}pt {draw.choice((8, 12, 20))}pt }}")


def _statement(draw: random.Random) -> Sheet:
    rows = [_cells(["Date", "Description", "Debit", "Credit", "Balance"], head=True)]
    balance = draw.randint(100_000, 900_000)
    for day in sorted(draw.sample(range(1, 29), k=draw.randint(5, 14))):
        amount = draw.randint(100, 90_000)
        balance += amount if day % 3 == 0 else -amount
        money = f"{amount / 100:,.2f}"
        sides = ["", money] if day % 3 == 0 else [money, ""]
        rows.append(_cells([f"{day:02d} Mar", _phrase(draw, 2, 4), *sides, f"{balance / 100:,.2f}"]))
    css = "TABLE td, TABLE th { padding: 2pt 9pt; text-align: right } TABLE td:nth-child(-n+2), TABLE th:nth-child(-n+2) { text-align: left }"
    return _sheet(draw, [rows], css + draw.choice(("", " TABLE th { border-bottom: .6pt solid }")))


def _invoice(draw: random.Random) -> Sheet:
    rows = [_cells(["Pos.", "Article", "Quantity", "Unit", "Price", "Sum"], head=True)]
    for number in range(1, draw.randint(4, 9)):
        count, price = draw.randint(1, 40), draw.randint(100, 9000)
        sums = [f"€ {price / 100:.2f}", f"€ {count * price / 100:,.2f}"]
        rows.append(_cells([str(number), _phrase(draw, 1, 3), str(count), draw.choice(("kg", "h", "pcs.")), *sums]))
    css = "TABLE td, TABLE th { padding: 3pt 8pt; text-align: left } TABLE td:nth-child(n+5) { text-align: right; white-space: nowrap }"
    css += draw.choice((" TABLE td { border-bottom: .4pt dotted }", " TABLE th { background: #ddd }", ""))
    return _sheet(draw, [rows], css)


def _timetable(draw: random.Random) -> Sheet:
    runs = draw.randint(4, 8)
    rows = [_cells(["Train", *(str(draw.randint(100, 999)) for _ in range(runs))])]
    for stop, town in enumerate(draw.sample(_TOWNS, k=draw.randint(5, 10))):
        rows.append(
            _cells(
                [town, *(f"{(6 + run + (stop * 7) // 60) % 24}:{(stop * 7 + run * 3) % 60:02d}" for run in range(runs))]
            )
        )
    return _sheet(
        draw, [rows], "TABLE td { padding: .5pt 5pt; text-align: right } TABLE td:first-child { text-align: left }"
    )


def draw_figures(draw: random.Random, columns: int) -> list[list[TrueCell]]:
    """Years with so many columns of figures."""
    rows = [_cells(["Year", *draw.sample(_TOWNS, k=columns)], head=True)]
    return rows + [
        _cells([str(2000 + year), *(_figure(draw) for _ in range(columns))]) for year in range(draw.randint(4, 9))
    ]


def _grid(draw: random.Random) -> Sheet:
    rows = draw_groups(draw) if draw.random() < 0.5 else draw_wrapped_rows(draw)
    return _sheet(
        draw, [rows], "TABLE { max-width: 440pt } TABLE td, TABLE th { border: .5pt solid; padding: 2pt 5pt }"
    )


def _zebra(draw: random.Random) -> Sheet:
    css = "TABLE td, TABLE th { padding: 3pt 12pt } TABLE tr:nth-child(even) { background: #e6eef5 }"
    return _sheet(draw, [draw_figures(draw, draw.randint(2, 5))], css + " TABLE th { background: #345; color: #fff }")


def _white(draw: random.Random) -> Sheet:
    css = "TABLE td, TABLE th { padding: 3pt 9pt; background: #eee; border: 1.5pt solid #fff }"
    return _sheet(draw, [draw_figures(draw, draw.randint(2, 5))], css)


def _stacked(draw: random.Random) -> Sheet:
    css = (
        "TABLE { width: 260pt; border-top: 1pt solid; border-bottom: 1pt solid } TABLE th { border-bottom: .6pt solid }"
    )
    css += " TABLE td, TABLE th { padding: 1.5pt 6pt; text-align: left }"
    return _sheet(draw, [draw_figures(draw, 3) for _ in range(3)], css)


def _beside(draw: random.Random) -> Sheet:
    css = "TABLE { border-top: 1pt solid; border-bottom: 1pt solid } TABLE th { border-bottom: .6pt solid }"
    css += " TABLE td, TABLE th { padding: 1.5pt 6pt; text-align: left }"
    return _sheet(draw, [draw_figures(draw, 2), draw_figures(draw, 2)], css, beside=True)


#: By name, what draws a page.
FAMILIES: Final[Mapping[str, Callable[[random.Random], Sheet]]] = {
    "booktabs, groups": _booktabs,
    "wrapped cells": _wrapped,
    "wrapped cells, ruled rows": _ruled_wrapped,
    "register without rules": _register,
    "statement": _statement,
    "invoice": _invoice,
    "timetable": _timetable,
    "full grid": _grid,
    "zebra": _zebra,
    "white rules": _white,
    "stacked": _stacked,
    "side by side": _beside,
}


def family_to_sheets(name: str, count: int, seed: int) -> list[Sheet]:
    """So many pages of a family; the same ones for the same seed."""
    return [FAMILIES[name](random.Random(f"{name} {seed} {index}")) for index in range(count)]


def sheets_to_pdf(sheets: Sequence[Sheet], path: Path, browser: str) -> None:
    """Print the pages with a browser, one sheet to a page."""
    source = path.with_suffix(".html")
    html = "".join(sheet.html for sheet in sheets)
    source.write_text(f'<!doctype html><meta charset="utf-8"><style>{_PAGE_CSS}</style>{html}', encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--no-pdf-header-footer", f"--print-to-pdf={path}"]
    subprocess.run([browser, *flags, source.as_uri()], check=True, capture_output=True, timeout=120)


def rows_to_places(rows: Rows) -> Iterator[tuple[int, int, TrueCell]]:
    """The upper left place of each cell."""
    taken: set[tuple[int, int]] = set()
    for row, cells in enumerate(rows):
        column = 0
        for cell in cells:
            while (row, column) in taken:
                column += 1
            yield row, column, cell
            taken.update((row + r, column + c) for r in range(cell.rowspan) for c in range(cell.colspan))
