"""A page's own text together with what was read in the pictures on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extraction.geometry import is_middle_in
from pipeline.extraction.model import BBox, PageContent, Word
from pipeline.extraction.readers.ocr.legible import plausible_share
from pipeline.extraction.text.words import chars_to_words

#: A picture of text has at least so many words that the engine is sure of, which take so much of its area, and so much
#: of which can be words.  Measured: tables have 27 words and more, on a tenth of their area and more; charts, pictures
#: and logos in journals less than .06 of it, or no more than 16 words.
LEAST_WORDS, LEAST_DENSE, LEAST_PLAUSIBLE = 20, 0.08, 0.8
#: A word is there already where a word of the page's own covers this share of it.
_COVERED = 0.3


def contents_to_content(own: PageContent, read: PageContent, pictures: Iterable[BBox]) -> PageContent:
    """One page of the two: its own text wins where both have something; pictures without much text add nothing.

    Args:
        own: The page's own text, with its rulings.
        read: What was read in its pictures, in points of the same page.
        pictures: Where they are.
    """
    doubts = frozenset(read.doubts)
    texts = [box for box in pictures if _is_of_text(box, read.words, doubts)]
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


def _is_of_text(picture: BBox, words: Iterable[Word], doubts: frozenset[BBox]) -> bool:
    inside = [word for word in words if is_middle_in(word.box, picture)]
    sure = [word for word in inside if word.box not in doubts and any(map(str.isalnum, word.text))]
    inked = sum((word.box.x1 - word.box.x0) * word.size for word in sure)
    area = (picture.x1 - picture.x0) * (picture.bottom - picture.top)
    return len(sure) >= LEAST_WORDS and inked >= LEAST_DENSE * area and plausible_share(inside) >= LEAST_PLAUSIBLE


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
