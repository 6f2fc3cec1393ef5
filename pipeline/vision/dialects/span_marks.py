"""HTML tables of OCRFlux, which repeat a spanning cell as a mark: it continues from the left or from above."""

import re
from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from pipeline.vision.dialects.dialect import Dialect, Reading

# From where a mark's cell continues. The grid of :mod:`pipeline.markup` extends that cell.
_MARKS: Final[Mapping[str, str]] = MappingProxyType({"l": "left", "t": "above", "lt": "both"})
_CELL: Final = re.compile(r"<(t[dh])(?=[\s>])([^<>]{0,300})>\s{0,99}<(l|t|lt)\s?/?>\s{0,99}(?:</\3>\s{0,99})?(?=<)")


def marks_to_attributes(text: str, reading: Reading) -> str:
    """The text with each mark converted to an attribute of its cell."""
    del reading
    return _CELL.sub(lambda match: f'<{match[1]}{match[2]} data-from="{_MARKS[match[3]]}">', text)


DIALECT: Final = Dialect(
    name="span_marks", order=71, shows=lambda text: bool(_CELL.search(text)), to_markup=marks_to_attributes
)
