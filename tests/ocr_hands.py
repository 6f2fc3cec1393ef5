"""What the tests of text recognition have in common."""

import importlib.util
from collections.abc import Callable

import pytest
from scans import DPI, Grey

from pipeline.extraction import BBox
from pipeline.extraction.readers.ocr.engine import EngineName, SeenWord
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.tessdata import find_tessdata

needs_tesseract = pytest.mark.skipif(
    importlib.util.find_spec("tesserocr") is None or find_tessdata() is None,
    reason="needs Tesseract: tesserocr, and the language data of a package such as tesseract-ocr-eng",
)
needs_rapidocr = pytest.mark.skipif(
    importlib.util.find_spec("rapidocr") is None or importlib.util.find_spec("onnxruntime") is None,
    reason="needs RapidOCR: pip install 'dropleaf[ocr]'",
)


def grey_to_picture(page: Grey, *, dpi: float = DPI) -> Picture:
    """A drawn page as text recognition wants it."""
    height, width = page.shape
    return Picture(pixels=page.tobytes(), width=width, height=height, dpi=dpi)


class PlayedEngine:
    """An engine whose part the test plays."""

    def __init__(self, read: Callable[[Picture], list[SeenWord]], *, name: EngineName = "tesseract") -> None:
        self.name: EngineName = name
        self._read = read
        self.pictures: list[Picture] = []

    def recognise(self, picture: Picture) -> list[SeenWord]:
        """What the test says."""
        self.pictures.append(picture)
        return self._read(picture)


def seen(text: str, x0: float, top: float, x1: float, bottom: float, *, confidence: float = 95.0) -> SeenWord:
    """A word in pixels, on a line of its own."""
    return SeenWord(text, BBox(x0, top, x1, bottom), confidence, round(top))
