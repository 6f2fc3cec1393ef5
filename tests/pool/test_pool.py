"""What a pool gives to whoever submits tasks: results, hints, deadlines, refusals."""

import os
import select
import signal

import pytest
from pool_hands import (
    PATIENCE_S,
    OpenPool,
    is_alive,
    next_events,
    run_all,
    run_one,
    settings_of,
    start,
    until_idle,
    worker_of,
)
from pool_tasks import Colour, Plain, Task, Unlisted

from pipeline.deadline import Deadline
from pipeline.errors import PoolError
from pipeline.host.forking import HAS_FORK_SERVER
from pipeline.pool.interface import Done, Expired, Lost, Pool, PoolEvent, Progress, StartMethod


def test_a_plain_result_comes_back_as_it_was(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(1, start_method))

    event = run_one(pool, "plain")

    assert event == Done(key="plain", value=Plain(number=7, colour=Colour.RED))


def test_a_report_comes_before_the_result(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1))
    until_idle(pool, 1)

    pool.submit("report", Task("report", "half way"), Deadline.after(PATIENCE_S))
    events: list[PoolEvent] = []
    while len(events) < 2:
        events += next_events(pool)

    assert events == [Progress(key="report", value="half way"), Done(key="report", value=None)]


def test_a_report_that_comes_after_its_task_reaches_nobody(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1))
    run_one(pool, "keep_report")

    pool.submit("next", Task("report_late", "too late"), Deadline.after(PATIENCE_S))
    events = next_events(pool)

    assert events == [Done(key="next", value=None)]


def test_a_worker_starts_with_its_limits_its_sandbox_and_nothing_of_its_siblings(
    open_pool: OpenPool, start_method: StartMethod
) -> None:
    pool = open_pool(settings_of(3, start_method, memory_mib=1024))
    until_idle(pool, 3)

    limits = run_one(pool, "limits")
    surroundings = run_all(pool, {str(number): Task("surroundings", 0.2) for number in range(3)})

    assert limits == Done(key="limits", value=(1024 * 1024 * 1024, 0, 256, 256 * 1024 * 1024))
    for event in surroundings.values():
        assert isinstance(event, Done)
        assert event.value == ("/dev/null", 1, 1 if HAS_FORK_SERVER else 2, True)  # elsewhere its guard's pipe, too


def test_a_task_goes_to_the_worker_that_was_told_of_it(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(3))
    until_idle(pool, 3)
    first = start(pool, "first", "sleep", 1.0)
    start(pool, "second", "hang")

    pool.prepare("first", Task("hints", "page 4"), next_key="hints")
    (done,) = next_events(pool)
    pool.submit("other", Task("hang"), Deadline.after(PATIENCE_S))
    elsewhere = worker_of(pool, "other")
    pool.submit("hints", Task("hints"), Deadline.after(PATIENCE_S))
    (told,) = next_events(pool)

    assert done == Done(key="first", value=None)
    assert elsewhere != first
    assert told == Done(key="hints", value=("page 4",))


@pytest.mark.parametrize("hint", ["hang", "fail"])
def test_a_hint_that_hangs_or_fails_strands_no_task(open_pool: OpenPool, hint: str) -> None:
    pool = open_pool(settings_of(1))
    start(pool, "first", "sleep", 0.5)

    for _ in range(1000):
        pool.prepare("first", Task(hint, bytes(1000)), next_key="second")
    (done,) = next_events(pool)
    following = run_one(pool, "echo", "next")

    assert done == Done(key="first", value=None)
    assert following == Done(key="echo", value="next")


def test_a_task_whose_hinted_worker_is_busy_or_dead_goes_to_another(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2))
    until_idle(pool, 2)
    busy = start(pool, "first", "hang")

    pool.prepare("first", Task("echo", "hint"), next_key="echo")
    event = run_one(pool, "echo", 1)
    pool.prepare("first", Task("echo", "hint"), next_key="echo")
    pool.cancel("first")
    (cancelled,) = next_events(pool)
    again = run_one(pool, "echo", 2)

    assert event == Done(key="echo", value=1)
    assert isinstance(cancelled, Lost)
    assert again == Done(key="echo", value=2)
    assert not is_alive(busy)


def test_a_running_task_can_be_given_less_time_and_more(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2))
    until_idle(pool, 2)

    pool.submit("less", Task("hang"), Deadline.never())
    pool.submit("more", Task("sleep", 1.2), Deadline.after(0.8))
    pool.limit("less", Deadline.after(0.1))
    pool.limit("more", Deadline.after(PATIENCE_S))
    pool.limit("unheard of", Deadline.after(0))
    first, second = [*next_events(pool), *next_events(pool)]

    assert first == Expired(key="less")
    assert second == Done(key="more", value=None)


def test_a_task_that_is_cancelled_ends_at_once(open_pool: OpenPool, start_method: StartMethod) -> None:
    pool = open_pool(settings_of(1, start_method))
    start(pool, "long", "hang_in_c")

    pool.cancel("long")
    pool.cancel("unheard of")
    events = next_events(pool)

    assert events == [Lost(key="long", exit_code=-signal.SIGKILL, cancelled=True)]


def test_waiting_ends_at_its_deadline_and_when_it_is_woken(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1))
    start(pool, "long", "hang")
    reader, writer = os.pipe()
    with os.fdopen(reader, "rb", buffering=0) as wake, os.fdopen(writer, "wb", buffering=0) as waker:
        nothing = pool.wait(Deadline.after(0.05), [wake])
        waker.write(b"!")
        woken = pool.wait(Deadline.after(PATIENCE_S), [wake])
        readable = select.select([wake], [], [], 0)[0]

    assert nothing == woken == []
    assert readable


def test_a_task_is_refused_when_no_worker_is_idle_and_when_its_key_is_in_use(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(2))
    until_idle(pool, 2)

    start(pool, "one", "hang")
    with pytest.raises(ValueError, match="one"):
        pool.submit("one", Task("hang"), Deadline.never())
    start(pool, "two", "hang")
    with pytest.raises(PoolError):
        pool.submit("three", Task("hang"), Deadline.never())


def test_a_task_that_cannot_travel_is_its_submitters_error(open_pool: OpenPool) -> None:
    pool = open_pool(settings_of(1))
    until_idle(pool, 1)

    with pytest.raises(TypeError, match="does not travel"):
        pool.submit("unlisted", Unlisted(), Deadline.never())
    with pytest.raises(TypeError, match="does not travel"):
        pool.submit("in it", Task("echo", lambda: None), Deadline.never())

    assert pool.idle == 1


def test_the_pool_is_what_the_loop_asks_for(open_pool: OpenPool) -> None:
    pool: Pool = open_pool(settings_of(1))

    assert pool.idle <= 1
