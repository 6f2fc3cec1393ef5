"""What a model says to itself or to its runtime: reasoning, turn marks and other special tokens."""

import re
from typing import Final

from pipeline.markup.repairs import Repair

_THINK: Final = re.compile(r"<(/?)(?:think|thinking|thought|thoughts|reasoning|seed:think)>|◁(/?)think▷", re.IGNORECASE)
_CHANNEL: Final = re.compile(r"<\|channel\|>\s{0,9}(\w{1,20})\s{0,9}<\|message\|>")
# After one of these comes another turn, which the model has invented.
_NEXT_TURN: Final = re.compile(
    r"(?:<\|(?:im_end|end|eot_id|endoftext|eom_id|end_of_text)\|>|<end_of_turn>|</s>|<\uff5cend\u2581of\u2581sentence\uff5c>)\s{0,9}"
    r"(?:<\|im_start\|>|<\|start_header_id\|>|<start_of_turn>|<\|user\|>|<s>|<\uff5cUser\uff5c>"
    r"|<\uff5cbegin\u2581of\u2581sentence\uff5c>)"
)
_TURN: Final = re.compile(
    r"<\|im_start\|>(?:system|user|assistant)?|<\|start_header_id\|>\w{0,20}<\|end_header_id\|>"
    r"|<start_of_turn>(?:user|model)?|<\|(?:user|assistant|system)\|>(?:\s{0,9}thought:)?"
)
_SPECIAL: Final = re.compile(
    r"<\|[A-Za-z0-9_/][A-Za-z0-9_ :./-]{0,40}\|>|<\uff5c[^<>\uff5c]{1,40}\uff5c>|<unused[0-9]{1,5}>"
    r"|<\[?(?:extra_id|reserved)_[0-9]{1,5}\]?>"
    r"|<(?:end_of_turn|eos|bos|pad|unk|end_of_utterance|end_of_image|start_of_image|image_soft_token|fake_token_around_image"
    r"|global-img|end_of_text|begin_of_text)>|\[/?INST\]|<</?SYS>>"
)
_EDGE: Final = re.compile(r"\A(?:\s*<s>)+|(?:</s>\s*)+\Z")


def thoughts_removed(text: str, repairs: set[Repair]) -> str:
    """The text without the model's reasoning, whether its marks are whole, half or never closed."""
    channels = list(_CHANNEL.finditer(text))
    if channels:
        repairs.add(Repair.THINKING)
        text = text[channels[-1].end() :] if channels[-1][1] == "final" else ""
    marks = list(_THINK.finditer(text))
    if not marks:
        return text
    repairs.add(Repair.THINKING)
    kept: list[str] = []
    position, depth = 0, 0
    for mark in marks:
        if not (mark[1] or mark[2]):
            if not depth:
                kept.append(text[position : mark.start()])
            depth += 1
        elif depth:
            depth -= 1
        else:
            kept.clear()  # only the end is marked: the server has swallowed the beginning
        position = mark.end()
    if not depth:
        kept.append(text[position:])
    return "".join(kept)


def tokens_removed(text: str, repairs: set[Repair]) -> str:
    """The text without special tokens, and without the next turn of a talk where the model went on with one."""
    if next_turn := _NEXT_TURN.search(text):
        if text[: next_turn.start()].strip():
            text = text[: next_turn.start()]
        repairs.add(Repair.TOKENS)
    cleaned = _SPECIAL.sub("", _TURN.sub("", text))
    cleaned = _EDGE.sub("", cleaned)
    if cleaned != text:
        repairs.add(Repair.TOKENS)
    return cleaned
