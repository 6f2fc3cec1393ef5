"""Removes what a model says in addition to the page: introductions, closing remarks, the prompt.

A remark is recognised by its place (first or last), by its subject (:mod:`pipeline.vision.answers.talk`), and by the
page's own words, if there are any: a sentence that is on the page is not a remark.
"""

import re
from collections.abc import Mapping
from typing import Final

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.page_words import PageWords, squeezed
from pipeline.vision.answers.stripping import Stripping
from pipeline.vision.answers.talk import Notion, notions_of, opening

# Most characters of a remark; paragraphs of a page are often longer.
_LONGEST: Final = 400
_MOST_REMARKS: Final = 3
# A closing sentence of so few characters is a remark if it only offers help.
_SHORT: Final = 160
_SHORT_ASSENT: Final = 40
# A headline of more words that speaks of nothing but extracts is the page's.
_FEW_WORDS: Final = 3
# Shares of a paragraph's words that are on the page: above the first it is the page's, below the second perhaps a
# remark.
_OF_PAGE: Final = 0.8
_FOREIGN: Final = 0.5
_DIGIT: Final = re.compile(r"\d")
_TAG: Final = re.compile(r"<[A-Za-z/!][^<>]*+>")
_ENDS: Final = ("!", ".", "\N{FULLWIDTH EXCLAMATION MARK}", "\N{IDEOGRAPHIC FULL STOP}")
_COLONS: Final = (":", "\N{FULLWIDTH COLON}")


def chatter_removed(text: str, stripping: Stripping) -> str:
    """The text without what the model says before and after the page; blank lines separate paragraphs."""
    start, end = 0, len(text)
    said = False
    for _ in range(_MOST_REMARKS):
        first, after = _first_paragraph(text, start, end)
        if after >= end or not _is_introduction(first, stripping.page):
            break
        stripping.drop(Repair.CHATTER, first)
        stripping.introductions.append(first)
        start, said = after, True
    for _ in range(_MOST_REMARKS):
        last, before = _last_paragraph(text, start, end)
        bare = text[start:before].rstrip().endswith((">", "```"))
        if before <= start or not _is_closing(last, stripping.page, sure=said or bare):
            break
        stripping.drop(Repair.CHATTER, last)
        stripping.closings.append(last)
        end, said = before, True
    return text[start:end]


def lead_removed(lines: list[str], stripping: Stripping) -> list[str]:
    """The lines without a last one that only introduces what follows ("Then the table:")."""
    longest = 200
    while lines and not lines[-1].strip():
        lines.pop()
    if (
        lines
        and lines[-1].rstrip().endswith(_COLONS)
        and len(lines[-1]) < longest
        and not stripping.page.has(lines[-1])
    ):
        stripping.drop(Repair.CHATTER, lines.pop())
    return lines


def echo_removed(text: str, stripping: Stripping) -> str:
    """The text without the lines of the prompt."""
    shortest = 20
    asked = {squeezed(line) for line in stripping.prompt.split("\n") if len(line) >= shortest}
    if not asked:
        return text
    lines = text.split("\n")
    echoed = [line for line in lines if squeezed(line.strip("#*> \t")) in asked and not stripping.page.has(line)]
    if not echoed:
        return text
    stripping.drop(Repair.PROMPT_ECHO, "\n".join(echoed))
    return "\n".join(line for line in lines if line not in echoed)


def _is_introduction(paragraph: str, page: PageWords) -> bool:
    plain = _plain(paragraph, page)
    if plain is None:
        return False
    found = notions_of(plain)
    if (verdict := _by_page(plain, sum(found.values()), page)) is not None:
        return verdict
    if len(plain) <= _SHORT_ASSENT and Notion.ASSENT in found and plain.endswith(_ENDS):
        return True
    opens = notions_of(opening(plain))
    heads = plain.endswith(_COLONS) and (len(found) > 1 or len(plain.split()) <= _FEW_WORDS)
    begins = heads or not opens.keys().isdisjoint({Notion.POINTING, Notion.ASSENT, Notion.SPEAKER})
    about = not found.keys().isdisjoint({Notion.WORK, Notion.PICTURE})
    if about and Notion.USER in opens:
        return True
    return begins and (about or (Notion.POINTING in opens and Notion.FILE in found))


def _is_closing(paragraph: str, page: PageWords, *, sure: bool) -> bool:
    """Whether a last paragraph is a remark of the model.

    Args:
        paragraph: Without tags.
        page: The page's own words.
        sure: Whether another remark was found, or the paragraph is plain text after HTML.
    """
    plain = _plain(paragraph, page)
    if plain is None:
        return False
    found = notions_of(plain)
    if (verdict := _by_page(plain, sum(found.values()), page)) is not None:
        return verdict
    offers, work = found.get(Notion.OFFER, 0), found.get(Notion.WORK, 0)
    persons = len(found.keys() & {Notion.SPEAKER, Notion.READER})
    opens = notions_of(opening(plain)).keys()
    signs = (
        Notion.NOTE in opens and _is_of_work(found),
        Notion.POINTING in opens and {Notion.PICTURE, Notion.FILE} <= found.keys(),
        offers > 1 and (sure or (len(plain) <= _SHORT and _talks(plain, offers, found))),
        work > 1 and (persons > 0 or sure),
        work > 0 and persons > 1,
        Notion.PICTURE in found and Notion.SPEAKER in found and (Notion.REFUSING in found or sure),
        sure and offers + work > 0 and (persons > 0 or Notion.FILE in found),
        sure and Notion.SPEAKER in found and not found.keys().isdisjoint({Notion.FILE, Notion.PICTURE}),
    )
    return any(signs)


def _is_of_work(found: Mapping[Notion, int]) -> bool:
    """Whether a note is about the transcription, or about what could not be read."""
    return Notion.WORK in found or {Notion.PERCEIVING, Notion.FILE} <= found.keys()


def _talks(plain: str, offers: int, found: Mapping[Notion, int]) -> bool:
    """Whether so many words of help come from a model: pages offer help, too, but hardly ever as one person."""
    enough = 3
    reader = Notion.READER in found
    if Notion.SPEAKER in found:
        return offers + 1 + reader >= enough
    return offers >= enough or (len(plain) <= _SHORT_ASSENT and not reader)


def _by_page(plain: str, notions: int, page: PageWords) -> bool | None:
    """Whether the page's own words show that a paragraph is a remark; None where they do not show it."""
    fewest = 2
    share = page.share(plain)
    if share is None:
        return None
    return False if share >= _OF_PAGE else True if share < _FOREIGN and notions >= fewest else None


def _plain(paragraph: str, page: PageWords) -> str | None:
    """A paragraph that may be a remark, without its marks; None where it cannot be one."""
    if not paragraph or len(paragraph) > _LONGEST or paragraph.startswith(("<", "|", "#", "[", "{")):
        return None
    plain = " ".join(paragraph.strip("*_ \t\n>#-").split())
    return None if not plain or _DIGIT.search(plain) or _TAG.search(plain) or page.has(plain) else plain


def _first_paragraph(text: str, start: int, end: int) -> tuple[str, int]:
    """The first paragraph and where the next one begins; it also ends where a table begins."""
    while start < end and text[start].isspace():
        start += 1
    stop = text.find("\n\n", start, end)
    stop = end if stop < 0 else stop
    line = text.find("\n", start, stop)
    if line >= 0 and (text[line - 1] in _COLONS or text[line + 1 : line + 2] in {"<", "|", "#", "`"}):
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
