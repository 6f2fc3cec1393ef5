"""What text recognition asks of an engine, and which ones are installed."""

from importlib.util import find_spec
from typing import Literal, NamedTuple, Protocol

from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.tessdata import find_tessdata

EngineName = Literal["tesseract", "rapidocr"]
Choice = Literal["auto", "tesseract", "rapidocr", "off"]


class SeenWord(NamedTuple):
    """A word that an engine has seen.

    Attributes:
        box: In pixels of the picture.
        confidence: The engine's own, 0 to 100.
        line: Words of one line of text have the same number.
    """

    text: str
    box: BBox
    confidence: float
    line: int


class Engine(Protocol):
    """A program that reads words in a picture, loaded and ready."""

    @property
    def name(self) -> EngineName:
        """Its name, as settings and manifests have it."""

    def recognise(self, picture: Picture) -> list[SeenWord]:
        """The words of a picture, in the order in which the engine reads them.

        Raises:
            ExtractionError: The engine fails.
        """


def installed_engines() -> tuple[EngineName, ...]:
    """The engines that could be loaded here, the better choice first; nothing is loaded for the answer.

    Tesseract comes first where its language data is there: it is nearly as good on clean scans, at a sixth of the time
    and a tenth of the memory.
    """
    found: list[EngineName] = []
    if find_spec("tesserocr") is not None and find_tessdata() is not None:
        found.append("tesseract")
    if find_spec("rapidocr") is not None and find_spec("onnxruntime") is not None:
        found.append("rapidocr")
    return tuple(found)


def choose_engine(choice: Choice) -> EngineName | None:
    """The engine that reads pictures, None where nobody does.

    Args:
        choice: An engine by name, the better one that is installed, or none.
    """
    found = [name for name in installed_engines() if choice in {"auto", name}]
    return found[0] if found else None


def load_engine(name: EngineName, languages: tuple[str, ...] = ()) -> Engine:
    """Load an engine, which takes up to some seconds.

    Args:
        name: One of :func:`installed_engines`.
        languages: By Tesseract's names; empty for all that are installed.

    Raises:
        ExtractionError: It cannot be loaded.
    """
    # Only here, since each of them is a large library that is not installed everywhere.
    if name == "tesseract":
        from pipeline.extraction.readers.ocr.tesseract import Tesseract  # noqa: PLC0415

        return Tesseract(languages)
    from pipeline.extraction.readers.ocr.rapidocr import RapidOcr  # noqa: PLC0415

    return RapidOcr()
