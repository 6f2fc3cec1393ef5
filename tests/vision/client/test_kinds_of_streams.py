"""Every way in which servers are known to send an answer, each in three forms: the text arrives whole."""

import json
from collections.abc import Iterator
from typing import NamedTuple

import pytest
from vision.scripted import DONE, USAGE, delta, event

from pipeline.vision.client.response_body import AnswerStream

TABLE = "# Zölle\n\n| Boot | Gebühr |\n|---|---|\n| Ida | 4,50 € |\n"
CHINESE = "以下\n\n<table><tr><td>螺母</td><td>60</td></tr></table>"
HTML = '<table>\n<tr><td>a "b"</td><td>\\alpha</td></tr>\n</table>'
ROLE = event({"choices": [{"index": 0, "delta": {"role": "assistant", "content": None}, "finish_reason": None}]})
STOP = delta(finish="stop")


class Sent(NamedTuple):
    """Bytes as a server sends them, and what they say."""

    body: bytes
    text: str
    thoughts: str = ""
    finish: str | None = "stop"
    piece: int = 4096


def parts(text: str, size: int = 7) -> Iterator[str]:
    return (text[start : start + size] for start in range(0, len(text), size))


def streamed(text: str) -> bytes:
    return b"".join(map(delta, parts(text)))


def raw(text: str) -> bytes:
    """Events with their letters as they are, not as escapes of JSON."""
    values = ({"choices": [{"index": 0, "delta": {"content": part}}]} for part in parts(text, 5))
    return b"".join(b"data: " + json.dumps(value, ensure_ascii=False).encode() + b"\n\n" for value in values)


def in_parts(text: str) -> bytes:
    return b"".join(
        event({"choices": [{"delta": {"content": [{"type": "text", "text": part}]}}]}) for part in parts(text)
    )


def called(arguments: str, size: int) -> bytes:
    functions = ({"name": "emit_page", "arguments": part} for part in parts(arguments, size))
    return b"".join(
        event({"choices": [{"delta": {"tool_calls": [{"index": 0, "function": each}]}}]}) for each in functions
    )


def whole(message: dict[str, object], finish: str = "stop") -> bytes:
    return json.dumps({"choices": [{"index": 0, "message": message, "finish_reason": finish}]}).encode()


def thoughts(text: str, key: str = "reasoning_content") -> bytes:
    return b"".join(event({"choices": [{"delta": {key: part}}]}) for part in parts(text))


def pinged(text: str, ping: bytes) -> bytes:
    return ping + b"".join(delta(part) + ping for part in parts(text))


KINDS: dict[str, tuple[Sent, ...]] = {
    "the role comes first": tuple(Sent(ROLE + streamed(text) + STOP + DONE, text) for text in (TABLE, CHINESE, HTML)),
    "the usage comes last": tuple(Sent(streamed(text) + STOP + USAGE + DONE, text) for text in (TABLE, CHINESE, HTML)),
    "lines end as on Windows": tuple(
        Sent((streamed(text) + STOP + DONE).replace(b"\n", b"\r\n"), text, piece=piece)
        for text, piece in ((TABLE, 1), (CHINESE, 3), (HTML, 4096))
    ),
    "pings between the events": tuple(
        Sent(pinged(text, ping) + STOP + DONE, text)
        for text, ping in ((TABLE, b": ping\n\n"), (CHINESE, b":\n\n"), (HTML, b": keep-alive 3\r\n\r\n"))
    ),
    "no blank behind the field's name": tuple(
        Sent((streamed(text) + STOP + DONE).replace(b"data: ", b"data:"), text) for text in (TABLE, CHINESE, HTML)
    ),
    "letters are split between packets": tuple(
        Sent(raw(text) + STOP + DONE, text, piece=piece) for text, piece in ((TABLE, 1), (CHINESE, 2), (CHINESE, 5))
    ),
    "content is a list of parts": tuple(Sent(in_parts(text) + STOP + DONE, text) for text in (TABLE, CHINESE, HTML)),
    "the page is a tool's argument": (
        Sent(called(json.dumps({"content": TABLE}), 9) + delta(finish="tool_calls") + DONE, TABLE, finish="tool_calls"),
        Sent(
            whole(
                {"content": None, "tool_calls": [{"function": {"name": "x", "arguments": json.dumps({"html": HTML})}}]}
            ),
            HTML,
        ),
        Sent(
            whole({"content": "", "tool_calls": [{"function": {"arguments": json.dumps({"markdown": CHINESE})}}]}),
            CHINESE,
        ),
    ),
    "the page is where thoughts belong": (
        Sent(thoughts(TABLE) + STOP + DONE, "", TABLE),
        Sent(thoughts(CHINESE, "reasoning") + STOP + DONE, "", CHINESE),
        Sent(whole({"content": "", "reasoning_content": HTML}), "", HTML),
    ),
    "thoughts come before the content": tuple(
        Sent(thoughts("Hm. Ein Zoll?", key) + streamed(text) + STOP + DONE, text, "Hm. Ein Zoll?")
        for text, key in ((TABLE, "reasoning_content"), (CHINESE, "reasoning"), (HTML, "reasoning_content"))
    ),
    "the limit is reached in a table": tuple(
        Sent(streamed(text[:-9]) + delta(finish="length") + DONE, text[:-9], finish="length")
        for text in (TABLE, CHINESE, HTML)
    ),
}


@pytest.mark.parametrize("form", range(3))
@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_that_is_sent_in_this_way_arrives_whole(kind: str, form: int) -> None:
    sent = KINDS[kind][form]
    stream = AnswerStream()
    for start in range(0, len(sent.body), sent.piece):
        stream.feed(sent.body[start : start + sent.piece])
    stream.end()

    assert (stream.text, stream.thoughts, stream.finish_reason) == (sent.text, sent.thoughts, sent.finish)
