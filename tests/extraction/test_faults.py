"""A fault of extraction costs a part of the page and never its text; and none is found on any arrangement of words."""

import os
from collections import Counter

import pytest
from page_contents import html_to_letters
from random_pages import random_page
from typeset import chars_to_content, lines_to_chars, text_to_chars

from pipeline.extraction import PageContent, content_to_extraction, page, page_parts
from pipeline.extraction.readers.glyphs import UNMAPPED
from pipeline.extraction.tables import finder

#: 10,000 in ``make fuzz``.
PAGES = int(os.environ.get("FUZZ_PAGES", "200"))
#: How many pages one test looks at.
_BATCH = 100
_LINES = [
    "The committee examined the accounts of",
    "three years, and found nothing in them",
    "that it had to object to.",
]


def _broken(*_args: object, **_kwargs: object) -> None:
    raise IndexError("list index out of range")


def _page() -> PageContent:
    return chars_to_content([*text_to_chars("A Title", 200, 60, size=18), *lines_to_chars(_LINES, 72, 100)])


@pytest.mark.parametrize(
    ("module", "step", "said"),
    [
        (page, "chars_to_words", "follow each other as in the file"),
        (finder, "edges_to_lattices", "A table may be missing"),
        (finder, "text_to_regions", "A table may be missing"),
        (page_parts, "items_to_regions", "The reading order"),
        (page_parts, "words_to_lines", "Some paragraphs"),
        (page_parts, "parts_to_headed", "The headings"),
        (page_parts, "parts_to_flowing", "Notes and captions"),
        (page, "Writer", "shown as plain lines"),
    ],
)
def test_a_step_that_fails_costs_its_part_and_no_letter(
    monkeypatch: pytest.MonkeyPatch, module: object, step: str, said: str
) -> None:
    whole = content_to_extraction(_page())
    monkeypatch.setattr(module, step, _broken)

    found = content_to_extraction(_page())

    assert html_to_letters(found.html) == html_to_letters(whole.html)
    assert [word.text for word in found.words] == [word.text for word in whole.words]
    (warning,) = found.warnings
    assert said in warning
    assert warning.endswith("(a fault of the program).")


def test_lines_stay_in_order_where_order_and_paragraphs_cannot_be_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_parts, "items_to_regions", _broken)
    monkeypatch.setattr(page_parts, "words_to_lines", _broken)

    found = content_to_extraction(_page())

    assert found.text.splitlines() == ["A Title", *_LINES]
    assert len(found.warnings) == 2


def test_tables_found_before_a_fault_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    content = random_page(0)
    monkeypatch.setattr(finder, "drafts_to_table", _broken)

    found = content_to_extraction(content)

    assert found.tables == ()
    assert len(found.warnings) <= 1


@pytest.mark.parametrize("start", range(0, PAGES, _BATCH))
def test_no_arrangement_of_words_raises_anything_or_loses_a_letter(start: int) -> None:
    faults = []
    for seed in range(start, min(PAGES, start + _BATCH)):
        content = random_page(seed)
        found = content_to_extraction(content)
        # What is slanted and lies over other text is a watermark, of which every line comes once.
        slanted = Counter(letter for word in found.words if word.chars[0].angle % 90 for letter in word.text)
        lost = Counter("".join(word.text for word in found.words)) - html_to_letters(found.html) - slanted
        for allowed in ("-", "\u2010", ".", "\u2026", UNMAPPED, "\u2022"):
            lost.pop(allowed, None)
        if found.warnings or lost:
            faults.append((seed, found.warnings, dict(lost)))

    assert faults == []
