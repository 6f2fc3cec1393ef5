"""Deaths of workers and daemons are counted, across daemons too."""

from contextlib import suppress
from pathlib import Path

import pytest
from claims import claimed, finish_page, journal_of
from kills import kill_points

from pipeline.dispatch.deaths import PUBLISHING_WEIGHT, Deaths, Openings
from pipeline.document import Document
from pipeline.errors import PublishError
from pipeline.pool.interface import Loss
from pipeline.results.journal import Journal

CRASH = Loss(detail="killed by SIGSEGV")
KILL = Loss(detail="killed by SIGKILL", from_outside=True)


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    return journal_of(tmp_path / "outbox")


@pytest.fixture
def document(tmp_path: Path, journal: Journal) -> Document:
    document = claimed(tmp_path, journal)
    journal.begin(document, "a")
    return document


@pytest.fixture
def deaths(journal: Journal) -> Deaths:
    return Deaths(journal.folder)


def test_what_was_counted_outlives_the_daemon(journal: Journal, document: Document, deaths: Deaths) -> None:
    for _ in range(2):
        deaths.daemon_begins(document)
    deaths.worker_died(document, CRASH, given_at=0.0, now=1.0)
    deaths.worker_died_at_opening(document, CRASH)
    deaths.worker_died_at_opening(document, KILL)

    later = Deaths(journal.folder)

    assert (later.tries(document), later.in_a_row(document)) == (2, 1)
    assert later.openings(document) == Openings(failed=1, killed=1)


def test_a_stop_in_good_order_is_no_try(journal: Journal, document: Document, deaths: Deaths) -> None:
    deaths.daemon_begins(document)
    deaths.daemon_ends(document)

    assert deaths.tries(document) == Deaths(journal.folder).tries(document) == 0


def test_a_document_that_gets_on_is_not_blamed_for_the_deaths_of_daemons(journal: Journal, document: Document) -> None:
    for number in range(1, 5):
        deaths = Deaths(journal.folder)
        deaths.daemon_begins(document)
        finish_page(journal, document, number)
        deaths.page_finished(document)

    counts = []
    for _ in range(3):
        later = Deaths(journal.folder)
        counts.append(later.tries(document))
        later.daemon_begins(document)

    assert counts == [1, 2, 3]


def test_a_page_that_is_finished_ends_the_row(document: Document, deaths: Deaths) -> None:
    for now in (1.0, 2.0):
        deaths.worker_died(document, CRASH, given_at=now, now=now)
    assert deaths.in_a_row(document) == 2

    deaths.page_finished(document)

    assert deaths.in_a_row(document) == 0


def test_kills_of_what_was_given_out_together_count_once_and_crashes_always(document: Document, deaths: Deaths) -> None:
    for now in (1.0, 1.1, 1.2):
        deaths.worker_died(document, KILL, given_at=0.5, now=now)
    assert deaths.in_a_row(document) == 1

    deaths.worker_died(document, CRASH, given_at=0.5, now=1.3)
    deaths.worker_died(document, KILL, given_at=1.4, now=1.5)
    assert deaths.in_a_row(document) == 3


@pytest.mark.parametrize("note", [b"", b"[]", b'{"failed": -2}', b'{"failed": null, "killed": 1}', b"\0\0", b"-7"])
def test_counts_that_cannot_be_read_count_none(journal: Journal, document: Document, note: bytes) -> None:
    home = journal.folder.document(document.ident)
    for path in (home.tries, home.deaths, home.openings):
        path.write_bytes(note)

    deaths = Deaths(journal.folder)

    assert (deaths.tries(document), deaths.in_a_row(document), deaths.openings(document)) == (0, 0, Openings())


def test_a_daemon_that_dies_while_it_publishes_counts_for_several(journal: Journal, document: Document) -> None:
    def publish() -> None:
        with Deaths(journal.folder).publishing(document):
            (journal.folder.root / "result").write_text("x")

    seen = [Deaths(journal.folder).tries(document) for _ in kill_points(publish)]

    # The old count is read, the new one is written and put in place; from there on a death counts.  To read a count
    # that is there takes one operation more.
    assert seen == [0, 0, 0, PUBLISHING_WEIGHT, 2 * PUBLISHING_WEIGHT]


def test_a_publication_that_fails_in_good_order_counts_for_nothing(journal: Journal, document: Document) -> None:
    deaths = Deaths(journal.folder)
    seen = []
    for _ in range(2):
        with suppress(PublishError), deaths.publishing(document):
            seen.append(Deaths(journal.folder).tries(document))
            raise PublishError("no room")

    assert seen == [PUBLISHING_WEIGHT] * 2
    assert Deaths(journal.folder).tries(document) == 0


def test_a_count_that_cannot_be_taken_back_is_not_made_twice(journal: Journal, document: Document) -> None:
    deaths = Deaths(journal.folder)
    home = journal.folder.document(document.ident)
    for _ in range(2):
        with suppress(PublishError), deaths.publishing(document):
            home.root.rename(home.root.with_name("aside"))
            raise PublishError("gone")
        home.root.with_name("aside").rename(home.root)

    assert Deaths(journal.folder).tries(document) == PUBLISHING_WEIGHT


def test_a_try_that_cannot_be_written_is_told(journal: Journal, document: Document, deaths: Deaths) -> None:
    home = journal.folder.document(document.ident)
    home.root.rename(home.root.with_name("aside"))

    with pytest.raises(PublishError, match="No such file"):
        deaths.daemon_begins(document)

    assert deaths.tries(document) == 0
