"""The faults of content: complete responses that are no good answer, as scripts."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from simulator.answers import counting, huge_text, looping_cell, looping_paragraph, taken
from simulator.dialects.base import EVENTS, HTML, PLAIN, Reply
from simulator.drafts import Draft
from simulator.faults import Fault
from simulator.jsons import Json, json_to_bytes
from simulator.refusals import Refusal
from simulator.scenes import Scene, answer_script, half_answer, stream_script
from simulator.steps import FailNeighbours, Script, Send, Wait
from simulator.wire import LAST_CHUNK, chunk, event

_LOOP_EVENTS = 120
_WEB_PAGE = b"<!DOCTYPE html><html><head><title>Welcome</title></head><body><h1>It works!</h1></body></html>"
_REFUSAL = "I'm sorry, but as a text-based AI, I am unable to see images. Could you describe the page for me?"
_CRASH = "The model has crashed without additional information. (Exit code: 18446744072635812000)"


def _whole(body: bytes, content_type: str, scene: Scene) -> Script:
    yield Wait(scene.first + scene.rest)
    yield Send(scene.response(Reply(body=body, content_type=content_type)))


def cut_json(scene: Scene) -> Script:
    """JSON that ends in the middle although the response is whole."""
    if not scene.ask.stream:
        body = scene.body()
        return _whole(body[: len(body) // 2], scene.dialect.json_type, scene)
    ending = chunk(b'data: {"choices":[{"index":0,"delta":{"conte\n\n') + LAST_CHUNK
    return stream_script(scene, ending=ending)


def html(scene: Scene) -> Script:
    """A web page."""
    return _whole(_WEB_PAGE, HTML, scene)


def error_object(scene: Scene) -> Script:
    """Status 200, and an error object in the body."""
    body: Json = {"error": {"message": _message(scene, _CRASH), "type": "internal_error"}}
    return _whole(json_to_bytes(body), scene.dialect.json_type, scene)


def error_string(scene: Scene) -> Script:
    """Status 200, and an error string in the body."""
    return _whole(json_to_bytes({"error": _message(scene, _CRASH)}), scene.dialect.json_type, scene)


def empty_body(scene: Scene) -> Script:
    """Status 200 and nothing else."""
    return _whole(b"", scene.dialect.json_type, scene)


def empty_stream(scene: Scene) -> Script:
    """An event stream that ends before its first event."""
    yield Wait(scene.first)
    yield Send(scene.stream_head(EVENTS) + LAST_CHUNK)


def wrong_type(scene: Scene) -> Script:
    """A good answer under the wrong content type."""
    return stream_script(scene, content_type=PLAIN) if scene.ask.stream else _whole(scene.body(), PLAIN, scene)


def no_done(scene: Scene) -> Script:
    """A good stream that ends without ``[DONE]``; without a stream the answer is good."""
    if not scene.ask.stream:
        return answer_script(scene)
    closing = scene.parts().closing.removesuffix(event(b"[DONE]") + LAST_CHUNK)
    return stream_script(scene, ending=closing + LAST_CHUNK)


def no_end(scene: Scene) -> Script:
    """A good stream that ends with neither a finish_reason nor ``[DONE]``; without a stream no finish_reason."""
    if not scene.ask.stream:
        return answer_script(scene.with_draft(_unfinished(scene)))
    return stream_script(scene, ending=LAST_CHUNK)


def half_without_end(scene: Scene) -> Script:
    """Half of the stream, and the end of its body as if that were all."""
    yield from half_answer(scene)
    if scene.ask.stream:
        yield Send(LAST_CHUNK)


def late_error(scene: Scene) -> Script:
    """Half of the stream and then an error event; without a stream an error of status 500."""
    refusal = Refusal(500, _message(scene, "failed to process mtmd chunk"), "server_error")
    if scene.ask.stream:
        yield from half_answer(scene)
    else:
        yield Wait(scene.first)
    yield Wait(scene.rest / 2)
    raise refusal


def kv_full(scene: Scene) -> Script:
    """An answer that fills the shared cache after so many seconds (default: the rest of its time); nobody survives."""
    text = _message(scene, "Context size has been exceeded.")
    refusal = Refusal(500, text, "server_error")
    if scene.ask.stream:
        yield from half_answer(scene)
    else:
        yield Wait(scene.first)
    yield Wait(scene.seconds(scene.rest))
    yield FailNeighbours(text)
    raise refusal


def _told(change: Callable[[Scene], Draft], scene: Scene) -> Script:
    return answer_script(scene.with_draft(change(scene)))


def _said(content: Json, scene: Scene) -> Draft:
    return replace(scene.draft, content=content)


def _thought(scene: Scene) -> Draft:
    return replace(scene.draft, content="", reasoning=str(scene.draft.content))


def _half(finish: str, scene: Scene) -> Draft:
    text = str(scene.draft.content)
    return replace(scene.draft, content=text[: len(text) // 2], finish=finish)


def _unfinished(scene: Scene) -> Draft:
    return replace(scene.draft, finish=None)


def _loop(endless: Callable[[], Iterator[str]], scene: Scene) -> Script:
    """An answer that goes round in circles, in many small events as a real one comes, up to its limit."""
    looped = replace(scene.with_draft(_looped(endless, scene)), events=_LOOP_EVENTS)
    seconds = looped.seconds(looped.rest)
    return answer_script(replace(looped, rest=seconds))


def _looped(endless: Callable[[], Iterator[str]], scene: Scene) -> Draft:
    tokens = scene.ask.max_tokens
    length = scene.size(24_000 if tokens is None else tokens * 4)
    return replace(scene.draft, content=taken(endless(), length), finish="length")


def _renamed(scene: Scene) -> Draft:
    return replace(scene.draft, model="another-model-1b")


def _unchosen(scene: Scene) -> Draft:
    return replace(scene.draft, choices=False)


def _in_parts(scene: Scene) -> Draft:
    return replace(scene.draft, content=[{"type": "text", "text": scene.draft.content}])


def _called(scene: Scene) -> Draft:
    arguments = json_to_bytes({"markdown": scene.draft.content}).decode()
    call: Json = {"id": "call_0", "type": "function", "function": {"name": "transcribe", "arguments": arguments}}
    return replace(scene.draft, content=None, tool_calls=[call], finish="tool_calls")


def huge(scene: Scene) -> Script:
    """A page of many MiB, in large pieces."""
    text = huge_text(scene.size(5 << 20))
    return answer_script(replace(scene, draft=replace(scene.draft, content=text, completion_tokens=len(text) // 4)))


def _message(scene: Scene, default: str) -> str:
    return default if scene.rule is None or scene.rule.message is None else scene.rule.message


NONSENSE: dict[Fault, Callable[[Scene], Script]] = {
    Fault.CUT_JSON: cut_json,
    Fault.HTML: html,
    Fault.ERROR_OBJECT: error_object,
    Fault.ERROR_STRING: error_string,
    Fault.EMPTY_BODY: empty_body,
    Fault.EMPTY_STREAM: empty_stream,
    Fault.WRONG_TYPE: wrong_type,
    Fault.NO_DONE: no_done,
    Fault.LATE_ERROR: late_error,
    Fault.EMPTY: partial(_told, partial(_said, "")),
    Fault.BLANK: partial(_told, partial(_said, " \n\n \t\n")),
    Fault.NULL: partial(_told, partial(_said, None)),
    Fault.PROSE_REFUSAL: partial(_told, partial(_said, _REFUSAL)),
    Fault.REASONING: partial(_told, _thought),
    Fault.LENGTH: partial(_told, partial(_half, "length")),
    Fault.CONTENT_FILTER: partial(_told, partial(_half, "content_filter")),
    Fault.FINISH_ERROR: partial(_told, partial(_half, "error")),
    Fault.NO_FINISH: partial(_told, _unfinished),
    Fault.NO_END: no_end,
    Fault.HALF_WITHOUT_END: half_without_end,
    Fault.LOOP_CELL: partial(_loop, looping_cell),
    Fault.LOOP_PARAGRAPH: partial(_loop, looping_paragraph),
    Fault.COUNTING: partial(_loop, counting),
    Fault.OTHER_MODEL: partial(_told, _renamed),
    Fault.NO_CHOICES: partial(_told, _unchosen),
    Fault.PARTS: partial(_told, _in_parts),
    Fault.TOOL_CALL: partial(_told, _called),
    Fault.HUGE: huge,
    Fault.KV_FULL: kv_full,
}
