"""Waiting for one of many descriptors, on both sides."""

import socket
from collections.abc import Callable, Collection

import pytest

from pipeline.host.linux.polling import wait_for_any as linux
from pipeline.host.portable.polling import wait_for_any as portable

both = pytest.mark.parametrize("wait", [linux, portable], ids=["linux", "portable"])
Wait = Callable[[Collection[int], Collection[int], float], list[int]]


@both
def test_what_has_come_what_can_be_written_and_what_has_ended_is_told(wait: Wait) -> None:
    pairs = [socket.socketpair() for _ in range(3)]
    quiet, told, ended = (ours.fileno() for ours, _ in pairs)
    pairs[1][1].send(b"x")
    pairs[2][1].close()

    assert sorted(wait({quiet, told, ended}, (), 10)) == sorted([told, ended])
    assert wait({quiet}, {quiet}, 10) == [quiet]
    assert wait({quiet}, (), 0) == []
    for ours, theirs in pairs:
        ours.close()
        theirs.close()


@both
def test_a_wait_without_end_is_no_error(wait: Wait) -> None:
    ours, theirs = socket.socketpair()
    theirs.send(b"x")

    assert wait({ours.fileno()}, (), float("inf")) == [ours.fileno()]
    ours.close()
    theirs.close()
