"""From a claimed document to its list of pages."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import claimed, finish_page, journal_of
from fake_pool import FakePool

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, Phase
from pipeline.dispatch.deaths import Deaths
from pipeline.dispatch.document_settings import DocumentSettings
from pipeline.dispatch.opening import FAILED_OPENINGS, KILLED_OPENINGS, TRIES, Objection, Opening, OpeningSettings
from pipeline.document import Document
from pipeline.errors import DocumentError, NoSuchPageError, PoisonousError, PublishError, TooLargeError, UnreadableError
from pipeline.pool.interface import Loss
from pipeline.worker.tasks import Inspection

SETTINGS = OpeningSettings(file_mib=1, pages=100, workers=5, document_timeout_s=300.0)


def settings_of(document: Document) -> DocumentSettings:
    del document
    return DocumentSettings(fingerprint="a")


CRASH = Loss(detail="the worker was killed by SIGSEGV")
KILL = Loss(detail="the worker was killed by SIGKILL", from_outside=True)


class Surroundings:
    """Documents, workers, and the opening of the ones by the others."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        self.folder = folder
        self.journal = journal_of(folder / "outbox")
        self.pool = FakePool(processes)
        self.deaths = Deaths(self.journal.folder)
        self.opening = Opening(self.pool, self.journal, self.deaths, SETTINGS, settings_of)

    def receive(self, name: str = "a.pdf") -> Conversion:
        return self.opening.receive(claimed(self.folder, self.journal, name))

    def come_back(self, value: object) -> tuple[Conversion, Objection | None]:
        self.opening.give_out(1)
        (key,) = self.pool.tasks
        self.pool.end(key)
        return self.opening.take_result(key, value, 0.0)


@pytest.fixture
def around(tmp_path: Path) -> Surroundings:
    return Surroundings(tmp_path)


def test_a_counted_document_begins_with_time_for_its_pages(around: Surroundings) -> None:
    conversion = around.receive()
    assert conversion.phase is Phase.INSPECTING

    assert around.come_back(Inspection(pages=11)) == (conversion, None)

    assert (conversion.phase, conversion.page_count, conversion.remaining) == (Phase.CONVERTING, 11, 11)
    assert conversion.seconds_left(0.0) == 3 * 300.0  # three times five pages
    assert around.opening.in_work == 0


def test_finished_pages_are_taken_from_the_journal(around: Surroundings) -> None:
    conversion = around.receive()
    around.journal.begin(conversion.document, "a")
    finish_page(around.journal, conversion.document, 2)

    around.come_back(Inspection(pages=3))

    assert set(conversion.finished) == {2}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (Inspection(pages=0, code="encrypted", detail="It asks for a password."), "encrypted"),
        (Inspection(pages=0, code="gibberish", detail="?"), "unreadable"),
        (Inspection(pages=101), "too_large"),
        (Inspection(pages=0), "unreadable"),
        (Inspection(pages=-1), "unreadable"),
        ("rubbish", "unreadable"),
        (None, "unreadable"),
    ],
)
def test_what_a_worker_says_is_not_believed_unseen(around: Surroundings, value: object, code: str) -> None:
    conversion = around.receive()

    whose, error = around.come_back(value)

    assert whose is conversion
    assert isinstance(error, DocumentError)
    assert (error.code, bool(str(error))) == (code, True)


def test_a_pdf_that_was_made_of_a_picture_is_not_begun_without_its_hash(around: Surroundings) -> None:
    conversion = around.receive("a.png")
    conversion.document.pdf.write_bytes(b"%PDF-")

    _, error = around.come_back(Inspection(pages=1))

    assert isinstance(error, UnreadableError)


def test_pages_beyond_the_end_are_left_out_and_none_at_all_is_a_mistake_of_the_command(around: Surroundings) -> None:
    some, none = around.receive("a.pdf"), around.receive("b.pdf")
    some.document = replace(some.document, only=(2, 9))
    none.document = replace(none.document, only=(8, 9))

    around.come_back(Inspection(pages=5))
    _, error = around.come_back(Inspection(pages=5))

    assert list(some.numbers) == [2]
    assert isinstance(error, NoSuchPageError)


def test_a_file_over_the_limit_is_not_even_opened(around: Surroundings) -> None:
    document = replace(claimed(around.folder, around.journal), size=2 << 20)

    with pytest.raises(TooLargeError, match="2 MiB; 1 MiB are allowed"):
        around.opening.receive(document)


def test_a_document_over_which_daemons_died_is_set_aside(around: Surroundings) -> None:
    document = claimed(around.folder, around.journal)
    around.journal.folder.document(document.ident).tries.write_text(str(TRIES))

    with pytest.raises(PoisonousError, match="Daemon after daemon"):
        around.opening.receive(document)


def lose_opening(around: Surroundings, conversion: Conversion, loss: Loss) -> DocumentError | None:
    """Have the document opened, whether or not its pause is over, and lose the worker."""
    conversion.pause = Deadline.after(0)
    around.opening.give_out(1)
    (key,) = around.pool.tasks
    around.pool.end(key)
    assert around.opening.has(key)
    return around.opening.take_loss(key, loss)[1]


def test_a_file_that_kills_its_worker_is_tried_three_times(around: Surroundings) -> None:
    conversion = around.receive()
    errors = [lose_opening(around, conversion, CRASH) for _ in range(FAILED_OPENINGS)]

    assert errors[:-1] == [None, None]
    assert isinstance(errors[-1], UnreadableError)
    assert "SIGSEGV" in str(errors[-1])
    assert conversion.inspections == 3


def test_a_file_whose_workers_are_killed_by_others_is_opened_again_after_a_pause(around: Surroundings) -> None:
    conversion = around.receive()

    errors = [lose_opening(around, conversion, KILL) for _ in range(9)]
    other = around.receive("b.pdf")

    assert set(errors) == {None}
    assert conversion.pause.remaining > 1
    assert around.come_back(Inspection(pages=1)) == (other, None)
    conversion.pause = Deadline.after(0)
    assert around.come_back(Inspection(pages=1)) == (conversion, None)


def test_kills_over_an_opening_are_counted_across_daemons_and_end_in_the_end(around: Surroundings) -> None:
    document = claimed(around.folder, around.journal)
    killed = 0
    while True:
        # A new daemon for every death: the pauses of the one before are over by then.
        opening = Opening(around.pool, around.journal, Deaths(around.journal.folder), SETTINGS, settings_of)
        opening.receive(document)
        opening.give_out(1)
        (key,) = around.pool.tasks
        around.pool.end(key)
        _, error = opening.take_loss(key, KILL)
        killed += 1
        if error is not None:
            break

    assert killed == KILLED_OPENINGS
    assert isinstance(error, PoisonousError)
    assert str(KILLED_OPENINGS) in str(error)


def test_a_thousand_documents_do_not_all_start_at_once(tmp_path: Path) -> None:
    around = Surroundings(tmp_path, processes=5)
    for number in range(50):
        around.receive(f"{number}.pdf")

    around.opening.give_out(1)
    around.opening.give_out(1)
    assert len(around.pool.tasks) == 1

    around.opening.give_out(1000)
    assert len(around.pool.tasks) == around.opening.in_work == 5


def test_where_nothing_can_be_written_the_document_stays_in_line(around: Surroundings) -> None:
    conversion = around.receive()
    home = Path(conversion.document.path).parent
    around.opening.give_out(1)
    (home / "pages").rmdir()
    (home / "settings.txt").mkdir()
    (key,) = around.pool.tasks
    around.pool.end(key)
    with pytest.raises(PublishError):
        around.opening.take_result(key, Inspection(pages=1), 0.0)

    (home / "settings.txt").rmdir()
    assert around.come_back(Inspection(pages=1)) == (conversion, None)
