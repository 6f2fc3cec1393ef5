"""Merges a page's own text with the text that was read in the pictures on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extraction.geometry import is_middle_in
from pipeline.extraction.model import BBox, PageContent, Word
from pipeline.extraction.readers.ocr.legible import is_whole_page, plausible_share
from pipeline.extraction.text.words import chars_to_words

#: A picture of text has at least so many words of which the engine is sure; they cover this share of its area, and this
#: share of them is plausible. Measured: tables have at least 27 words, on at least a tenth of their area. Charts,
#: pictures and logos in journals have words on less than .06 of it, or at most 16 words. A picture that is the page may
#: be mostly empty, as other scans.
LEAST_WORDS, LEAST_DENSE, LEAST_PLAUSIBLE = 20, 0.08, 0.8
#: A word is known already where a word of the page's own text covers this share of it.
_COVERED = 0.3


def contents_to_content(own: PageContent, read: PageContent, pictures: Iterable[BBox]) -> PageContent:
    """Merge both. Where both have text, the page's own text is kept; pictures without much text add nothing.

    Args:
        own: The page's own text, with its rulings.
        read: What was read in its pictures; lengths in points of the same page.
        pictures: Where they are.
    """
    doubts = frozenset(read.doubts)
    texts = [
        box for box in pictures if _is_of_text(box, read.words, doubts, 0 if is_whole_page(box, own) else LEAST_DENSE)
    ]
    if not texts:
        return own
    words = chars_to_words(own.chars)
    added = [word for word in read.words if _is_in(word.box, texts) and not _is_covered(word.box, words)]
    return replace(
        own,
        words=(*words, *added),
        rulings=(*own.rulings, *(ruling for ruling in read.rulings if _is_in(ruling.box, texts))),
        doubts=tuple(word.box for word in added if word.box in doubts),
    )


def _is_of_text(picture: BBox, words: Iterable[Word], doubts: frozenset[BBox], least_dense: float) -> bool:
    inside = [word for word in words if is_middle_in(word.box, picture)]
    sure = [word for word in inside if word.box not in doubts and any(map(str.isalnum, word.text))]
    inked = sum((word.box.x1 - word.box.x0) * word.size for word in sure)
    area = (picture.x1 - picture.x0) * (picture.bottom - picture.top)
    return len(sure) >= LEAST_WORDS and inked >= least_dense * area and plausible_share(inside) >= LEAST_PLAUSIBLE


def _is_in(box: BBox, areas: Iterable[BBox]) -> bool:
    return any(is_middle_in(box, area) for area in areas)


def _is_covered(box: BBox, words: Sequence[Word]) -> bool:
    area = (box.x1 - box.x0) * (box.bottom - box.top)
    return any(shared > _COVERED * area for shared in _shared_areas(box, words))


def _shared_areas(box: BBox, words: Iterable[Word]) -> Iterable[float]:
    for _, other, *_ in words:
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.bottom, other.bottom) - max(box.top, other.top)
        if across > 0 and down > 0:
            yield across * down
