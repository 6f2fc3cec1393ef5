"""What a model says about the page instead of what the page says: introductions, remarks, refusals, the prompt."""

import re
from typing import Final

from pipeline.markup.repairs import Repair

# A remark is never longer than this; a paragraph of the page often is.
_LONGEST: Final = 400
_MOST_REMARKS: Final = 3

# Words for the work itself, which a page hardly has in such a sentence; and words for its parts, which it may.
_WORK: Final = r"(?:html|markdown|transcri|convert|conversion|extract|ocr\b|format|representation|request)"
_PART: Final = r"(?:image|page|document|table|text|content|version)"
_AGREEMENT: Final = r"(?:sure|certainly|of course|absolutely|okay|ok|great)\b"
_BEFORE: Final = re.compile(
    rf"\A(?:{_AGREEMENT}[^\n]{{0,40}}\Z|(?:{_AGREEMENT}[^\n]{{0,20}}?[,.!:]\s*)?"
    r"(?:here(?:'s| is| are|\s+you)|below is|the following (?:is|are)|this is the|i(?:'ve| have| will|'ll)|"
    r"as requested|let me|based on the|the (?:image|page|document) (?:shows|contains|provided))\b"
    rf"(?: (?:the|your) {_PART}s?[.!:]*\Z|[^\n]{{0,200}}?{_WORK}[^\n]{{0,200}}\Z"
    rf"|[^\n]{{0,200}}?{_PART}[^\n]{{0,200}}:\Z))",
    re.IGNORECASE,
)
_OFFER: Final = rf"(?:anything else|adjust|change|further|assist|help|csv|modif|clarif|{_WORK})"
_AFTER: Final = re.compile(
    rf"\A(?:\W{{0,4}}(?:note|please note|remark)\W{{1,4}}[^\n]{{0,200}}?(?:{_WORK}|\bi\b)"
    r"|(?:i|i've)\s(?:have )?(?:skipped|omitted|kept|preserved)\b|(?:i )?hope (?:this|that|it) helps\b"
    rf"|(?:i|i've)\s(?:left|have|could|was|am|did|used|tried)\b[^\n]{{0,200}}?(?:{_WORK}|image)"
    r"|(?:let me know|(?:please )?feel free|if you(?: need| have| want| would|'d)|is there anything|would you like)\b"
    rf"[^\n]{{0,200}}?{_OFFER}"
    r"|this (?:html|markdown|transcription|conversion|version|code|representation)\b"
    rf"|the (?:above|html|markdown|transcription|code|conversion)\b[^\n]{{0,200}}?"
    rf"(?:{_WORK}|page|image|structure|layout))",
    re.IGNORECASE,
)
_PICTURE: Final = r"(?:images?|pictures?|pages?|documents?|files?|attachments?)"
_REFUSAL: Final = re.compile(
    r"\bas an? (?:text[- ]based |large |ai )?(?:ai|language model|text model)\b"
    r"|\b(?:i am|i'm|am)\s(?:sorry|unable|not able|afraid)\b[^.\n]{0,80}?"
    r"\b(?:can't|cannot|unable|not able|see|view|access|process|read|image|picture|help|assist|do that)\b"
    r"|\bi (?:can't|cannot|could not|couldn't|am unable to|do not|don't) "
    r"(?:see|view|access|process|read|open|analy[sz]e|assist|help|have (?:the ability|access)|have an image)\b"
    r"|(?:\bi am|\bi'm|^|sorry,?|[.!] ?) ?unable to (?:see|view|process|access|read|analy[sz]e) "
    rf"(?:the |an |any |this )?{_PICTURE}\b"
    rf"|\bno {_PICTURE} (?:was |is |has been |has )?(?:provided|attached|uploaded|found|visible|given)\b"
    r"|\b(?:please|kindly|could you)\b[^.\n]{0,40}?\b(?:provide|upload|attach|share|send)\b[^.\n]{0,40}?"
    rf"\b(?:{_PICTURE}|text)\b"
    r"|\bdoes not support images?\b",
    re.IGNORECASE,
)
_LONGEST_REFUSAL: Final = 800
_FILLER: Final = re.compile(
    r"quick brown fox|lorem ipsum|dolor sit amet|consectetur adipi|ut enim ad minim|duis aute irure|excepteur sint"
    r"|sunt in culpa|jumps over the lazy dog",
    re.IGNORECASE,
)
_MOSTLY: Final = 0.8


def chatter_removed(text: str, known: str, repairs: set[Repair]) -> str:
    """The text without what the model says before and after the page.

    Args:
        text: The answer, paragraphs parted by blank lines.
        known: The page's own text, squeezed by :func:`squeezed`: what stands there is no remark.
        repairs: Receives what was mended.
    """
    start, end = 0, len(text)
    for _ in range(_MOST_REMARKS):
        first, after = _first_paragraph(text, start, end)
        if after >= end or not _is_remark(first, _BEFORE, known):
            break
        start = after
    for _ in range(_MOST_REMARKS):
        last, before = _last_paragraph(text, start, end)
        if before <= start or not _is_remark(last, _AFTER, known):
            break
        end = before
    if (start, end) != (0, len(text)):
        repairs.add(Repair.CHATTER)
    return text[start:end]


def echo_removed(text: str, prompt: str, known: str, repairs: set[Repair]) -> str:
    """The text without the lines of the prompt."""
    shortest = 20
    asked = {squeezed(line) for line in prompt.split("\n") if len(line) >= shortest}
    if not asked:
        return text
    lines = text.split("\n")
    kept = [line for line in lines if squeezed(line.strip("#*> \t")) not in asked or squeezed(line) in known]
    if len(kept) != len(lines):
        repairs.add(Repair.PROMPT_ECHO)
    return "\n".join(kept)


def is_refusal(text: str, known: str) -> bool:
    """Whether the text says that the model cannot read the page."""
    text = _straight(text.strip())
    return len(text) <= _LONGEST_REFUSAL and bool(_REFUSAL.search(text)) and squeezed(text) not in known


def is_filler(text: str, known: str) -> bool:
    """Whether the text is one that models make up for an empty page: a pangram, or dummy text."""
    squeezed_text = squeezed(text)
    if not squeezed_text or squeezed_text in known:
        return False
    sentences = re.split(r"[.!?\n]+", text)
    filler = sum(len(sentence) for sentence in sentences if _FILLER.search(sentence))
    return filler > sum(map(len, sentences)) * _MOSTLY


def squeezed(text: str) -> str:
    """The text in lower case without white space, to be looked for in another."""
    return "".join(text.lower().split())


def _straight(text: str) -> str:
    return text.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'")


def _is_remark(paragraph: str, pattern: re.Pattern[str], known: str) -> bool:
    if not paragraph or len(paragraph) > _LONGEST or paragraph.startswith(("<", "|")):
        return False
    plain = _straight(paragraph.strip("*_ \t\n>#"))
    return bool(pattern.match(" ".join(plain.split()))) and squeezed(plain) not in known


def _first_paragraph(text: str, start: int, end: int) -> tuple[str, int]:
    """The first paragraph and where the next one begins; one that a table follows at once ends there."""
    while start < end and text[start].isspace():
        start += 1
    stop = text.find("\n\n", start, end)
    stop = end if stop < 0 else stop
    line = text.find("\n", start, stop)
    if line >= 0 and (text[line - 1] == ":" or text[line + 1 : line + 2] in {"<", "|", "#", "`"}):
        stop = line
    return text[start:stop].strip(), stop


def _last_paragraph(text: str, start: int, end: int) -> tuple[str, int]:
    while end > start and text[end - 1].isspace():
        end -= 1
    stop = text.rfind("\n\n", start, end)
    stop = start if stop < 0 else stop
    line = text.rfind("\n", stop, end)
    if line > stop and text[:line].rstrip().endswith((">", "|", "```")):
        stop = line
    return text[stop:end].strip(), stop
