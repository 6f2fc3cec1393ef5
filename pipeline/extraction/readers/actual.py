"""Text that an author gives in the place of glyphs (ActualText), on the glyphs' place."""

from collections.abc import Sequence

from pipeline.extraction.model import BBox, Char
from pipeline.extraction.readers.glyphs import text_to_plain


def chars_with_text(chars: Sequence[Char], text: str) -> list[Char]:
    """The characters with the author's text; they share the glyphs' extent evenly when their numbers differ.

    Args:
        chars: Drawn while the text was in force.
        text: Of the author; where nothing of it can be seen, the glyphs stay as they are.
    """
    letters = [plain for letter in text if (plain := text_to_plain(letter))]
    if not chars or not any(letter.strip() for letter in letters):
        return list(chars)
    if len(letters) == len(chars):
        return [char._replace(text=letter, mapped=True) for char, letter in zip(chars, letters, strict=True)]
    first, last = chars[0], chars[-1]
    if first.angle or first.box.top != last.box.top:
        return [first._replace(text="".join(letters), mapped=True)]
    step = (last.box.x1 - first.box.x0) / len(letters)
    return [
        first._replace(
            text=letter,
            mapped=True,
            box=BBox(first.box.x0 + index * step, first.box.top, first.box.x0 + (index + 1) * step, first.box.bottom),
        )
        for index, letter in enumerate(letters)
    ]
