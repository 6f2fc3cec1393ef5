"""The connection between a host's actor and the gateway, with both ends' parts played."""

import asyncio
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, cast

import pytest
from cluster_hands import TERMS_OF_TESTS
from distributed.core import Status

from pipeline.cluster import actor
from pipeline.cluster.actor import HostActor, talk
from pipeline.cluster.messages import ORDERS, TERMS, Limit, Order, Terms

if TYPE_CHECKING:
    from distributed.comm.core import Comm

    from pipeline.cluster.machine import Machine

LIMIT = Limit(attempt=1, remaining_s=2.0)


class PlayedWork:
    """A machine and its work: notes what it hears, and says what it is told to."""

    def __init__(self) -> None:
        self.alive = True
        self.orders: list[Order] = []
        self.post: Callable[[list[bytes]], None] = lambda _: None

    def engage(self, terms: Terms, post: Callable[[list[bytes]], None]) -> "PlayedWork":
        assert terms == TERMS_OF_TESTS
        self.post = post
        return self

    def heard(self, orders: list[Order]) -> None:
        self.orders += orders

    def stop_soon(self) -> None:
        self.alive = False


class PlayedComm:
    """A connection; None ends it."""

    def __init__(self) -> None:
        self.incoming: asyncio.Queue[list[bytes] | None] = asyncio.Queue()
        self.sent: asyncio.Queue[list[bytes]] = asyncio.Queue()
        self.aborted = False

    async def read(self) -> list[bytes]:
        message = await self.incoming.get()
        if message is None:
            raise OSError("it has ended")
        return message

    async def write(self, message: list[bytes]) -> None:
        await self.sent.put(message)

    def abort(self) -> None:
        self.aborted = True


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> PlayedWork:
    work = PlayedWork()
    monkeypatch.setattr(actor, "_MACHINES", [cast("Machine", work)])
    monkeypatch.setattr(actor, "_ACTORS", {})
    HostActor(TERMS.encode(TERMS_OF_TESTS))
    return work


async def talked(comm: PlayedComm, boot: str = TERMS_OF_TESTS.boot) -> Status:
    return await asyncio.wait_for(talk(cast("Comm", comm), boot), 30)


def test_words_go_both_ways_and_the_end_of_the_connection_is_that_of_the_work(work: PlayedWork) -> None:
    async def run() -> PlayedComm:
        comm = PlayedComm()
        talking = asyncio.create_task(talked(comm))
        assert await comm.sent.get() == []
        await comm.incoming.put([ORDERS.encode(LIMIT)])
        thread = threading.Thread(target=work.post, args=([b"report"],))
        thread.start()
        assert await comm.sent.get() == [b"report"]
        thread.join()
        await comm.incoming.put(None)
        await talking
        return comm

    comm = asyncio.run(run())

    assert work.orders == [LIMIT]
    assert (comm.aborted, work.alive) == (True, False)


@pytest.mark.parametrize("nonsense", [[b"\xff"], [b""], [ORDERS.encode(LIMIT), b"\x93" * 5000]])
def test_a_daemon_that_makes_no_sense_is_not_listened_to(work: PlayedWork, nonsense: list[bytes]) -> None:
    async def run() -> PlayedComm:
        comm = PlayedComm()
        await comm.incoming.put(nonsense)
        await talked(comm)
        return comm

    assert asyncio.run(run()).aborted
    assert (work.orders, work.alive) == ([], False)


def test_an_engagement_that_is_over_is_not_talked_to(work: PlayedWork) -> None:
    async def run() -> PlayedComm:
        comm = PlayedComm()
        assert await talked(comm, boot="another") is Status.dont_reply
        return comm

    assert asyncio.run(run()).aborted
    assert work.alive
