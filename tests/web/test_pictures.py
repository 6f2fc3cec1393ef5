"""Who gets a picture, when many are wanted."""

import asyncio
import threading
from pathlib import Path

import pytest
from starlette.exceptions import HTTPException

from pipeline.pictures.drawer import Drawer
from pipeline.web import pictures
from pipeline.web.passwords import Passwords
from pipeline.web.pictures import Pictures

_PATIENCE_S = 90.0
PATH = Path("x.pdf")


class HeldDrawer(Drawer):
    """Draws nothing, and that only when it is let."""

    def __init__(self) -> None:
        super().__init__(memory_mib=1)
        self.drawn: list[int] = []
        self.let = threading.Event()

    def draw(self, path: Path, number: int, *, longest_side_px: int, passwords: tuple[str, ...] = ()) -> bytes:
        del path, longest_side_px, passwords
        self.drawn.append(number)
        assert self.let.wait(_PATIENCE_S)
        return b"%d" % number


async def here() -> bool:
    return False


async def gone() -> bool:
    return True


def key(number: int) -> tuple[str, int, int]:
    return "a" * 64, number, 100


def test_a_picture_that_many_want_is_not_drawn_again_for_those_who_wait() -> None:
    drawer = HeldDrawer()

    async def play() -> list[bytes]:
        kept = Pictures(drawer, Passwords(()))
        many = [asyncio.create_task(kept.get(PATH, key(1), gone=here)) for _ in range(9)]
        await asyncio.sleep(0)
        drawer.let.set()
        return [*await asyncio.gather(*many), await kept.get(PATH, key(1), gone=gone)]

    # So many turns are taken at once, before the first one is done.
    assert asyncio.run(play()) == [b"1"] * 10
    assert len(drawer.drawn) <= pictures.AT_ONCE


def test_pages_that_were_turned_over_quickly_are_not_drawn() -> None:
    drawer = HeldDrawer()

    async def play() -> list[bytes | BaseException]:
        kept = Pictures(drawer, Passwords(()))
        first = [asyncio.create_task(kept.get(PATH, key(number), gone=here)) for number in range(pictures.AT_ONCE)]
        passed = [asyncio.create_task(kept.get(PATH, key(number), gone=gone)) for number in range(10, 30)]
        last = asyncio.create_task(kept.get(PATH, key(99), gone=here))
        await asyncio.sleep(0)
        drawer.let.set()
        return await asyncio.gather(*first, *passed, last, return_exceptions=True)

    found = asyncio.run(play())

    assert sorted(drawer.drawn) == [0, 1, 99]
    assert found[-1] == b"99"
    assert all(isinstance(each, HTTPException) for each in found[2:-1])


def test_more_than_may_wait_are_sent_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "MOST_WAITING", 3)
    drawer = HeldDrawer()

    async def play() -> int:
        kept = Pictures(drawer, Passwords(()))
        waiting = [asyncio.create_task(kept.get(PATH, key(number), gone=here)) for number in range(3)]
        await asyncio.sleep(0)
        try:
            with pytest.raises(HTTPException) as refusal:
                await kept.get(PATH, key(9), gone=here)
        finally:
            drawer.let.set()
            await asyncio.gather(*waiting)
        await kept.get(PATH, key(9), gone=here)
        return refusal.value.status_code

    assert asyncio.run(play()) == 503
