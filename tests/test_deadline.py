"""Time limits as points on a clock."""

from pipeline.deadline import Deadline


def test_a_deadline_that_lies_ahead_has_time_left() -> None:
    deadline = Deadline.after(100.0)

    assert 99.0 < deadline.remaining <= 100.0
    assert not deadline.expired


def test_a_deadline_that_has_passed_has_none() -> None:
    deadline = Deadline.after(-1.0)

    assert (deadline.remaining, deadline.expired) == (0.0, True)


def test_never_is_later_than_anything() -> None:
    soon = Deadline.after(1.0)

    assert Deadline.never().sooner(soon) == soon.sooner(Deadline.never()) == soon
    assert not Deadline.never().expired
