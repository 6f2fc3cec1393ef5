"""A lock on an open file, on both sides."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.host.linux import lock as linux
from pipeline.host.portable import lock as portable

both = pytest.mark.parametrize(
    ("take", "is_taken"),
    [(linux.take, linux.is_taken), (portable.take, portable.is_taken)],
    ids=["linux", "portable"],
)
Act = Callable[[int], bool]


@both
def test_one_has_it_until_it_closes_the_file_or_dies(tmp_path: Path, take: Act, is_taken: Act) -> None:
    first, second = (os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    assert not is_taken(second)

    assert take(first)
    assert is_taken(second)
    assert not take(second)

    os.close(first)
    assert not is_taken(second)
    assert take(second)
    os.close(second)


def test_a_question_takes_nothing(tmp_path: Path) -> None:
    asker = os.open(tmp_path / "lock", os.O_RDONLY | os.O_CREAT)
    taker = os.open(tmp_path / "lock", os.O_RDWR)

    assert not linux.is_taken(asker)  # and the descriptor stays open
    assert linux.take(taker)
    os.close(asker)
    os.close(taker)


def test_who_only_asks_keeps_nobody_out_without_linux_either(tmp_path: Path) -> None:
    asker, taker = (os.open(tmp_path / "lock", os.O_RDWR | os.O_CREAT) for _ in range(2))
    asking = threading.Event()

    def ask() -> None:
        while not asking.is_set():
            portable.is_taken(asker)

    thread = threading.Thread(target=ask)
    thread.start()
    try:
        for _ in range(50):
            assert portable.take(taker)
            os.close(taker)
            taker = os.open(tmp_path / "lock", os.O_RDWR)
    finally:
        asking.set()
        thread.join()
    os.close(asker)
    os.close(taker)
