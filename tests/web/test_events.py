"""What those who watch are told, event by event, in an event loop of the test's own."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from structlog.testing import capture_logs

from pipeline.files.json_values import JsonObject
from pipeline.web import events
from pipeline.web.events import StateEvents

# Nothing waits this long when all is well.
_PATIENCE_S = 90.0


@pytest.fixture(autouse=True)
def _no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_LEAST_S", 0)


class Stage:
    """Events of a state that a test sets; as the page has it, whoever changes the state says so."""

    def __init__(self) -> None:
        self.state: JsonObject = {"state": "first"}
        self.state_events = StateEvents(self._made)

    def _made(self) -> JsonObject:
        if self.state.get("state") == "broken":
            raise ValueError
        return self.state

    def change(self, state: str, *, quietly: bool = False) -> None:
        """The state is another one; ``quietly`` where the page is not told, since nobody watches."""
        self.state = {"state": state}
        if not quietly:
            self.state_events.wake()


@asynccontextmanager
async def running() -> AsyncIterator[Stage]:
    stage = Stage()
    task = asyncio.create_task(stage.state_events.run())
    try:
        async with asyncio.timeout(_PATIENCE_S):
            yield stage
        assert not task.done()
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def told(stream: AsyncIterator[bytes]) -> str:
    data = await anext(stream)
    return str(json.loads(data.partition(b"data: ")[2])["state"])


async def settled() -> None:
    """Whatever is about to run in the loop has run."""
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_change_back_to_what_was_told_before_anybody_watched_is_told() -> None:
    async def play() -> list[str]:
        async with running() as stage:
            earlier = stage.state_events.stream()
            await told(earlier)
            stage.change("idle")
            found = [await told(earlier)]
            await earlier.aclose()
            stage.change("trouble", quietly=True)
            stream = stage.state_events.stream()
            found.append(await told(stream))
            stage.change("idle")
            found.append(await told(stream))
            await stream.aclose()
            return found

    assert asyncio.run(play()) == ["idle", "trouble", "idle"]


def test_what_a_stream_began_with_is_not_told_again() -> None:
    async def play() -> list[str]:
        async with running() as stage:
            stage.change("second")  # the page is woken only after the stream has begun
            stream = stage.state_events.stream()
            found = [await told(stream)]
            await settled()
            stage.change("third")
            found.append(await told(stream))
            await stream.aclose()
            return found

    assert asyncio.run(play()) == ["second", "third"]


def test_a_stream_that_begins_tells_the_others_what_it_sees() -> None:
    async def play() -> tuple[str, str]:
        async with running() as stage:
            one, other = stage.state_events.stream(), stage.state_events.stream()
            await told(one)
            stage.change("second", quietly=True)
            found = await told(other), await told(one)
            await one.aclose()
            await other.aclose()
            return found

    assert asyncio.run(play()) == ("second", "second")


def test_one_that_is_slow_gets_the_latest_and_not_what_it_missed() -> None:
    async def play() -> list[str]:
        async with running() as stage:
            slow, quick = stage.state_events.stream(), stage.state_events.stream()
            found = [await told(slow)]
            await told(quick)
            for number in range(5):
                stage.change(f"{number}")
                await told(quick)
            found.append(await told(slow))
            await slow.aclose()
            await quick.aclose()
            return found

    assert asyncio.run(play()) == ["first", "4"]


def test_a_state_that_cannot_be_told_does_not_end_the_telling() -> None:
    async def play() -> str:
        async with running() as stage:
            stream = stage.state_events.stream()
            await told(stream)
            stage.change("broken")
            await settled()
            stage.change("second")
            found = await told(stream)
            await stream.aclose()
            return found

    with capture_logs() as log:
        assert asyncio.run(play()) == "second"

    assert [line["event"] for line in log] == ["fault_in_news"]


def test_a_sign_of_life_comes_where_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(events, "_ALIVE_S", 0)

    async def play() -> bytes:
        async with running() as stage:
            stream = stage.state_events.stream()
            await anext(stream)
            sign = await anext(stream)
            await stream.aclose()
            return sign

    assert asyncio.run(play()).startswith(b":")


def test_a_stream_ends_when_all_do() -> None:
    async def play() -> bytes:
        async with running() as stage:
            stream = stage.state_events.stream()
            await anext(stream)
            stage.state_events.close()
            return b"".join([piece async for piece in stream])

    assert asyncio.run(play()) == b""
