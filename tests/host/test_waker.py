"""A descriptor by which one thread wakes another, on both sides."""

import os

import pytest

from pipeline.host.linux.polling import wait_for_any
from pipeline.host.linux.waker import Waker as LinuxWaker
from pipeline.host.portable.waker import Waker as PortableWaker

Waker = LinuxWaker | PortableWaker
both = pytest.mark.parametrize("side", [LinuxWaker, PortableWaker], ids=["linux", "portable"])


def readable(waker: Waker) -> bool:
    return wait_for_any({waker.fileno()}, (), 0) != []


@both
def test_it_is_readable_from_waking_to_clearing(side: type[Waker]) -> None:
    waker = side()
    assert not readable(waker)
    waker.clear()

    waker.wake()
    waker.wake()
    assert readable(waker)

    waker.clear()
    assert not readable(waker)
    waker.close()


@both
def test_waking_a_full_one_never_blocks(side: type[Waker]) -> None:
    waker = side()
    if isinstance(waker, LinuxWaker):
        os.eventfd_write(waker.fileno(), 2**64 - 2)  # as much as it holds (eventfd(2))
    for _ in range(10_000):
        waker.wake()

    assert readable(waker)
    waker.clear()
    assert not readable(waker)
    waker.close()


@both
def test_a_signal_that_comes_after_the_end_harms_nobody(side: type[Waker]) -> None:
    waker = side()
    waker.close()

    waker.wake()

    assert waker.fileno() == -1
