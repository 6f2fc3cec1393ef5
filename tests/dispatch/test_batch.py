"""The progress of all documents together: counted once each, estimated where nothing is known yet."""

import pytest
from claims import DOCUMENT

from pipeline.dispatch.batch import Batch
from pipeline.dispatch.conversion import Conversion
from pipeline.page_result import FallbackReason, Method
from pipeline.status.snapshot import BatchStatus


def conversion(pages: int, finished: int = 0, *, fell: int = 0, journaled: int = 0) -> Conversion:
    """A document of so many pages; of 0 where they are not counted."""
    made = Conversion(DOCUMENT, began_at=0.0)
    if pages:
        made.begin(pages, {}, budget_s=1.0, now=0.0)
    made.finished = {
        number: (Method.TEXT_LAYER, FallbackReason.TIMEOUT) if number <= fell else (Method.VISION, None)
        for number in range(1, finished + 1)
    }
    made.journaled = journaled
    return made


def status(batch: Batch, in_work: list[Conversion], now: float) -> BatchStatus:
    found = batch.status(in_work, now)
    assert found is not None
    return found


def test_documents_pages_and_time_are_counted_together() -> None:
    batch = Batch()
    assert batch.status([], 0.0) is None
    batch.begin([])
    ended, half, uncounted = conversion(4, 4, fell=1), conversion(8, 0), conversion(0)
    batch.begin([ended])
    status(batch, [ended, half, uncounted], 0.0)
    batch.count(ended, last=False)
    half.finished = conversion(8, 2).finished

    found = status(batch, [half, uncounted], 20.0)

    assert (found.ended, found.documents, found.uncounted) == (1, 3, 1)
    assert (found.finished, found.pages, found.fallbacks) == (6, 18, 1), "the uncounted one has 6 like the others"
    assert found.pages_a_minute == pytest.approx(6.0)
    assert found.left_s == 120
    assert found.ended_at is None


def test_pages_of_an_earlier_run_are_done_but_tell_nothing_of_the_pace() -> None:
    batch = Batch()
    batch.begin([])
    book = conversion(100, 50, journaled=50)
    assert status(batch, [book], 0.0).left_s is None

    book.finished = conversion(100, 60).finished

    found = status(batch, [book], 10.0)
    assert (found.finished, found.pages_a_minute, found.left_s) == (60, 60.0, 40)


def test_the_pace_is_that_of_the_last_minutes() -> None:
    batch = Batch()
    batch.begin([])
    book = conversion(1000)
    for second in range(0, 700, 10):
        book.finished = conversion(1000, min(second, 100)).finished
        status(batch, [book], float(second))

    found = status(batch, [book], 700.0)
    assert found.pages_a_minute == 0.0
    assert found.left_s is None


def test_the_first_document_after_a_pause_begins_a_new_batch_and_the_last_one_stays_to_be_seen() -> None:
    batch = Batch()
    batch.begin([])
    batch.count(conversion(4, 4), last=True)
    done = status(batch, [], 5.0)
    assert (done.ended, done.documents, done.finished, done.pages) == (1, 1, 4, 4)
    assert done.ended_at is not None

    batch.begin([])

    fresh = conversion(0)
    assert (status(batch, [fresh], 6.0).ended, status(batch, [fresh], 6.0).pages) == (0, 1)
