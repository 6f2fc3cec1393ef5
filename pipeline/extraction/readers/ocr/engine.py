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


def choose_engines(choice: Choice) -> tuple[EngineName, ...]:
    """The engines that read pictures: the first one, and others for pages that it makes no sense of.

    Args:
        choice: An engine by name, all that are installed, or none.
    """
    return tuple(name for name in installed_engines() if choice in {"auto", name})


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
