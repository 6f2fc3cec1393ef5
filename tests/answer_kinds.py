"""Answers with what is right for each, for tests of every kind of them."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from answer_grids import table_to_grid
from fragments import check_fragment

from pipeline.page_result import FallbackReason
from pipeline.vision.answers.judge import judge


class Page(NamedTuple):
    """An answer, and what is right: its tables, each as ``a|b;c|d`` with spans filled in, and its other text.

    The lines of the text stand in this order, each by itself.
    """

    answer: str
    tables: tuple[str, ...] = ()
    text: tuple[str, ...] = ()


class NoPage(NamedTuple):
    """An answer that is refused, and why."""

    answer: str
    reason: FallbackReason


Kinds = dict[str, tuple[Page | NoPage, ...]]

_RESIDUE = re.compile(
    r"\[\[|<\||\|>|cel&gt;|nl/|&lt;/?(?:td|tr|loc_|x_|y_|class_)|\\(?:multi|hline|cline|thead|begin|end|caption|section|title|item)"
    r"|LAYOUT_|LOC_|THINK|channel|\ufdd0|```"
)


def kinds_to_cases(kinds: Kinds) -> Iterable[tuple[str, Page | NoPage]]:
    """Each case with a name for it."""
    return ((f"{kind}, {number}", case) for kind, cases in kinds.items() for number, case in enumerate(cases, 1))


def check(case: Page | NoPage) -> None:
    """Hold the product to what is right for an answer."""
    verdict = judge(case.answer)
    if isinstance(case, NoPage):
        assert (verdict.reason, verdict.detail != "", verdict.dropped != ()) == (case.reason, True, True)
        return
    page = verdict.accepted()
    check_fragment(page.html)
    assert [table_to_grid(table) for table in page.tables] == list(case.tables)
    lines = [" ".join(line.split()) for line in page.text.split("\n")]
    assert _places(case.text, lines) == sorted(_places(case.text, lines))
    assert not _RESIDUE.search(page.html)


def _places(texts: Sequence[str], lines: Sequence[str]) -> list[int]:
    return [lines.index(text) for text in texts]
