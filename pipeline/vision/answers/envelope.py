"""Removes what a model or a server has put around a page: JSON, escapes, front matter."""

import re
from collections.abc import Mapping
from html import unescape
from typing import Final

from pipeline.markup import tags
from pipeline.markup.repairs import Repair
from pipeline.vision.answers.stripping import Stripping
from pipeline.vision.dialects.layout_json import is_block
from pipeline.vision.dialects.loose_json import text_to_value

# In the order in which they are looked for.
_TEXT_KEYS: Final = (
    "natural_text", "html", "markdown", "content", "text", "output", "result", "answer", "transcription", "page",
    "page_html", "response", "document", "body", "message", "arguments", "parameters", "input", "function",
    "tool_calls", "choices",
)  # fmt: skip
# Names of a whole page; and what is said of a page beside its text: any other name is that of a part of it.
_WHOLE: Final = frozenset({"natural_text", "html", "markdown", "page_html", "transcription"})
_BESIDE: Final = frozenset({
    "type", "role", "id", "name", "object", "model", "created", "primary_language", "language", "finish_reason",
    "index", "usage", "annotations", "logprobs", "confidence", "page_number", "status", "error", "format", "mime_type",
    "system_fingerprint", "timings", "stats", "metadata", "refusal", "reasoning", "reasoning_content", "tool_calls",
    "function_call", "audio", "images", "bbox", "filename", "thinking", "thought", "usage_metadata",
})  # fmt: skip
_THINKING: Final = frozenset({"thinking", "reasoning", "thought"})
_LAYOUT_KEYS: Final = frozenset({"bbox", "bbox_2d", "box", "box_2d"})
_ESCAPED_TAG: Final = re.compile(r"&lt;/?([A-Za-z][A-Za-z0-9]{0,11})(?:\s(?:(?!&[lg]t;)[^<>]){0,300})?/?&gt;")
_TAG: Final = re.compile(r"</?([A-Za-z][A-Za-z0-9]{0,11})(?=[\s/>])[^<>]*+>")
# With so many escaped tags the whole page is escaped; fewer may be printed on it.
_FEWEST_ESCAPED: Final = 3
_DOUBLE: Final = re.compile(r"&amp;(lt|gt|amp|quot|nbsp|apos|#[0-9]{1,6}|#x[0-9A-Fa-f]{1,5});")
_MAX_LEVELS: Final = 6

_FRONT: Final = re.compile(r"\A\s{0,99}---[ \t]*\n")
_ENTRY: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_ -]{0,40}:(?:[ \t]|$)|[ \t]{1,8}- |[ \t]*$")
# Tags with which a model separates its answer from other text, and TeX's frame around a result.
_ANSWER: Final = re.compile(
    r"\A\s{0,99}<(answer|final_answer|result|output|response|transcription|transcript|converted|extracted_text|ocr)>(.*?)"
    r"(?:</\1>\s{0,99})?\Z",
    re.DOTALL | re.IGNORECASE,
)
_BOXED: Final = re.compile(r"\A\s{0,99}\${0,2}\\boxed\{(.*)\}\${0,2}\s{0,99}\Z", re.DOTALL)
_DOUBLED: Final = re.compile(r"\\\\(?=(?:begin|end|hline|multicolumn|multirow|textbf)\b)")
_SINGLE: Final = re.compile(r"(?<!\\)\\(?:begin|end|hline|multicolumn|multirow|textbf)\b")


def envelope_removed(text: str, stripping: Stripping) -> str:
    """The page inside a JSON string, a list of parts or old olmOCR's object; else the text itself."""
    repairs = stripping.repairs
    if framed := _ANSWER.match(text) or _BOXED.match(text):
        repairs.add(Repair.ENVELOPE)
        text = framed[framed.lastindex or 0]
    stripped = text.strip()
    if stripped[:1] in {"{", "[", '"'} and stripped[-1:] in {"}", "]", '"'}:
        found = _value_to_text(_without_thoughts(text_to_value(stripped), stripping), 0)
        if found is not None:
            repairs.add(Repair.ENVELOPE)
            return found
    return _unescaped(text, repairs)


def _without_thoughts(value: object, stripping: Stripping) -> object:
    """The value without parts of a message that are the model's reasoning, where it is a list of parts."""
    if not isinstance(value, list) or not all(isinstance(part, dict) and "type" in part for part in value):
        return value
    thoughts = [part for part in value if part["type"] in _THINKING and part["type"] in part]
    for part in thoughts:
        stripping.drop(Repair.THINKING, _value_to_text(part[part["type"]], 1) or str(part))
    return [part for part in value if part not in thoughts] or ("" if thoughts else value)


def _value_to_text(value: object, level: int) -> str | None:
    """The text in a JSON value; None where it is something else (a layout, for example)."""
    if isinstance(value, str):
        inner = text_to_value(value) if level and value.lstrip()[:1] in {"{", "["} else None
        return (_value_to_text(inner, level + 1) if inner is not None and level < _MAX_LEVELS else None) or value
    if level >= _MAX_LEVELS:
        return None
    if isinstance(value, list):
        return _parts_to_text(value, level)
    if isinstance(value, dict):
        return _mapping_to_text(value, level)
    return None


def _parts_to_text(parts: list[object], level: int) -> str | None:
    if len(parts) > 1 and all(isinstance(part, list) for part in parts):
        return None  # rows of a table
    texts = [_value_to_text(part, level + 1) for part in parts]
    if not texts or any(text is None for text in texts):
        return None
    return "\n\n".join(text for text in texts if text)


def _mapping_to_text(mapping: Mapping[str, object], level: int) -> str | None:
    if _LAYOUT_KEYS & mapping.keys() or is_block(mapping):
        return None
    for key in _TEXT_KEYS:
        if key not in mapping:
            continue
        if mapping[key] is None:
            return ""
        if key not in _WHOLE and isinstance(mapping[key], str) and _has_more(mapping):
            return None
        text = _value_to_text(mapping[key], level + 1)
        if text is not None:
            return text
    return None


def _has_more(mapping: Mapping[str, object]) -> bool:
    """Whether a mapping says more of the page than what stands under a name for texts."""
    others = (value for name, value in mapping.items() if name.lower() not in _BESIDE | set(_TEXT_KEYS))
    return any(isinstance(value, str | list | dict) and value for value in others)


def _unescaped(text: str, repairs: set[Repair]) -> str:
    """The text with real line feeds, where all of it was the content of a JSON string."""
    enough = 3
    stripped = text.strip()
    if len(_DOUBLED.findall(text)) >= enough and not _SINGLE.search(text):
        repairs.add(Repair.ENVELOPE)
        return text.replace("\\\\", "\\")
    if "\n" in stripped or stripped.count("\\n") < enough:
        return text
    repairs.add(Repair.ENVELOPE)
    plain = stripped.strip('"').replace("\\\\", "\ufdd3").replace("\\n", "\n").replace("\\t", "\t")
    return plain.replace('\\"', '"').replace("\\/", "/").replace("\ufdd3", "\\")


def escapes_removed(text: str, stripping: Stripping) -> str:
    """The text with one layer of escapes less, where the whole page was escaped or its signs were twice.

    What the page itself prints stays as it is.
    """
    if "&" not in text:
        return text
    escaped = [match for match in _ESCAPED_TAG.finditer(text) if match[1].lower() in tags.KNOWN]
    if len(escaped) >= _FEWEST_ESCAPED and not _has_tags(text) and not stripping.page.has(unescape(escaped[0][0])):
        stripping.repairs.add(Repair.ENVELOPE)
        return unescape(text)
    if not _DOUBLE.search(text) or any(stripping.page.has(sign) for sign in ("&lt;", "&gt;", "&amp;")):
        return text
    stripping.repairs.add(Repair.ENVELOPE)
    return _DOUBLE.sub(r"&\1;", text)


def _has_tags(text: str) -> bool:
    return any(match[1].lower() in tags.KNOWN for match in _TAG.finditer(text))


def front_matter_removed(text: str, repairs: set[Repair]) -> str:
    """The text without a block of YAML at its beginning, even if that block is never closed."""
    opening = _FRONT.match(text)
    if not opening:
        return text
    lines = text[opening.end() :].split("\n")
    entries = 0
    for index, line in enumerate(lines):
        if line.strip() == "---":
            if not entries:
                return text
            repairs.add(Repair.FRONT_MATTER)
            return "\n".join(lines[index + 1 :])
        if not _ENTRY.match(line) or line.startswith("---"):
            break
        entries += bool(line.strip())
    else:
        index = len(lines)
    if not entries:
        return text
    repairs.add(Repair.FRONT_MATTER)
    return "\n".join(lines[index:])
