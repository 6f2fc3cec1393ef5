"""The faults of time and of the connection, as scripts."""

from collections.abc import Callable

from simulator.dialects.base import EVENTS
from simulator.faults import Fault
from simulator.jsons import json_to_bytes
from simulator.scenes import Scene, answer_script, half_answer
from simulator.steps import Close, Die, HalfClose, Hang, Reset, Script, Send, Wait, delayed, dripped
from simulator.wire import event, head_to_bytes


def hang(_scene: Scene) -> Script:
    """Nothing, for ever."""
    yield Hang()


def headers_only(scene: Scene) -> Script:
    """The head of a good answer, then nothing."""
    yield Wait(scene.first)
    yield Send(_head(scene))
    yield Hang()


def stall_before_token(scene: Scene) -> Script:
    """Head and opening event, then nothing; without a stream the head and the first byte of the body."""
    yield Wait(scene.first)
    yield Send(_head(scene) + (scene.parts().opening if scene.ask.stream else b"{"))
    yield Hang()


def stall(scene: Scene) -> Script:
    """Half of the answer, then nothing."""
    yield from half_answer(scene)
    yield Hang()


def drip(scene: Scene) -> Script:
    """The answer's bytes one at a time; when they are all out, it goes on with the same text again, for ever."""
    pause = scene.seconds(0.2)
    yield Wait(scene.first)
    if not scene.ask.stream:
        yield Send(head_to_bytes(200, scene.dialect.head(scene.dialect.json_type, 1 << 40, last=scene.last)))
        yield from dripped([Send(scene.body()[:-1])], pause)
        while True:
            yield from dripped([Send(b" ")], pause)
    parts = scene.parts()
    yield from dripped([Send(scene.stream_head() + parts.opening)], pause)
    while True:
        yield from dripped([Send(piece) for piece in parts.pieces or [event(b"{}")]], pause)


def drip_headers(scene: Scene) -> Script:
    """A status line, and then a header without an end."""
    yield from dripped([Send(b"HTTP/1.1 200 OK\r\nX-Patience: ")], scene.seconds(0.2))
    while True:
        yield from dripped([Send(b"a")], scene.seconds(0.2))


def slow_prompt(scene: Scene) -> Script:
    """A good answer after a long silence."""
    return delayed(answer_script(scene), scene.seconds(30.0))


def slow(scene: Scene) -> Script:
    """A good answer stretched over so many seconds."""
    yield Wait(scene.seconds(30.0) - scene.first - scene.rest)
    yield from answer_script(scene)


def reset(scene: Scene) -> Script:
    """RST before any byte."""
    yield Wait(scene.first)
    yield Reset()


def reset_in_body(scene: Scene) -> Script:
    """RST after half of the answer; the pause lets that half arrive, since RST discards what is still on its way."""
    yield from half_answer(scene)
    yield Wait(scene.seconds(0.1))
    yield Reset()


def close(scene: Scene) -> Script:
    """FIN before any byte."""
    yield Wait(scene.first)
    yield Close()


def close_in_body(scene: Scene) -> Script:
    """FIN after half of the answer."""
    yield from half_answer(scene)
    yield Close()


def half_close(scene: Scene) -> Script:
    """FIN after half of the answer, and then silence."""
    yield from half_answer(scene)
    yield HalfClose()
    yield Hang()


def die(scene: Scene) -> Script:
    """The whole server goes."""
    yield Wait(scene.first)
    yield Die()


def _head(scene: Scene) -> bytes:
    if scene.ask.stream:
        return scene.stream_head(EVENTS)
    body = json_to_bytes(scene.dialect.completion(scene.draft))
    return head_to_bytes(200, scene.dialect.head(scene.dialect.json_type, len(body), last=scene.last))


SILENCES: dict[Fault, Callable[[Scene], Script]] = {
    Fault.HANG: hang,
    Fault.HEADERS_ONLY: headers_only,
    Fault.STALL_BEFORE_TOKEN: stall_before_token,
    Fault.STALL: stall,
    Fault.DRIP: drip,
    Fault.DRIP_HEADERS: drip_headers,
    Fault.SLOW_PROMPT: slow_prompt,
    Fault.SLOW: slow,
    Fault.RESET: reset,
    Fault.RESET_IN_BODY: reset_in_body,
    Fault.CLOSE: close,
    Fault.CLOSE_IN_BODY: close_in_body,
    Fault.HALF_CLOSE: half_close,
    Fault.DIE: die,
}
