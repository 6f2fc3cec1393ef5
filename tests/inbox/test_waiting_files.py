"""What is known of the files in the inbox between two looks."""

from pathlib import PurePosixPath

import pytest

from pipeline.errors import ChangedError, PublishError
from pipeline.files.stamp import Stamp
from pipeline.inbox.completeness import Sighting
from pipeline.inbox.examination import ExaminationFailed, Gone, Incomplete, Left, Question, Refused
from pipeline.inbox.waiting_files import LAST_RETRY_S, RETRY_S, WaitingFiles

A, B = PurePosixPath("a.pdf"), PurePosixPath("sub/b.pdf")
STAMP = Stamp(device=1, inode=2, size=3, modified_ns=4, changed_ns=5)
SEEN = Sighting(stamp=STAMP, since=0.0, finished=False)


@pytest.fixture
def waiting() -> WaitingFiles:
    return WaitingFiles()


def asked(waiting: WaitingFiles, now: float) -> list[PurePosixPath]:
    return [question.relative for question in waiting.take_due(now)]


def test_a_file_is_asked_about_at_once_and_again_when_its_time_has_come(waiting: WaitingFiles) -> None:
    waiting.note(A, finished=True, now=0.0)

    assert waiting.take_due(0.0) == [Question(relative=A, finished=True)]
    assert asked(waiting, 100.0) == []  # the answer is still to come

    waiting.answer(A, Incomplete(sighting=SEEN, wait=5.0), now=1.0)
    assert waiting.next_due() == 6.0
    assert asked(waiting, 5.9) == []
    assert waiting.take_due(6.0) == [Question(relative=A, sighting=SEEN)]

    waiting.answer(A, Gone(), now=7.0)
    assert not waiting.waiting
    assert waiting.next_due() is None


def test_what_is_said_while_the_answer_is_on_its_way_is_asked_about_afterwards(waiting: WaitingFiles) -> None:
    for answer in (Gone(), Left(stamp=STAMP), Incomplete(sighting=SEEN, wait=50.0)):
        waiting.note(A, finished=False, now=0.0)
        asked(waiting, 0.0)
        waiting.note(A, finished=True, now=1.0)
        waiting.answer(A, answer, now=2.0)

        (question,) = waiting.take_due(2.0)
        assert question.finished
        waiting.answer(A, Gone(), now=3.0)


def test_what_fails_is_tried_ever_later_and_a_success_forgets_that(waiting: WaitingFiles) -> None:
    error = PublishError("the disk is full")
    waiting.note(A, finished=False, now=0.0)
    now, pauses = 0.0, []
    for _ in range(7):
        asked(waiting, now)
        waiting.answer(A, ExaminationFailed(sighting=SEEN, error=error), now=now)
        due = waiting.next_due()
        assert due is not None
        pauses.append(due - now)
        now = due
        waiting.note_listing(PurePosixPath(), ["a.pdf"], now=now)  # a look at everything makes no haste

    assert pauses == [RETRY_S, 4.0, 8.0, 16.0, LAST_RETRY_S, LAST_RETRY_S, LAST_RETRY_S]
    assert waiting.error is error
    asked(waiting, now)
    waiting.answer(A, Gone(), now=now)
    assert waiting.error is None


def test_a_file_that_has_changed_is_no_trouble(waiting: WaitingFiles) -> None:
    waiting.note(A, finished=False, now=0.0)
    asked(waiting, 0.0)
    waiting.answer(A, ExaminationFailed(sighting=SEEN, error=ChangedError("replaced")), now=0.0)

    assert waiting.error is None
    assert waiting.next_due() == RETRY_S


def test_a_file_that_is_left_comes_up_with_each_look_and_its_reason_is_said_once(waiting: WaitingFiles) -> None:
    said = []
    for number in range(3):
        waiting.note_listing(PurePosixPath(), ["a.pdf"], now=float(number))
        (question,) = waiting.take_due(float(number))
        why = None if question.left else "too large"
        said.append(waiting.answer(A, Left(stamp=STAMP, why=why), now=float(number)))

    assert said == [True, False, False]
    assert not waiting.waiting


def test_a_file_over_which_we_stumbled_comes_up_with_its_next_event_only(waiting: WaitingFiles) -> None:
    waiting.note(A, finished=False, now=0.0)
    asked(waiting, 0.0)
    assert waiting.answer(A, Left(why="a fault", stuck=True), now=0.0)

    waiting.note_listing(PurePosixPath(), ["a.pdf"], now=1.0)
    assert asked(waiting, 1.0) == []
    waiting.note(A, finished=True, now=2.0)
    assert asked(waiting, 2.0) == [A]


def test_what_is_no_file_is_said_once_until_it_is_another_thing(waiting: WaitingFiles) -> None:
    said = []
    for kind in ("pipe", "pipe", "symbolic link"):
        waiting.note(A, finished=False, now=0.0)
        asked(waiting, 0.0)
        said.append(waiting.answer(A, Refused(kind=kind), now=0.0))

    assert said == [True, False, True]


def test_a_listing_brings_new_files_and_forgets_those_of_its_folder_that_are_gone(waiting: WaitingFiles) -> None:
    waiting.note_listing(PurePosixPath("sub"), ["b.pdf", "c.pdf"], now=0.0)
    waiting.note(A, finished=False, now=0.0)
    assert len(asked(waiting, 0.0)) == 3
    for relative in (A, B, PurePosixPath("sub/c.pdf")):
        waiting.answer(relative, Incomplete(sighting=SEEN, wait=9.0), now=0.0)

    waiting.note_listing(PurePosixPath("sub"), ["b.pdf"], now=1.0)

    assert set(waiting.waiting) == {A, B}
    assert asked(waiting, 1.0) == [B]  # without events a look is all that tells of changes
