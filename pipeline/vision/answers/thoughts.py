"""Removes a model's reasoning, with any kind of marks around it."""

import re
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.stripping import Stripping

_NAMES: Final = r"(?:seed:)?(?:think|thinking|thoughts?|reasoning|analysis|scratchpad|reflection)"
# An opening mark has neither of the groups.
_MARK: Final = re.compile(
    rf"<(/?){_NAMES}>|◁(/?)think▷|\[(/?)(?:THINK|REASONING)\]"
    rf"|<\|(?:begin|start)_of_{_NAMES}\|>|<\|(end)_of_{_NAMES}\|>|<\|(?:START|begin|start)_{_NAMES}\|>|<\|(END|end)_{_NAMES}\|>"
    r"|<\|channel>\s{0,9}\w{1,20}|<(channel)\|>",
    re.IGNORECASE,
)
# Each mark has one of these in it; most answers have none.
_SIGNS: Final = ("think", "thought", "reasoning", "analysis", "scratchpad", "reflection", "channel")
_CHANNEL: Final = re.compile(r"<\|channel\|>\s{0,9}(\w{1,20})\s{0,9}<\|message\|>")


def thoughts_removed(text: str, stripping: Stripping) -> str:
    """The text without the model's reasoning, even if its marks are cut or never closed."""
    lower = text.lower()
    if not any(sign in lower for sign in _SIGNS):
        return text
    channels = list(_CHANNEL.finditer(text))
    if channels:
        final = channels[-1] if channels[-1][1] == "final" else None
        stripping.drop(Repair.THINKING, text[: final.start()] if final else text)
        text = text[final.end() :] if final else ""
    marks = [mark for mark in _MARK.finditer(text) if not stripping.page.has(mark[0])]
    return _without_thoughts(text, marks, stripping) if marks else text


def _without_thoughts(text: str, marks: list[re.Match[str]], stripping: Stripping) -> str:
    kept: list[str] = []
    position = begin = depth = 0
    for mark in marks:
        if not any(mark.groups()):
            if not depth:
                kept.append(text[position : mark.start()])
                begin = mark.end()
            depth += 1
        elif depth:
            depth -= 1
            stripping.drop(Repair.THINKING, text[begin : mark.start()] if not depth else "")
        else:
            # Only the end is marked: the server has removed the beginning.
            stripping.drop(Repair.THINKING, "".join([*kept, text[position : mark.start()]]))
            kept.clear()
        position = mark.end()
    if depth:
        stripping.drop(Repair.THINKING, text[begin:])
    else:
        kept.append(text[position:])
    return "".join(kept)
