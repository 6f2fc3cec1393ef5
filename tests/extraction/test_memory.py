import gc
from pathlib import Path

import pytest
from pdfs import numbered_pdf

from pipeline.extraction import ExtractionError, extract_page
from pipeline.extraction.memory import uncollected


def collections() -> int:
    return sum(generation["collections"] for generation in gc.get_stats())


def test_the_collector_waits_until_a_page_is_done(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 1)
    extract_page(path, 1)
    before = collections()

    with uncollected():
        for _ in range(5):
            extract_page(path, 1)
        assert collections() == before

    assert gc.isenabled()


def test_the_collector_is_left_as_it_was_found(tmp_path: Path) -> None:
    path = numbered_pdf(tmp_path / "a.pdf", 1)

    with pytest.raises(ExtractionError):
        extract_page(path, 2)
    assert gc.isenabled()

    gc.disable()
    try:
        extract_page(path, 1)
        assert not gc.isenabled()
    finally:
        gc.enable()
