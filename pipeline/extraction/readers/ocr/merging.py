"""A page's own text together with what was read in the pictures on it."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.extraction.model import BBox, PageContent, Word
from pipeline.extraction.text.words import chars_to_words

#: Words of a picture that is a photograph are few and unsure; where fewer of them are sure than this share, it is one.
_LEAST_SURE = 0.7
#: A word is there already where a word of the page's own covers this share of it.
_COVERED = 0.3


def contents_to_content(own: PageContent, read: PageContent) -> PageContent:
    """One page of the two: its own text wins where both have something.

    Args:
        own: The page's own text, with its rulings.
        read: What was read in its pictures, in points of the same page.
    """
    words = chars_to_words(own.chars)
    added = [word for word in read.words if not _is_covered(word.box, words)]
    doubts = set(read.doubts)
    sure = sum(word.box not in doubts and len(word.text) > 1 for word in added)
    if sure < _LEAST_SURE * len(added) or not added:
        return own
    return replace(
        own,
        words=(*words, *added),
        rulings=(*own.rulings, *read.rulings),
        doubts=tuple(word.box for word in added if word.box in doubts),
    )


def _is_covered(box: BBox, words: Sequence[Word]) -> bool:
    area = (box.x1 - box.x0) * (box.bottom - box.top)
    return any(shared > _COVERED * area for shared in _shared_areas(box, words))


def _shared_areas(box: BBox, words: Iterable[Word]) -> Iterable[float]:
    for _, other, *_ in words:
        across = min(box.x1, other.x1) - max(box.x0, other.x0)
        down = min(box.bottom, other.bottom) - max(box.top, other.top)
        if across > 0 and down > 0:
            yield across * down
