"""RapidOCR: PaddleOCR's models, which are in its wheel, run by onnxruntime."""

import os
from collections.abc import Iterator, Sequence

# The runtime sends usage data to its makers' servers unless this is set before it is loaded.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

import numpy as np
from rapidocr import RapidOCR

from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import EngineName, SeenWord
from pipeline.extraction.readers.ocr.picture import Picture

#: More threads than this hardly save time on one page.
_MOST_THREADS = 4


class RapidOcr:
    """See :class:`pipeline.extraction.readers.ocr.engine.Engine`."""

    name: EngineName = "rapidocr"

    def __init__(self) -> None:
        """Load the models.

        Raises:
            ExtractionError: They are not there, or cannot be loaded.
        """
        threads = min(_MOST_THREADS, os.cpu_count() or 1)
        try:
            self._engine = RapidOCR(
                params={
                    # The classifier for text directions turns short numbers upside down.
                    "Global.use_cls": False,
                    "Global.return_word_box": True,
                    "Global.log_level": "error",
                    "EngineConfig.onnxruntime.intra_op_num_threads": threads,
                    "EngineConfig.onnxruntime.inter_op_num_threads": 1,
                }
            )
        except Exception as error:
            raise ExtractionError("RapidOCR cannot be loaded; the log says why.") from error

    def recognise(self, picture: Picture) -> list[SeenWord]:
        """See :meth:`pipeline.extraction.readers.ocr.engine.Engine.recognise`."""
        grey = np.frombuffer(picture.pixels, np.uint8).reshape(picture.height, picture.width)
        try:
            found = self._engine(np.repeat(grey[:, :, None], 3, axis=2))
        except Exception as error:
            raise ExtractionError("RapidOCR failed at this page.") from error
        # The result for an empty page, or from only some parts of the engine, lacks these attributes.
        lines = zip(getattr(found, "txts", None) or (), getattr(found, "word_results", None) or (), strict=False)
        return [word for number, (text, parts) in enumerate(lines) for word in _line_to_words(text, parts, number)]


def _line_to_words(
    text: str, parts: Sequence[tuple[str, float, Sequence[Sequence[float]]]], line: int
) -> Iterator[SeenWord]:
    """The words of a line. Where the engine gives single letters (with Chinese among them), they are joined.

    Args:
        text: The text of the line, with its blanks.
        parts: Words or letters, each with its confidence (0 to 1) and the corners of its box.
        line: Number of the line.
    """
    words = text.split()
    rest = list(parts)
    for word in words:
        taken, length = [], 0
        while rest and length < len(word):
            part = rest.pop(0)
            taken.append(part)
            length += len(part[0].replace(" ", ""))
        if taken:
            corners = [corner for _, _, box in taken for corner in box]
            xs, ys = [float(corner[0]) for corner in corners], [float(corner[1]) for corner in corners]
            confidence = 100 * min(float(part[1]) for part in taken)
            yield SeenWord(word, BBox(min(xs), min(ys), max(xs), max(ys)), confidence, line)
