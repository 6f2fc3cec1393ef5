"""Pages whose blocks carry their position: as tokens, as coordinates in brackets, or as labels that remain of these.

DeepSeek-OCR's grounding, MinerU's boxes, Nemotron-Parse's and Youtu-Parsing's places, the spotting modes of
PaddleOCR-VL and HunyuanOCR, the boxes of InternVL and LightOnOCR, the pairs of Dolphin.
"""

import re
from typing import Final

from pipeline.vision.answers.special_tokens import tokens_removed
from pipeline.vision.dialects.dialect import Dialect, Reading
from pipeline.vision.dialects.labels import LABELS, TITLES

# A noncharacter that stands before the text of a title.
_TITLE: Final = "\ufdd4"
_NUMBER: Final = r"-?[0-9]{1,5}(?:\.[0-9]{1,6})?"
_FOUR: Final = rf"{_NUMBER}(?:\s{{0,3}},\s{{0,3}}{_NUMBER}){{3}}"
_BOXES: Final = (
    rf"\[\s{{0,3}}\[\s{{0,3}}{_FOUR}\s{{0,3}}\](?:\s{{0,3}},\s{{0,3}}\[\s{{0,3}}{_FOUR}\s{{0,3}}\]){{0,99}}\s{{0,3}}\]"
)
_POINT: Final = rf"\(\s?{_NUMBER}\s?,\s?{_NUMBER}\s?\)"
_PLACE: Final = r"<\|?/?(?:loc|pos|coord|bbox|x|y)_?(?:begin|end|start|[0-9][0-9.]{0,9})\|?>"

# Each mark: its pattern, and what replaces it.
_DETECTION: Final = re.compile(r"<\|det\|>[^<>]{0,2000}?<\|/det\|>[ \t]*")
_REFERENCE: Final = re.compile(r"<\|ref\|>([^<>]{0,2000}?)<\|/ref\|>")
_OBJECT: Final = re.compile(r"<\|object_ref_start\|>([^<>]{0,2000}?)<\|object_ref_end\|>")
_BOX: Final = re.compile(
    r"<\|box_start\|>[^<>]{0,200}?<\|box_end\|>\s{0,9}(?:<\|ref_start\|>([^<>]{0,60}?)<\|ref_end\|>)?(?:\s{0,9}<\|rotate_\w{1,9}\|>)?"
)
_BOX_TAG: Final = re.compile(
    r"<(box|bbox|quad|poly|polygon|points?|region|loc|coords?)>[\s0-9.,;()\[\]/-]{0,2000}</\1>[ \t]*", re.IGNORECASE
)
_PICTURE_TAG: Final = re.compile(rf"<img>[ \t]?{_POINT}[ \t]?,?[ \t]?{_POINT}[ \t]?</img>[ \t]*", re.IGNORECASE)
_REF_TAG: Final = re.compile(r"<ref>([^<>]{0,2000}?)</ref>", re.IGNORECASE)
_PLACES: Final = re.compile(rf"{_PLACE}(?:\s{{0,9}}{_PLACE}){{0,99}}", re.IGNORECASE)
# The class is after its block, between the block's two corners (Nemotron-Parse), or before it (Youtu-Parsing).
_CLASSED: Final = re.compile(
    r"<x_[0-9.]{1,9}><y_[0-9.]{1,9}>([^\ufdd4]{0,20000}?)<x_[0-9.]{1,9}><y_[0-9.]{1,9}><class_([\w-]{1,40})>"
)
_CLASS: Final = re.compile(r"<\|?(?:class|layout)_([\w-]{1,40})\|?>", re.IGNORECASE)
# A position in brackets and its class, with a mark between it and the next one (Dolphin).
_PAIR: Final = re.compile(
    rf"\[\s?{_FOUR}\s?\][ \t]?(?:\[?([a-z]{{2,9}}(?:_[a-z0-9]{{1,9}}){{0,2}})\]?)?(?:\[[a-z_]{{2,20}}\]){{0,5}}"
    r"(?:[ \t]|(?=\[)|$)",
    re.MULTILINE,
)
_PAIR_END: Final = re.compile(r"\[(?:PAIR_SEP|RELATION_SEP)\]|<(?:PAIR_SEP|RELATION_SEP)>")
# Four numbers of three digits, and a class directly before the block's text: MinerU without its tokens.
_DIGITS_LABEL: Final = re.compile(
    r"(?:^|(?<=[a-z]))[0-9]{3}(?: [0-9]{3}){3}([a-z]{4,12}(?:_[a-z]{4,12})?)", re.MULTILINE
)
_DIGITS: Final = re.compile(r"[0-9]{3} [0-9]{3} [0-9]{3} [0-9]{3}[a-z]{4}")
_LEFT_LABEL: Final = re.compile(
    rf"^[ \t]{{0,9}}([A-Za-z][\w -]{{1,30}}?)[ \t]?(?:{_BOXES}|\[{_FOUR}\])[ \t]*", re.MULTILINE
)
_BARE_BOXES: Final = re.compile(rf"[ \t]?{_BOXES}[ \t]*")
_CORNERS: Final = re.compile(rf"{_POINT}(?:\s?,?\s?{_POINT}){{1,7}}")
_PICTURE_PLACE: Final = re.compile(rf"(!\[[^\]\n]{{0,300}}\]\([^()\n]{{0,300}}\))[ \t]{{0,3}}{_FOUR}(?![0-9.])")
_MARKS: Final = re.compile(
    r"<\|(?:md_start|md_end|box_start|box_end|ref_start|ref_end|ref|/ref|det|/det|grounding|text_start|text_end)\|>|<image>",
    re.IGNORECASE,
)
_TOKENS: Final = ("<|det|>", "<|box_start|>", "<|ref|>", "<|md_start|>", "<|object_ref_start|>")
_TITLED: Final = re.compile(rf"{_TITLE}(?:[\s{_TITLE}]*(#{{1,6}}[ \t]|<|\Z))?\s*")
# Coordinates after a text are marks only where at least this share of the lines with text ends in coordinates:
# a page of mathematics has some lines with coordinates in the middle.
_MOST_LINES: Final = 0.6


def has_grounding(text: str) -> bool:
    """Whether the text carries position tokens; what remains of them after a server removed tokens does not count."""
    return any(token in text for token in _TOKENS) or bool(_PLACES.search(text) and not _is_doctags(text))


def grounding_to_markdown(text: str, reading: Reading) -> str:
    """The text without positions and labels, with a blank line between blocks; titles become headings."""
    text = _CLASSED.sub(lambda match: f"\n\n{_title(match[2])}{match[1]}\n\n", text)
    text = _DETECTION.sub("\n", text)
    text = _REFERENCE.sub(_label_to_mark, text)
    text = _OBJECT.sub(_label_to_mark, text)
    text = _REF_TAG.sub(lambda match: f"\n\n{match[1]}" if "<box>" in text else match[0], text)
    text = _BOX.sub(lambda match: f"\n\n{_title(match[1] or '')}", text)
    text = _PICTURE_TAG.sub("\n\n", _BOX_TAG.sub(" ", text))
    if not _is_doctags(text):
        text = _PLACES.sub("\n\n", text)
    text = _CLASS.sub(lambda match: f"\n\n{_title(match[1])}", text)
    text = _PICTURE_PLACE.sub(r"\1", text)
    if _PAIR_END.search(text):
        text = _PAIR_END.sub("\n\n", _PAIR.sub(_pair_to_mark, text))
    text = _DIGITS_LABEL.sub(_digits_removed, text)
    text = _left_labels_removed(text, reading)
    text = _corners_removed(text, reading)
    text = tokens_removed(_MARKS.sub("\n", text), reading.page, reading.repairs)
    return _TITLED.sub(lambda match: match[1] or "## " if match[1] != "" else "", text)


def _shows(text: str) -> bool:
    bracketed = "[" in text and any(pattern.search(text) for pattern in _BRACKETED)
    digits = bool(_DIGITS.search(text)) and bool(_DIGITS_LABEL.search(text))
    tagged = any(pattern.search(text) for pattern in _TAGGED)
    return bracketed or digits or tagged or has_grounding(text) or _ends_in_corners(text)


_BRACKETED: Final = (_PICTURE_PLACE, _LEFT_LABEL, _BARE_BOXES)
_TAGGED: Final = (_CLASS, _BOX_TAG, _PICTURE_TAG, _PAIR_END)


def _pair_to_mark(match: re.Match[str]) -> str:
    return f"\n\n{_title('title') if (match[1] or '').startswith('sec') else ''}"


def _digits_removed(match: re.Match[str]) -> str:
    """Nothing for a position and its class; where no class touches the text, the numbers belong to the page."""
    label = next((each for each in sorted(LABELS, key=len, reverse=True) if match[1].startswith(each)), None)
    return match[0] if label is None else f"\n\n{_title(label)}{match[1].removeprefix(label)}"


def _is_doctags(text: str) -> bool:
    """DocTags has position tokens of its own, which its module reads."""
    return "<loc_" in text and not any(token in text for token in (*_TOKENS, "<|LOC_", "<x_"))


def _left_labels_removed(text: str, reading: Reading) -> str:
    """The text without the boxes and labels that remain where a server removed the special tokens.

    A label that is no kind of block is the text itself: the model was asked where something is.
    """

    def label(match: re.Match[str]) -> str:
        if reading.page.has(match[0]):
            return match[0]
        name = match[1].strip()
        if _plain(name) in LABELS:
            return f"\n\n{_title(name)}"
        return f"\n\n{name}\n\n" if match[0].rstrip().endswith("]]") else match[0]

    text = _LEFT_LABEL.sub(label, text)
    return _BARE_BOXES.sub(lambda match: match[0] if reading.page.has(match[0]) else "\n\n", text)


def _corners_removed(text: str, reading: Reading) -> str:
    """Each text that is followed by two or more corners of its box becomes a line of its own without the corners."""
    if not _ends_in_corners(text):
        return text
    return _CORNERS.sub(lambda match: match[0] if reading.page.has(match[0]) else "\n\n", text)


def _ends_in_corners(text: str) -> bool:
    if "),(" not in text and "), (" not in text:
        return False
    lines = [line for line in text.split("\n") if line.strip()]
    ended = sum(1 for line in lines if any(match.end() >= len(line.rstrip()) for match in _CORNERS.finditer(line)))
    return ended >= len(lines) * _MOST_LINES


def _label_to_mark(match: re.Match[str]) -> str:
    label = match[1].strip()
    if _plain(label) in LABELS:
        return f"\n\n{_title(label)}"
    return f"\n\n{label}\n"


def _title(label: str) -> str:
    """A mark before the title's own text, which is on this line or the next; nothing for other labels."""
    return _TITLE if _plain(label) in TITLES else ""


def _plain(label: str) -> str:
    return label.strip().lower().replace("-", "_").replace(" ", "_")


DIALECT: Final = Dialect(name="grounded", order=30, shows=_shows, to_markup=grounding_to_markdown)
