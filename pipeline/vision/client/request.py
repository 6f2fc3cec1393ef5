"""The request to a model, as a value and as bytes."""

import binascii
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from pipeline.vision.faithfulness.page_text import PageText

# A placeholder for the picture, which is not passed through the JSON encoder (that takes 1 ms for each).
_HOLE = "\ue000picture\ue000"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How the model chooses its words.

    Attributes:
        temperature: 0.0 to choose always the likeliest word.
        max_tokens: The longest answer; always sent, since one endless answer fills the cache that other pages share.
        top_p: Share of the probability that is considered; None for the server's default.
        top_k: Number of words that are considered; None for the server's default.
        stop: Texts that end the answer.
    """

    temperature: float = 0.0
    max_tokens: int = 8192
    top_p: float | None = None
    top_k: int | None = None
    stop: tuple[str, ...] = ()


#: Always the likeliest word, as most models for documents need it.
STEADY = Sampling()


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionRequest:
    """One question about one picture.

    Attributes:
        prompt: The question; empty where the model needs none.
        image: The encoded picture; empty for none.
        mime: Of the picture; LM Studio takes PNG and JPEG, and refuses WebP.
        size: Width and height of the picture in pixels; not sent.
        image_first: Whether the picture comes before the prompt.
        quiet: Whether a model that can reason first is told not to.
        extra: Further keys of the body.
        read_text: Gives the page's own text; it is not sent, but shows whether a repetition is a loop.
    """

    prompt: str
    image: bytes = b""
    mime: str = "image/png"
    size: tuple[int, int] = (0, 0)
    sampling: Sampling = STEADY
    image_first: bool = True
    quiet: bool = False
    extra: Mapping[str, object] = field(default_factory=dict)
    read_text: Callable[[], PageText] = PageText


def request_to_body(request: VisionRequest, model: str, *, plain: bool = False) -> bytes:
    """The JSON of a streaming chat completion.

    Args:
        request: What is asked.
        model: Its id as the server spells it.
        plain: Leave out all keys that some server may not know.
    """
    sampling = request.sampling
    body: dict[str, object] = {
        "model": model.replace(_HOLE, ""),
        "messages": [{"role": "user", "content": _content(request)}],
        "stream": True,
        "max_tokens": sampling.max_tokens,
        "temperature": sampling.temperature,
    }
    if not plain:
        body |= _optional(request)
    text = json.dumps(body).encode()
    if not request.image:
        return text
    head, tail = text.split(json.dumps(_HOLE).strip('"').encode())
    return b"".join((head, binascii.b2a_base64(request.image, newline=False), tail))


def _content(request: VisionRequest) -> object:
    if not request.image:
        return request.prompt
    picture = {"type": "image_url", "image_url": {"url": f"data:{request.mime};base64,{_HOLE}"}}
    if not request.prompt:
        return [picture]
    words = {"type": "text", "text": request.prompt.replace(_HOLE, "")}
    return [picture, words] if request.image_first else [words, picture]


def _optional(request: VisionRequest) -> dict[str, object]:
    sampling = request.sampling
    wanted: dict[str, object] = {
        "stream_options": {"include_usage": True},
        "top_p": sampling.top_p,
        "top_k": sampling.top_k,
        "stop": list(sampling.stop) or None,
    }
    if request.quiet:
        # LM Studio and Ollama use the first, llama.cpp, vLLM and SGLang the second; each ignores the other one.
        wanted |= {"reasoning_effort": "none", "chat_template_kwargs": {"enable_thinking": False}}
    return {key: value for key, value in wanted.items() if value is not None} | dict(request.extra)
