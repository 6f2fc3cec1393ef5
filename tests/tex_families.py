"""Pages of tables with known truth that TeX sets, with booktabs' rules; drawn by lot from a seed."""

import random
import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from table_families import Rows, TrueCell, draw_figures, draw_groups, draw_prose, draw_wrapped_rows

#: TeX, where it is installed.
PDFLATEX = shutil.which("pdflatex")
_HEAD = r"""\documentclass[10pt]{article}
\usepackage[a4paper,margin=25mm]{geometry}
\usepackage[T1]{fontenc}
\usepackage{booktabs,array}
\pagestyle{empty}
\begin{document}
"""


def _to_tex(text: str) -> str:
    return text.replace("%", r"\%")


def _cell_to_tex(cell: TrueCell) -> str:
    """A cell of several rows is lowered to their middle, as by the package multirow."""
    text = _to_tex(cell.text)
    if cell.rowspan > 1:
        text = rf"\smash{{\raisebox{{-{(cell.rowspan - 1) / 2}\normalbaselineskip}}{{{text}}}}}"
    return rf"\multicolumn{{{cell.colspan}}}{{c}}{{{text}}}" if cell.colspan > 1 else text


def _rows_to_tex(rows: Rows, columns: str) -> str:
    """A tabular; between the rows of its head partial rules, below the head a full one."""
    covered: set[tuple[int, int]] = set()
    lines = [rf"\begin{{center}}\begin{{tabular}}{{{columns}}}\toprule"]
    for row, cells in enumerate(rows):
        texts, rules = [], []
        column = 0
        for cell in cells:
            while (row, column) in covered:
                texts.append("")
                column += 1
            texts.append(_cell_to_tex(cell))
            covered.update((row + r, column + c) for r in range(cell.rowspan) for c in range(cell.colspan))
            if cell.head and cell.colspan > 1:
                rules.append(rf"\cmidrule(lr){{{column + 1}-{column + cell.colspan}}}")
            column += cell.colspan
        last = any(cell.head for cell in cells) and not any(cell.head for cell in rows[row + 1])
        lines.append(" & ".join(texts) + r"\\" + "".join(rules) + (r"\midrule" if last else ""))
    return "\n".join([*lines, r"\bottomrule\end{tabular}\end{center}"])


def _width(rows: Rows) -> int:
    return sum(cell.colspan for cell in rows[0])


def _groups(draw: random.Random) -> tuple[Rows, str]:
    rows = draw_groups(draw)
    return rows, "ll" + "r" * (_width(rows) - 2)


def _figures(draw: random.Random) -> tuple[Rows, str]:
    rows = draw_figures(draw, draw.randint(2, 5))
    return rows, "l" + draw.choice("rc") * (_width(rows) - 1)


def _wrapped(draw: random.Random) -> tuple[Rows, str]:
    return draw_wrapped_rows(draw), r"*{3}{>{\raggedright\arraybackslash}p{34mm}}r"


#: By name, what draws a table and how its columns are set.
TEX_FAMILIES: Final[Mapping[str, Callable[[random.Random], tuple[Rows, str]]]] = {
    "booktabs by TeX, groups": _groups,
    "booktabs by TeX, figures": _figures,
    "booktabs by TeX, wrapped cells": _wrapped,
}


def family_to_tables(name: str, count: int, seed: int) -> list[tuple[Rows, str]]:
    """So many tables of a family with their columns; the same ones for the same seed."""
    return [TEX_FAMILIES[name](random.Random(f"{name} {seed} {index}")) for index in range(count)]


def tables_to_tex(tables: Sequence[tuple[Rows, str]]) -> str:
    """A document with one table to a page, between paragraphs."""
    draw = random.Random(len(tables))
    pages = [
        f"{draw_prose(draw, 5)}\n\n{_rows_to_tex(rows, columns)}\n\n{draw_prose(draw, 3)}\\newpage\n"
        for rows, columns in tables
    ]
    return "".join([_HEAD, *pages, r"\end{document}"])


def tables_to_pdf(tables: Sequence[tuple[Rows, str]], path: Path, tex: str) -> None:
    """Set the document."""
    path.with_suffix(".tex").write_text(tables_to_tex(tables), encoding="utf-8")
    command = [tex, "-interaction=batchmode", "-output-directory", str(path.parent), str(path.with_suffix(".tex"))]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
