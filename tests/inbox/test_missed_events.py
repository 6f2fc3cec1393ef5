"""Events that should have come."""

from pathlib import PurePosixPath

from pipeline.inbox.missed_events import MissedEvents

A, B = PurePosixPath("a.pdf"), PurePosixPath("sub/b.pdf")


def test_a_file_of_which_no_event_tells_in_time_is_noticed_once() -> None:
    missed = MissedEvents()
    missed.note_found([A], now=0.0)

    assert not missed.check(10.0)
    assert missed.check(10.1)
    assert missed.noticed
    assert not missed.check(99.0)


def test_an_event_for_each_file_means_that_none_was_missed() -> None:
    missed = MissedEvents()
    missed.note_found([A, B], now=0.0)

    assert not missed.note_event(A)
    assert not missed.note_event(B)
    assert not missed.check(99.0)


def test_the_next_event_of_any_file_says_that_they_come_again() -> None:
    missed = MissedEvents()
    missed.note_found([A], now=0.0)
    missed.check(99.0)

    assert missed.note_event(B)
    assert not missed.noticed
    assert not missed.note_event(B)


def test_files_that_are_forgotten_are_not_waited_for() -> None:
    missed = MissedEvents()
    missed.note_found([A], now=0.0)
    missed.forget()

    assert not missed.check(99.0)
