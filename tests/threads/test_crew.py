"""Threads for what may take long."""

import threading
from collections.abc import Iterator

import pytest
from claims import eventually
from structlog.testing import capture_logs

from pipeline.threads.crew import Crew


@pytest.fixture
def crew() -> Iterator[Crew]:
    crew = Crew("crew", size=3)
    yield crew
    assert crew.close(10.0)


def test_works_of_one_key_are_done_in_order_and_never_two_at_once(crew: Crew) -> None:
    done: list[int] = []
    running = threading.Lock()

    def work(number: int) -> None:
        assert running.acquire(blocking=False)
        done.append(number)
        running.release()

    for number in range(300):
        crew.submit("key", lambda number=number: work(number))  # type: ignore[misc]  # the default binds it

    assert eventually(lambda: len(done) == 300)
    assert done == list(range(300))


def test_a_work_that_hangs_holds_up_its_own_key_alone(crew: Crew) -> None:
    let_go = threading.Event()
    done: list[str] = []
    for key in ("slow", "slower"):
        crew.submit(key, let_go.wait)
    crew.submit("slow", lambda: done.append("after the slow one"))
    for key in ("a", "b", "c"):
        crew.submit(key, lambda key=key: done.append(key))  # type: ignore[misc]  # the default binds it

    assert eventually(lambda: sorted(done) == ["a", "b", "c"])
    let_go.set()
    assert eventually(lambda: done[-1] == "after the slow one")


def test_the_end_waits_no_longer_than_it_is_told_and_begins_nothing_more() -> None:
    crew = Crew("crew", size=1)
    begun, let_go, more = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        let_go.wait()

    crew.submit("key", hang)
    crew.submit("key", more.set)
    assert begun.wait(60)

    assert not crew.close(0.01)
    crew.submit("other", more.set)
    let_go.set()

    assert crew.close(10.0)
    assert not more.is_set()


@pytest.mark.parametrize("error", [ValueError("sabotage"), RecursionError("sabotage")])
def test_a_work_that_fails_is_logged_and_ends_no_thread(crew: Crew, error: Exception) -> None:
    def fail() -> None:
        raise error

    threads: list[threading.Thread] = []
    with capture_logs() as lines:
        for work in (fail, fail, lambda: threads.append(threading.current_thread())):
            crew.submit("key", work)
        assert eventually(lambda: bool(threads))

    assert [line["event"] for line in lines] == ["fault", "fault"]
    assert threads[0].name == "crew-1"
