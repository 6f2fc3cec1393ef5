"""Removes marks of turns and other special tokens of models, whole or cut."""

import re
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.page_words import PageWords
from pipeline.vision.answers.stripping import Stripping

_END: Final = (
    r"(?:<\|(?:im_end|end|eot_id|eot|endoftext|eom_id|end_of_text)\|>|<end_of_turn>|<turn\|>|</s>"
    r"|<\uff5cend\u2581of\u2581sentence\uff5c>)"
)
_ROLE: Final = r"(?:system|user|assistant|model|human|tool)"
# After one of these follows another turn of the conversation, which the model has invented.
_NEXT_TURN: Final = re.compile(
    rf"{_END}\s{{0,9}}(?:<\|im_start\|>|<\|start_header_id\|>|<\|header_start\|>|<start_of_turn>|<\|turn>|<\|user\|>|<s>"
    r"|<\uff5cUser\uff5c>|<\uff5cbegin\u2581of\u2581sentence\uff5c>)"
)
_TURN: Final = re.compile(
    rf"<\|im_start\|>{_ROLE}?|<\|start_of_role\|>\w{{0,20}}<\|end_of_role\|>|<\|(?:start_header_id|header_start)\|>\w{{0,20}}<\|(?:end_header_id|header_end)\|>"
    rf"|<(?:start_of_turn>|\|turn>){_ROLE}?|<\|{_ROLE}\|>(?:\s{{0,9}}thought:)?",
)
# Nobody prints text between bars inside angle brackets, so this is always a special token.
_BARRED: Final = re.compile(r"<\|[^<>|\n]{1,60}\|?>|<(?=\S)[^<>\n]{0,60}\|>|<\uff5c[^<>\uff5c]{1,40}\uff5c>")
_BARS: Final = ("<|", "|>", "<\uff5c")
_NAMED: Final = re.compile(
    r"<unused[0-9]{1,5}>"
    r"|<\[?(?:extra_id|SPECIAL|reserved|reserved_special_token)_[0-9]{1,5}\]?>"
    r"|<(?:end_of_turn|start_of_turn|eos|bos|pad|unk|end_of_utterance|end_of_image|start_of_image|image_soft_token"
    r"|fake_token_around_image|global-img|end_of_text|begin_of_text|fim_(?:prefix|middle|suffix|pad))>|\[(?:UNUSED_TOKEN_|PAD|unused)[0-9]{1,6}\]|\[/?INST\]|<</?SYS>>"
)
# Each turn has one of the first in it, each named token one of the second, each edge one of the third: an answer
# without them, as most are, is not searched tag by tag.
_TURN_SIGNS: Final = ("<|", "<start_of_turn>")
_NAMED_SIGNS: Final = (
    *(
        "<unused",
        "extra_id_",
        "SPECIAL_",
        "reserved_",
        "_of_turn>",
        "<eos>",
        "<bos>",
        "<pad>",
        "<unk>",
        "end_of_utterance",
    ),
    *(
        "_image>",
        "image_soft_token",
        "<global-img>",
        "_of_text>",
        "<fim_",
        "[UNUSED_",
        "[PAD",
        "[unused",
        "INST]",
        "SYS>>",
    ),
)
_EDGE_SIGNS: Final = ("<s>", "</s>")
# A byte of UTF-8 for which the tokenizer has no other token.
_BYTES: Final = re.compile(r"(?:<0x[0-9A-Fa-f]{2}>){1,4}")
# What a chat template has put before the answer: the question between its marks, or the name of the speaker.
_ASKED: Final = re.compile(r"\A\s{0,9}(?:<s>\s{0,9})?\[INST\].{0,4000}?\[/INST\]", re.DOTALL)
_SPEAKER: Final = re.compile(r"\A\s{0,9}(?:(?:assistant|model|thought)[ \t]{0,9}\n|(?:Assistant|ASSISTANT):\s)\s{0,9}")
_EDGE: Final = re.compile(r"\A(?:\s*</?s>)+|(?:</?s>\s*)+\Z")


def next_turn_removed(text: str, stripping: Stripping) -> str:
    """The text without a next turn of the conversation, if the model went on with one."""
    next_turn = _NEXT_TURN.search(text)
    if next_turn is None:
        return text
    if not text[: next_turn.start()].strip():
        stripping.repairs.add(Repair.TOKENS)
        return text
    stripping.drop(Repair.TOKENS, text[next_turn.end() :])
    return text[: next_turn.start()]


def tokens_removed(text: str, page: PageWords, repairs: set[Repair]) -> str:
    """The text without special tokens, except those that the page itself prints."""

    def removed(match: re.Match[str]) -> str:
        return match[0] if page.has(match[0]) else ""

    plain = _BYTES.sub(_bytes_to_text, text) if "<0x" in text else text
    for before in (_ASKED, _SPEAKER):
        if (found := before.match(plain)) and not page.has(found[0]):
            plain = plain[found.end() :]
    cleaned = _TURN.sub(removed, plain) if _has_any(plain, _TURN_SIGNS) else plain
    if _has_any(cleaned, _BARS):
        cleaned = _BARRED.sub(removed, cleaned)
    if _has_any(cleaned, _NAMED_SIGNS):
        cleaned = _NAMED.sub(removed, cleaned)
    if _has_any(cleaned, _EDGE_SIGNS):
        cleaned = _EDGE.sub("", cleaned)
    if cleaned != text:
        repairs.add(Repair.TOKENS)
    return cleaned


def _has_any(text: str, signs: tuple[str, ...]) -> bool:
    return any(sign in text for sign in signs)


def _bytes_to_text(match: re.Match[str]) -> str:
    return bytes.fromhex(match[0].replace("<0x", "").replace(">", "")).decode("utf-8", "replace")
