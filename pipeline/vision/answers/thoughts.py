"""Removes a model's reasoning, with any kind of marks around it."""

import re
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.stripping import Stripping
from pipeline.vision.answers.talk import Notion, notions_of

_NAMES: Final = (
    r"(?:[a-z]{1,12}:)?(?:think|thoughts?|thinking|reason|reasoning|analysis|scratchpad|reflection|cot|chain[_-]of[_-]thoughts?"
    r"|rationale|observations?|plan|planning|internal|deliberation|(?:inner|internal)[_-](?:monologue|thoughts?|reasoning)"
    r"|(?:thought|thinking|reasoning)[_-]process)"
)
# An opening mark has neither of the groups.
_MARK: Final = re.compile(
    rf"<(/?){_NAMES}>|◁(/?)think▷|\[(/?)(?:THINK|REASONING)\]"
    rf"|<\|(?:begin|start)_of_{_NAMES}\|>|<\|(end)_of_{_NAMES}\|>|<\|(?:START|begin|start)_{_NAMES}\|>|<\|(END|end)_{_NAMES}\|>"
    r"|<\|channel>\s{0,9}\w{1,20}|<(channel)\|>",
    re.IGNORECASE,
)
# Each mark has one of these in it; most answers have none.
_SIGNS: Final = (
    "think", "thought", "reason", "analysis", "scratchpad", "reflection", "channel", "cot>", "rationale", "observation",
    "plan>", "planning", "internal", "deliberation", "monologue",
)  # fmt: skip
# Thoughts and the page below headings or labels of their own.
_LABEL: Final = (
    r"(?:(?:thought |thinking |reasoning )?process|thinking|thoughts?|reasoning|analysis|observations?"
    r"|(?:my )?step[- ]by[- ]step[a-z ]{0,20})"
)
_PAGE_LABEL: Final = (
    r"(?:final (?:answer|output|result|transcription|html|markdown|version)|answer|transcription|output)"
)
_LABELLED: Final = re.compile(
    rf"\A\s{{0,99}}(?:#{{1,6}} |\*\*)?{_LABEL}\s?:?(?:\*\*)?:?(.{{0,4000}}?)"
    rf"\n {{0,3}}(?:#{{1,6}} |\*\*)?{_PAGE_LABEL}\s?:?(?:\*\*)?:? *\n",
    re.IGNORECASE | re.DOTALL,
)
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
    if (labelled := _LABELLED.match(text)) and _are_thoughts(labelled[1]) and not stripping.page.has(labelled[1][:60]):
        stripping.drop(Repair.THINKING, labelled[1])
        text = text[labelled.end() :]
    marks = [mark for mark in _MARK.finditer(text) if not stripping.page.has(mark[0])]
    return _without_thoughts(text, marks, stripping) if marks else text


def _are_thoughts(text: str) -> bool:
    """Whether a section is about the picture or the work of reading it, which pages hardly ever are."""
    found = notions_of(text)
    return len(found) > 1 and not found.keys().isdisjoint({Notion.PICTURE, Notion.WORK})


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
