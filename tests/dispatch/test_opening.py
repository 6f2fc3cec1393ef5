"""From a claimed document to its list of pages."""

from dataclasses import replace
from pathlib import Path

import pytest
from claims import claimed, finish_page, journal_of
from fake_pool import FakePool

from pipeline.deadline import Deadline
from pipeline.dispatch.conversion import Conversion, Openings, Phase
from pipeline.dispatch.deaths import FAILED_OPENINGS, KILLED_OPENINGS
from pipeline.dispatch.opening import Reception, ReceptionSettings
from pipeline.errors import DocumentError, EmptyError, PoisonousError, PublishError, TooLargeError, UnreadableError
from pipeline.pool.interface import Loss
from pipeline.worker.tasks import Inspection, WorkerSettings

SETTINGS = ReceptionSettings(
    file_mib=1, pages=100, workers=5, document_timeout_s=300.0, fingerprints={None: "a"}, worker=WorkerSettings()
)

CRASH = Loss(detail="the worker was killed by SIGSEGV")
KILL = Loss(detail="the worker was killed by SIGKILL", from_outside=True)


class Desk:
    """A reception with its surroundings."""

    def __init__(self, folder: Path, processes: int = 2) -> None:
        self.folder = folder
        self.journal = journal_of(folder / "outbox")
        self.pool = FakePool(processes)
        self.reception = Reception(self.pool, self.journal, SETTINGS)

    def receive(self, name: str = "a.pdf") -> Conversion:
        return self.reception.receive(claimed(self.folder, self.journal, name))

    def come_back(self, value: object) -> tuple[Conversion, DocumentError | None]:
        self.reception.give_out(1)
        (key,) = self.pool.tasks
        self.pool.end(key)
        return self.reception.came_back(key, value, 0.0)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_a_counted_document_begins_with_time_for_its_pages(desk: Desk) -> None:
    conversion = desk.receive()
    assert conversion.phase is Phase.INSPECTING

    assert desk.come_back(Inspection(pages=11)) == (conversion, None)

    assert (conversion.phase, conversion.page_count, conversion.remaining) == (Phase.CONVERTING, 11, 11)
    assert conversion.seconds_left(0.0) == 3 * 300.0  # three times five pages
    assert desk.reception.in_work == 0


def test_finished_pages_are_taken_from_the_journal(desk: Desk) -> None:
    conversion = desk.receive()
    desk.journal.begin(conversion.document, "a")
    finish_page(desk.journal, conversion.document, 2)

    desk.come_back(Inspection(pages=3))

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
def test_what_a_worker_says_is_not_believed_unseen(desk: Desk, value: object, code: str) -> None:
    conversion = desk.receive()

    whose, error = desk.come_back(value)

    assert whose is conversion
    assert error is not None
    assert (error.code, bool(str(error))) == (code, True)


def test_pages_beyond_the_end_are_left_out_and_none_at_all_is_a_failure(desk: Desk) -> None:
    some, none = desk.receive("a.pdf"), desk.receive("b.pdf")
    some.document = replace(some.document, only=(2, 9))
    none.document = replace(none.document, only=(8, 9))

    desk.come_back(Inspection(pages=5))
    _, error = desk.come_back(Inspection(pages=5))

    assert list(some.numbers) == [2]
    assert isinstance(error, EmptyError)


def test_a_file_over_the_limit_is_not_even_opened(desk: Desk) -> None:
    document = replace(claimed(desk.folder, desk.journal), size=2 << 20)

    with pytest.raises(TooLargeError, match="2 MiB; 1 MiB are allowed"):
        desk.reception.receive(document)


def test_a_document_over_which_daemons_died_is_set_aside(desk: Desk) -> None:
    with pytest.raises(PoisonousError, match="Daemon after daemon"):
        desk.reception.receive(replace(claimed(desk.folder, desk.journal), tries=SETTINGS.tries))


def lose_opening(desk: Desk, conversion: Conversion, loss: Loss) -> DocumentError | None:
    """Have the document opened, whether or not its pause is over, and lose the worker."""
    conversion.pause = Deadline.after(0)
    desk.reception.give_out(1)
    (key,) = desk.pool.tasks
    desk.pool.end(key)
    assert desk.reception.has(key)
    return desk.reception.lost(key, loss)[1]


def test_a_file_that_kills_its_worker_is_tried_three_times(desk: Desk) -> None:
    conversion = desk.receive()
    errors = [lose_opening(desk, conversion, CRASH) for _ in range(FAILED_OPENINGS)]

    assert errors[:-1] == [None, None]
    assert isinstance(errors[-1], UnreadableError)
    assert "SIGSEGV" in str(errors[-1])
    assert conversion.inspections == 3


def test_a_file_whose_workers_are_killed_by_others_is_opened_again_after_a_pause(desk: Desk) -> None:
    conversion = desk.receive()

    errors = [lose_opening(desk, conversion, KILL) for _ in range(9)]
    other = desk.receive("b.pdf")

    assert set(errors) == {None}
    assert conversion.pause.remaining > 1
    assert desk.come_back(Inspection(pages=1)) == (other, None)
    conversion.pause = Deadline.after(0)
    assert desk.come_back(Inspection(pages=1)) == (conversion, None)


def test_kills_over_an_opening_are_counted_across_daemons_and_end_in_the_end(desk: Desk) -> None:
    document = claimed(desk.folder, desk.journal)
    killed = 0
    while True:
        # A new daemon for every death: the pauses of the one before are over by then.
        reception = Reception(desk.pool, desk.journal, SETTINGS)
        reception.receive(document)
        reception.give_out(1)
        (key,) = desk.pool.tasks
        desk.pool.end(key)
        _, error = reception.lost(key, KILL)
        killed += 1
        if error is not None:
            break

    assert killed == KILLED_OPENINGS
    assert isinstance(error, PoisonousError)
    assert str(KILLED_OPENINGS) in str(error)


def test_a_count_of_openings_that_cannot_be_read_counts_none(desk: Desk) -> None:
    document = claimed(desk.folder, desk.journal)
    for text in ("", "[]", '{"failed": 2}', '{"failed": null, "killed": 1}'):
        (Path(document.path).parent / "openings").write_text(text)

        assert desk.reception.receive(document).openings == Openings()


def test_a_thousand_documents_do_not_all_start_at_once(tmp_path: Path) -> None:
    desk = Desk(tmp_path, processes=5)
    for number in range(50):
        desk.receive(f"{number}.pdf")

    desk.reception.give_out(1)
    desk.reception.give_out(1)
    assert len(desk.pool.tasks) == 1

    desk.reception.give_out(1000)
    assert len(desk.pool.tasks) == desk.reception.in_work == 5


def test_where_nothing_can_be_written_the_document_stays_in_line(desk: Desk) -> None:
    conversion = desk.receive()
    home = Path(conversion.document.path).parent
    desk.reception.give_out(1)
    (home / "pages").rmdir()
    (home / "settings.txt").mkdir()
    (key,) = desk.pool.tasks
    desk.pool.end(key)
    with pytest.raises(PublishError):
        desk.reception.came_back(key, Inspection(pages=1), 0.0)

    (home / "settings.txt").rmdir()
    assert desk.come_back(Inspection(pages=1)) == (conversion, None)
