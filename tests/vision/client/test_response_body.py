import json

import pytest
from vision.scripted import DONE, USAGE, delta, event

from pipeline.vision.client.response_body import TEXT_CHARACTERS, AnswerStream, Usage


def read(*pieces: bytes) -> AnswerStream:
    stream = AnswerStream()
    for piece in pieces:
        stream.feed(piece)
    stream.end()
    return stream


def choice(**keys: object) -> bytes:
    return event({"choices": [keys]})


def called(arguments: str) -> dict[str, object]:
    return {"content": None, "tool_calls": [{"function": {"arguments": arguments}}]}


def test_each_feed_tells_what_it_added() -> None:
    stream = AnswerStream()

    assert stream.feed(delta(reasoning_content="Hm. ")) == "Hm. "
    assert stream.feed(delta("<p>") + delta("Hel")) == "<p>Hel"
    assert stream.feed(delta("lo")[:20]) == ""
    assert stream.feed(delta("lo")[20:]) == "lo"
    assert (stream.text, stream.thoughts, stream.tokens) == ("<p>Hello", "Hm. ", 4)


def test_facts_of_a_whole_stream() -> None:
    stream = read(delta("a"), delta(finish="stop"), USAGE, DONE)

    assert (stream.text, stream.finish_reason, stream.complete) == ("a", "stop", True)
    assert stream.usage == Usage(prompt_tokens=1403, completion_tokens=3)
    assert stream.model == "qwen3-vl-8b"


@pytest.mark.parametrize("ending", [b"\n", b"\r\n", b"\r"])
@pytest.mark.parametrize("size", [1, 3, 1000])
def test_lines_may_end_in_any_way_and_be_cut_anywhere(ending: bytes, size: int) -> None:
    body = b": ping\n\nevent: message\nid: 7\nretry: 9\n" + delta("a") + delta("é") + delta("c", finish="stop") + DONE
    body = body.replace(b"\n", ending)

    stream = read(*(body[start : start + size] for start in range(0, len(body), size)))

    assert (stream.text, stream.finish_reason, stream.complete) == ("aéc", "stop", True)


def test_one_event_may_have_several_lines() -> None:
    pretty = b"".join(
        b"data: " + line + b"\n" for line in json.dumps(json.loads(delta("a")[6:]), indent=1).encode().split(b"\n")
    )

    assert read(pretty + b"\n", delta("b")).text == "ab"


def test_events_without_blank_lines_between_them_are_told_apart() -> None:
    assert read(delta("a").rstrip() + b"\n" + delta("b").rstrip() + b"\n" + DONE).text == "ab"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ({"choices": [{"message": {"content": "a"}, "finish_reason": "stop"}]}, "a"),
        ({"choices": [{"message": {"content": [{"type": "text", "text": "a"}, "b", {"image": 1}]}}]}, "ab"),
        ({"choices": [{"text": "a"}]}, "a"),
        ({"choices": [{"message": called('{"html": "a\\nb"}')}]}, "a\nb"),
        (
            {"choices": [{"message": {"tool_calls": [{"function": {"arguments": '{"a": "x", "b": "y"}'}}]}}]},
            '{"a": "x", "b": "y"}',
        ),
        ({"choices": []}, ""),
        ({"choices": [None]}, ""),
        ({"choices": [{"message": None}]}, ""),
        ({"choices": [{"message": {"content": {"odd": 1}}}]}, ""),
    ],
)
def test_a_document_in_one_piece_is_read(body: object, text: str) -> None:
    stream = read(json.dumps(body).encode())

    assert stream.text == text
    assert stream.complete
    assert stream.complaint is None


def test_a_byte_order_mark_and_blanks_come_before_a_document_too() -> None:
    assert read(b"\xef\xbb\xbf \n", b'{"choices": [{"text": "a"}]}').text == "a"


@pytest.mark.parametrize("cut", [b'{"choices": [', b"[[[", b'{"a": NaN', b"{" * 5000])
def test_a_document_that_is_cut_is_junk(cut: bytes) -> None:
    stream = read(cut)

    assert not stream.complete
    assert stream.junk


@pytest.mark.parametrize(
    "body",
    [
        b'{"error": "flat"}',
        b'{"error": {"message": "object"}}',
        b'{"object": "error", "message": "older vLLM"}',
        b'{"detail": "FastAPI"}',
        delta("a") + event({"error": {"message": "late"}}),
        b"event: error\n" + event({"message": "named"}),
        b"event: error\ndata: words\n\n",
        b"error: true\ndata: words\n\n",
        choice(message={"refusal": "No."}),
    ],
)
def test_errors_are_found_wherever_they_stand(body: bytes) -> None:
    assert read(body).complaint is not None


def test_bad_utf8_costs_a_character_and_no_page() -> None:
    assert read(delta("x").replace(b'"x"', b'"a\xffb"')).text == "a\ufffdb"


def test_surrogates_that_came_apart_are_put_together_and_single_ones_replaced() -> None:
    halves = (b"\\ud83d", b"\\ude00", b"\\ud83d!")
    events = [event(b'{"choices":[{"delta":{"content":"%s"}}]}' % half) for half in halves]

    assert read(*events).text == "😀\ufffd!"


@pytest.mark.parametrize("count", [-1, 1e12, float("nan"), float("inf"), True, "7", None, [], 10**400])
def test_counts_that_cannot_be_are_not_believed(count: object) -> None:
    stream = read(event({"usage": {"prompt_tokens": count, "completion_tokens": 7.0}}))

    assert stream.usage == Usage(prompt_tokens=None, completion_tokens=7)


def test_a_flood_of_text_is_noticed() -> None:
    stream = AnswerStream()
    while not stream.flooded:
        stream.feed(delta("word " * 2000))

    assert TEXT_CHARACTERS < len(stream.text) < TEXT_CHARACTERS + 20_000


def test_a_line_without_end_is_cut() -> None:
    stream = AnswerStream()
    for _ in range(80):
        stream.feed(b"data: " + b"x" * 65536)

    assert stream.text == ""
    assert len(stream.junk) < 1000


def test_what_follows_the_end_of_an_answer_is_no_part_of_it() -> None:
    stream = read(
        delta("<p>One</p>"), delta(finish="stop"), DONE, delta("<p>Another</p>"), delta(finish="length"), DONE
    )

    assert (stream.text, stream.finish_reason, stream.complete) == ("<p>One</p>", "stop", True)


@pytest.mark.parametrize("first", [0, 1])
def test_of_several_answers_at_once_only_the_first_is_taken(first: int) -> None:
    pieces = [
        choice(index=index, delta={"content": text})
        for text, other in (("<p>", "ZZ"), ("One", "YY"), ("</p>", "XX"))
        for index, text in ((first, text), (1 - first, other))
    ]

    stream = read(
        *pieces, choice(index=1 - first, finish_reason="length"), choice(index=first, finish_reason="stop"), DONE
    )

    assert (stream.text, stream.finish_reason) == ("<p>One</p>", "stop")
