"""Pages as other programs might have made them: the same text and the same truth, with less to go by."""

import random
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Final

from scoring import as_it_is

from pipeline.extraction import BBox, Char, PageContent

#: How far (points) a glyph is moved by :func:`jittered`, at most.
JITTER = 0.3
#: The share by which a glyph's stated type size is off after :func:`blurred`, at most.
BLUR = 0.06


def without_rulings(content: PageContent) -> PageContent:
    """No drawn line is left."""
    return replace(content, rulings=())


def with_horizontal_rulings(content: PageContent) -> PageContent:
    """Only the drawn lines from left to right are left."""
    return replace(content, rulings=tuple(ruling for ruling in content.rulings if ruling.horizontal))


def with_vertical_rulings(content: PageContent) -> PageContent:
    """Only the drawn lines from top to bottom are left."""
    return replace(content, rulings=tuple(ruling for ruling in content.rulings if not ruling.horizontal))


def without_fills(content: PageContent) -> PageContent:
    """No shading is left."""
    return replace(content, fills=())


def without_marks(content: PageContent) -> PageContent:
    """Neither lines nor shading are left: nothing but text."""
    return without_fills(without_rulings(content))


def without_weight(content: PageContent) -> PageContent:
    """No glyph is known to be bold or italic, as in a scan."""
    return replace(content, chars=tuple(char._replace(bold=False, italic=False) for char in content.chars))


def scaled(content: PageContent, factor: float) -> PageContent:
    """The page made larger or smaller, type and all."""

    def box(old: BBox) -> BBox:
        return BBox(*(length * factor for length in old))

    return replace(
        content,
        width=content.width * factor,
        height=content.height * factor,
        chars=tuple(char._replace(box=box(char.box), size=char.size * factor) for char in content.chars),
        rulings=tuple(replace(ruling, box=box(ruling.box), width=ruling.width * factor) for ruling in content.rulings),
        fills=tuple(replace(fill, box=box(fill.box)) for fill in content.fills),
        links=tuple(replace(link, box=box(link.box)) for link in content.links),
        images=tuple(map(box, content.images)),
    )


def jittered(content: PageContent) -> PageContent:
    """Every glyph moved a little, each its own way."""
    source = random.Random(content.number)

    def moved(char: Char) -> Char:
        x, y = source.uniform(-JITTER, JITTER), source.uniform(-JITTER, JITTER)
        x0, top, x1, bottom = char.box
        return char._replace(box=BBox(x0 + x, top + y, x1 + x, bottom + y))

    return replace(content, chars=tuple(map(moved, content.chars)))


def blurred(content: PageContent) -> PageContent:
    """Every glyph's type size a little off, its box left as it is."""
    source = random.Random(content.number)
    return replace(
        content,
        chars=tuple(char._replace(size=char.size * source.uniform(1 - BLUR, 1 + BLUR)) for char in content.chars),
    )


def backwards(content: PageContent) -> PageContent:
    """Everything drawn in the opposite order."""
    return replace(content, chars=content.chars[::-1], rulings=content.rulings[::-1], fills=content.fills[::-1])


#: By name, from what changes nothing for the eye to what leaves nothing but text.
PERTURBATIONS: Final[Mapping[str, Callable[[PageContent], PageContent]]] = {
    "as it is": as_it_is,
    "drawn backwards": backwards,
    "half the size": lambda content: scaled(content, 0.5),
    "twice the size": lambda content: scaled(content, 2.0),
    "glyphs moved": jittered,
    "type sizes off": blurred,
    "no bold or italic": without_weight,
    "no fills": without_fills,
    "horizontal rules only": with_horizontal_rulings,
    "vertical rules only": with_vertical_rulings,
    "no rules": without_rulings,
    "neither rules nor fills": without_marks,
}
