"""Messages to the thread that owns the state."""

import os
import select
import threading
from collections.abc import Iterator

import pytest

from pipeline.threads.mailbox import Mailbox


@pytest.fixture
def mailbox() -> Iterator[Mailbox[int]]:
    box: Mailbox[int] = Mailbox()
    yield box
    box.close()


def readable(mailbox: Mailbox[int]) -> bool:
    return bool(select.select([mailbox], [], [], 0)[0])


def test_messages_come_in_order_and_wake_whoever_waits(mailbox: Mailbox[int]) -> None:
    assert not readable(mailbox)
    assert mailbox.drain() == []

    mailbox.post(1)
    mailbox.post(2)

    assert readable(mailbox)
    assert mailbox.drain() == [1, 2]
    assert not readable(mailbox)


def test_nothing_is_lost_between_many_threads_and_one_reader(mailbox: Mailbox[int]) -> None:
    def post_from(base: int) -> None:
        for message in range(base, base + 500):
            mailbox.post(message)

    threads = [threading.Thread(target=post_from, args=(base,)) for base in range(0, 2000, 500)]
    for thread in threads:
        thread.start()

    taken: list[int] = []
    while len(taken) < 2000:
        assert select.select([mailbox], [], [], 10)[0]
        taken += mailbox.drain()

    for thread in threads:
        thread.join()
    assert sorted(taken) == list(range(2000))


def test_a_signal_that_comes_after_the_end_harms_nobody() -> None:
    box: Mailbox[int] = Mailbox()
    box.close()

    box.post(1)


def test_a_message_whose_wake_up_is_refused_is_taken_at_the_next_turn(mailbox: Mailbox[int]) -> None:
    os.eventfd_write(mailbox.fileno(), 2**64 - 2)  # as much as it holds (eventfd(2))

    mailbox.post(1)

    assert mailbox.drain() == [1]
