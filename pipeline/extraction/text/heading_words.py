"""What the words of a line show about whether it may be a heading: numbers, formulas, names of authors, labels."""

import re

from pipeline.extraction.text.captions_begin import CAPTION

#: A heading has a word with at least so many letters.
LEAST_WORD = 3
#: At least this share of a heading's characters are letters.
LETTERS = 0.6
#: The words of a formula have fewer letters on average.
FORMULA_WORD = 2.5
#: A line of names has so many commas; fewer are enough with a mark of a note.
NAME_COMMAS = 2
#: At least this share of the words in a line of names has a capital.
NAMES = 0.75
#: The number before a heading: "2.", "2.1", "II.", "A.1", "b)", "Section 4"; "D. bipinnata" has no number.
NUMBER = re.compile(
    r"(?:(?i:section|chapter|part|article|item|kapitel|abschnitt|appendix|annex)\s+)?"
    r"(?:\d{1,2}(?:\.\d{1,2}){0,4}\.?(?=\s|$)|[IVX]{1,5}\.(?=\s|$)|[A-H]\.(?:\d{1,2}\.?)*(?=\s+[A-Z\d]|$)"
    r"|\(?(?:[ivx]{1,4}|[a-h]|\d{1,2})\)(?=\s|$))"
)
_NUMBERED_WORD = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){1,4}\.?|\d{1,2}\.)$")
#: The number of a formula, or a unit, at the end of a label.
_FORMULA_END = re.compile(r"\(\d{1,3}[a-z]?\)$|\([^()]*[/%\u00b0][^()]*\)$")
_ADDRESS = re.compile(r"https?:|www\.|\bdoi\b|@|\.(?:com|org|edu|net)\b", re.IGNORECASE)
_PARENTHESISED = re.compile(r"\((?:[^()]|\([^()]*\))*\)")
_NOTE_MARKS = re.compile("[*\u2020\u2021\u00a7\u00b6]|(?<=[a-z])\\d|\\d,")
_JOINED = re.compile(r"\b(?:and|und|et|y)\b|&")
#: Labels of texts beside an article: their bold words begin no section.
_LABEL = re.compile(
    r"(?:key\s?words?|citation|correspond|received|accepted|published|revised|copyright|\u00a9|notes?\b|sources?\b"
    r"|edited by|reviewed by|academic editor|e-?mail|tel\b|fax|orcid|how to cite|cite this|editor|issn|isbn"
    r"|vol(?:ume|\.)|pages?\b|open access|abbreviations?:|legend|figure|fig\.|table\b|specialty section"
    r"|article history|doi)",
    re.IGNORECASE,
)
#: Usual names of sections of papers and reports; these are headings whatever they look like.
_USUAL = re.compile(
    r"(?:abstract|summary|executive summary|introduction|background|methods?|materials?(?: and |s? & )methods|results?"
    r"|results? and discussions?|discussions?|conclusions?|references|bibliography|literature cited|acknowledge?ments?"
    r"|funding|appendix|contents|overview|limitations|competing interests|conflicts? of interests?"
    r"|author contributions?"
    r"|data availability|disclosures?|supplementary materials?|zusammenfassung|einleitung|literatur|r\u00e9sum\u00e9"
    r"|references cited|ethics statement|notes to .{5,60}statements)",
    re.IGNORECASE,
)


def text_to_letters(text: str) -> str:
    """Only the letters and digits, in lower case: the same for all spellings of a heading."""
    return "".join(letter for letter in text.casefold() if letter.isalnum())


def text_to_depth(text: str) -> int:
    """The depth of the number before a heading: 1 for "2.", 2 for "2.1"; 0 for no number."""
    found = NUMBER.match(text)
    return 0 if found is None else len([piece for piece in re.split(r"[.\s]+", found[0]) if piece.strip()][-5:])


def is_section_number(word: str) -> bool:
    """Whether a line that begins with the word may begin a numbered section ("2.1", "3.")."""
    return _NUMBERED_WORD.match(word) is not None


def without_number(text: str) -> str:
    """The heading without its number."""
    found = NUMBER.match(text)
    return text if found is None else text[found.end() :].strip()


def is_usual(text: str) -> bool:
    """Whether this is a usual name of a section of papers and reports."""
    return _USUAL.fullmatch(without_number(text).rstrip(" .:")) is not None


def is_label(text: str) -> bool:
    """Whether it is the label of something beside the text: a caption, keywords, a correspondence address."""
    return _LABEL.match(text) is not None or CAPTION.match(text) is not None


def is_parenthesised(text: str) -> bool:
    """Whether the whole text is in parentheses: mostly a unit for what is above, and no heading."""
    return _PARENTHESISED.fullmatch(text) is not None


def may_head(text: str) -> bool:
    """Whether the text can be a heading by its words: no formula, address, label, or name of a file."""
    title = without_number(text)
    words = title.split()
    letters = sum(letter.isalpha() for letter in title)
    if not words or max(map(len, words)) < LEAST_WORD or letters < LETTERS * sum(map(len, words)):
        return False
    if is_parenthesised(title) or _ADDRESS.search(title) or _FORMULA_END.search(title) or is_label(title):
        return False
    is_formula = "=" in title or (len(words) > 2 and letters / len(words) < FORMULA_WORD)  # noqa: PLR2004 — "A B" is short
    first = next((letter for letter in title if letter.isalnum()), "")
    return not is_formula and not first.islower()


def is_names(text: str) -> bool:
    """Whether it is a line of persons: capitalised words separated by commas, with marks of notes or an "and"."""
    words = [word for word in re.split(r"[\s,]+", text) if word[:1].isalpha() and not _JOINED.fullmatch(word)]
    capital = sum(word[0].isupper() for word in words)
    commas = text.count(",")
    parted = commas >= NAME_COMMAS or (commas + len(_JOINED.findall(text)) > 0 and _NOTE_MARKS.search(text) is not None)
    return bool(words) and capital >= NAMES * len(words) and (parted or bool(_NOTE_MARKS.search(text)))
