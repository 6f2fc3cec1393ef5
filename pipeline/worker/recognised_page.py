"""The text that an engine has read in a page's picture, as a file from the engine's process to a worker."""

import os
from dataclasses import dataclass
from pathlib import Path

import msgspec

from pipeline.extraction import PageContent
from pipeline.extraction.readers.ocr.recognition import Recognition
from pipeline.extraction.readers.ocr.upright import Stance
from pipeline.host.moving import move
from pipeline.page_result import OcrFacts

#: A page of ten thousand words takes 3 MiB.
_MOST_BYTES = 16 << 20
_MOST_LOW_WORDS = 100
#: Measured: readable pages have .75 and more; handwriting, graphs and pages upside down .26 to .44.
LEAST_CONFIDENCE = 0.55


@dataclass(frozen=True, slots=True, kw_only=True)
class RecognisedPage:
    """The text of a page's picture.

    Attributes:
        content: In points of the upright page; its reader is the engine's name.
        stance: How the page must be turned to be upright.
        confidence: The engine's confidence, mean over the words, 0 to 1.
        low_words: The words of which it was not sure.
    """

    content: PageContent
    stance: Stance
    confidence: float
    low_words: tuple[str, ...]

    @property
    def makes_sense(self) -> bool:
        """Whether it is text at all: handwriting, drawings and unknown scripts get a low confidence."""
        return bool(self.content.words) and self.confidence >= LEAST_CONFIDENCE

    @property
    def facts(self) -> OcrFacts:
        """The facts for the manifest."""
        return OcrFacts(
            engine=self.content.reader,
            confidence=round(self.confidence, 3),
            low_words=self.low_words[:_MOST_LOW_WORDS],
        )


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(RecognisedPage)


def recognition_to_page(found: Recognition, stance: Stance) -> RecognisedPage:
    """Convert an engine's result to the form that is stored."""
    return RecognisedPage(
        content=found.content, stance=stance, confidence=min(1.0, found.confidence / 100), low_words=found.low
    )


def write_recognised(path: Path, page: RecognisedPage) -> None:
    """Write the whole file. It is not synced, since nobody needs it after a crash.

    Raises:
        OSError: It cannot be written.
    """
    temporary = path.with_suffix(".tmp")
    with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(_ENCODER.encode(page))
    move(temporary, path)


def read_recognised(path: Path) -> RecognisedPage:
    """Read the text of a page's picture.

    Raises:
        OSError: The file cannot be read.
        ValueError: The file is not valid; the process that wrote it had parsed a PDF that may be hostile.
    """
    with path.open("rb") as file:
        data = file.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ValueError("the text of the picture is too large")
    return _DECODER.decode(data)
