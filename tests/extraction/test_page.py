"""Whole pages: nothing lost, nothing twice, in time."""

import math
import re
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pytest
from page_contents import TABLE_PDFS, html_to_letters, pdf_to_contents
from pdfs import numbered_pdf
from processor_time import processor_seconds
from shared_files import needs_shared
from typeset import chars_to_content, show, text_to_chars, text_to_words, write_page

from pipeline.extraction import (
    Char,
    PageContent,
    PageExtraction,
    ReaderKind,
    content_to_extraction,
    deadline_after,
    extract_page,
)
from pipeline.extraction.readers.glyphs import UNMAPPED

# Other programs on the machine make a measurement longer, never shorter: what is too slow is so each time.
_TRIES = 24
_LEADER = re.compile(r"(?:[.\u2026] ?){3,}")


def _drawn_letters(content: PageContent) -> Counter[str]:
    return Counter(letter for char in content.chars for letter in char.text if not letter.isspace())


@pytest.mark.slow
@needs_shared
@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["pdfium", "pdfminer"])
def test_every_visible_character_is_in_the_html_exactly_once(kind: ReaderKind) -> None:
    """Three things may be missing, by design: hyphens that a line's end has made, leaders, and what nobody can read.

    A leader is a row of dots before a gap; one ellipsis may stand for it.
    """
    faults = []
    for path in TABLE_PDFS:
        for content in pdf_to_contents(path, kind):
            page = content_to_extraction(content)
            drawn, written = _drawn_letters(content), html_to_letters(page.html)
            lost, added = drawn - written, written - drawn
            hyphens, dots, ellipses = lost.pop("-", 0), lost.pop(".", 0), added.pop("\u2026", 0)
            lost.pop(UNMAPPED, None)
            leaders = _LEADER.findall(" ".join(word.text for word in page.words))
            too_many = (
                hyphens > sum(word.text.endswith("-") for word in page.words)
                or dots > sum(leader.count(".") for leader in leaders)
                or ellipses > len(leaders)
            )
            if lost or added or too_many:
                faults.append((path.name, content.number, dict(lost), dict(added), hyphens, dots, ellipses))

    assert faults == []


def test_a_path_will_do_for_a_page(tmp_path: Path) -> None:
    page = extract_page(numbered_pdf(tmp_path / "a.pdf", 2), 2)

    assert page.complete
    assert page.reader == "pdfium"
    assert len(page.tables) == 1
    assert "<table>" in page.html
    assert page.text


def test_words_from_elsewhere_are_as_good_as_characters() -> None:
    [word] = text_to_words("recognised", 50, 112)
    content = PageContent(number=1, width=600, height=800, reader="ocr", chars=(), rulings=(), fills=(), words=(word,))

    page = content_to_extraction(content)

    assert (page.html, page.reader) == ("<p>recognised</p>", "ocr")


def test_a_hundred_thousand_glyphs_take_seconds_not_minutes() -> None:
    line = "0123456789 abcdefghi " * 10
    chars = [char for row in range(500) for char in text_to_chars(line, 5, 5 + 1.6 * row, size=1.5)]
    content = chars_to_content(chars, width=400, height=900)
    start = time.process_time()

    page = content_to_extraction(content, deadline=deadline_after(20))

    assert len(page.words) == 500 * 20
    assert time.process_time() - start < 20


def test_a_page_is_done_when_its_time_is_over(tmp_path: Path) -> None:
    content = b"".join(show(50 + index % 50, 20 + index % 700, "many words on a page") for index in range(3000))
    path = write_page(tmp_path / "long.pdf", content)

    page = extract_page(path, 1, deadline=deadline_after(0))

    assert not page.complete
    assert page.warnings


def test_a_busy_machine_cuts_no_page_short(tmp_path: Path) -> None:
    path = write_page(tmp_path / "words.pdf", show(50, 700, "some words"))
    deadline = deadline_after(1)
    time.sleep(1.2)  # as long as other programs have the processor

    page = extract_page(path, 1, deadline=deadline)

    assert page.complete
    assert page.warnings == ()


def test_an_empty_page_is_empty(tmp_path: Path) -> None:
    page = extract_page(write_page(tmp_path / "empty.pdf", b""), 1)

    assert (page.html, page.text, page.words, page.complete) == ("", "", (), True)


def _seconds_a_word(chars: Sequence[Char]) -> float:
    pages: list[PageExtraction] = []
    seconds = processor_seconds(
        lambda: pages.append(content_to_extraction(chars_to_content(chars, width=700, height=1000)))
    )
    return seconds / len(pages[0].words)


@pytest.mark.parametrize("columns", [1, 4])
def test_the_time_of_a_page_grows_no_faster_than_its_words(columns: int) -> None:
    pages = []
    for lines in (20, 160):
        words = "the committee found that rates had grown and so on with words that go here " * 3
        line = words[: 600 // columns]
        chars = [
            char
            for column in range(columns)
            for row in range(lines)
            for char in text_to_chars(line, 5 + column * 620 / columns, 5 + 2.5 * row, size=2.0)
        ]
        pages.append(chars)

    best = [math.inf, math.inf]
    for _ in range(_TRIES):
        best = [min(least, _seconds_a_word(chars)) for least, chars in zip(best, pages, strict=True)]
        if best[1] < 3 * best[0]:
            return
    pytest.fail(f"{best[0]:.6f} s a word became {best[1]:.6f} s")
