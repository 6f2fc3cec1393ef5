"""Pages with words, rules and fills at random places, but not without any order: chance alone makes no columns."""

import random
from collections.abc import Callable, Iterator

from typeset import chars_to_content, text_to_chars

from pipeline.extraction import BBox, Char, Fill, PageContent, Ruling

_WIDTH, _HEIGHT = 600.0, 800.0
_TEXT = """
    Abstract Table Table 1. Figure 2: Total 1 2 3 1,204 (12) $ 45.0 % - \u2013 \u2022 a) iv. of the committee found that
    rates had grown faster. Note: * \u2020 p. ..... \u2026 North South 2019 2020 x \u05e9\u05dc\u05d5\u05dd (
    ) \ufffd -----
"""
_WORDS = _TEXT.split()
_SIZES = (6.0, 8.0, 9.0, 10.0, 10.0, 10.0, 12.0, 18.0, 40.0)

_Part = Callable[[random.Random], Iterator[Char]]


def random_page(seed: int) -> PageContent:
    """The page that belongs to the seed."""
    dice = random.Random(seed)
    chars = [char for _ in range(dice.randint(1, 5)) for char in dice.choice(_PARTS)(dice)]
    content = chars_to_content(chars, width=_WIDTH, height=_HEIGHT, rulings=list(_rulings(dice)))
    fills = tuple(Fill(box=_box(dice), colour=dice.choice(_COLOURS)) for _ in range(dice.choice((0, 0, 1, 6))))
    return _with_fills(content, fills)


_COLOURS = (None, (0.0, 0.0, 0.0), (0.9, 0.9, 0.9), (1.0, 1.0, 1.0))


def _with_fills(content: PageContent, fills: tuple[Fill, ...]) -> PageContent:
    return PageContent(
        number=1,
        width=content.width,
        height=content.height,
        reader=content.reader,
        chars=content.chars,
        rulings=content.rulings,
        fills=fills,
    )


def _scattered(dice: random.Random) -> Iterator[Char]:
    for _ in range(dice.randint(1, 25)):
        yield from _words(dice, dice.uniform(0, _WIDTH), dice.uniform(0, _HEIGHT), dice.choice(_SIZES), 3)


def _columns(dice: random.Random) -> Iterator[Char]:
    """Lines in columns, some of them missing, the leading close or wide."""
    size, left, top = dice.choice(_SIZES[:7]), dice.uniform(20, 200), dice.uniform(20, 600)
    pitch, leading = dice.uniform(3, 20) * size, size * dice.choice((0.8, 1.0, 1.2, 1.6, 3.0))
    most = dice.randint(1, 8)
    for row in range(dice.randint(1, 25)):
        for column in range(dice.randint(1, 5)):
            if dice.random() < 0.8:
                yield from _words(dice, left + column * pitch, top + row * leading, size, most)


def _heading(dice: random.Random) -> Iterator[Char]:
    """A title or an address somewhere near the top, a word at the left, full lines below."""
    size = dice.choice(_SIZES[3:])
    top = dice.uniform(30, 300)
    yield from _words(dice, dice.uniform(100, 400), top, size, 6)
    yield from _words(dice, 72, top + dice.uniform(5, 60), size, 1)
    for row in range(dice.randint(1, 4)):
        yield from _words(dice, 72, top + 62 + 12 * row, 10.0, 30)


def _turned(dice: random.Random) -> Iterator[Char]:
    angle = dice.choice((90, 180, 270, 30, 315))
    x, y = dice.uniform(0, _WIDTH), dice.uniform(0, _HEIGHT)
    for letter in "Turned text":
        yield Char(text=letter, box=BBox(x, y, x + 8, y + 6), font="Test", size=8.0, upright=False, angle=angle)
        y -= 6


_PARTS: tuple[_Part, ...] = (_scattered, _columns, _columns, _heading, _turned)


def _words(dice: random.Random, x: float, baseline: float, size: float, most: int) -> list[Char]:
    text = " ".join(dice.choice(_WORDS) for _ in range(dice.randint(1, most)))
    return text_to_chars(text, x, baseline, size=size, bold=dice.random() < 0.2)


def _rulings(dice: random.Random) -> Iterator[Ruling]:
    """None, a few anywhere, or a grid with gaps."""
    kind = dice.randint(0, 3)
    xs = sorted(dice.uniform(20, 580) for _ in range(dice.randint(2, 5)))
    ys = sorted(dice.uniform(20, 780) for _ in range(dice.randint(2, 12)))
    if kind == 1:
        for _ in range(dice.randint(1, 12)):
            x0, top, x1, bottom = _box(dice)
            yield Ruling(box=BBox(x0, top, x1, top) if dice.random() < 0.7 else BBox(x0, top, x0, bottom), width=1.0)
    for y in ys if kind > 1 else ():
        yield Ruling(box=BBox(xs[0], y, xs[-1], y), width=0.5)
    for x in xs if kind > 2 else ():
        if dice.random() < 0.8:
            yield Ruling(box=BBox(x, ys[0], x, ys[-1]), width=0.5)


def _box(dice: random.Random) -> BBox:
    x0, top = dice.uniform(0, 500), dice.uniform(0, 700)
    return BBox(x0, top, x0 + dice.choice((0.0, 50.0, dice.uniform(0, 400))), top + dice.uniform(0, 200))
