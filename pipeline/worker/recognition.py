"""What a worker knows about the text in a page's picture, and how it asks for that text.

Engines run in processes of their own (:mod:`pipeline.worker.recogniser`). A worker that needs a picture read ends its
task with :class:`pipeline.worker.tasks.Unrecognised`; the loop has the picture read, and sends the page again.
"""

from dataclasses import dataclass

from pipeline.extraction import BBox
from pipeline.extraction.readers.ocr.engine import choose_engines
from pipeline.log.log import logger
from pipeline.worker.recognised_page import RecognisedPage, read_recognised
from pipeline.worker.tasks import PageTask

_HOW = "To have pictures read: pip install 'dropleaf[ocr]'; `dropleaf doctor` says more."


class NeedsRecognition(Exception):  # noqa: N818 — it is no error
    """The page's picture must be read before the page can go on.

    Attributes:
        areas: The parts to be read; empty for the whole picture.
    """

    def __init__(self, areas: tuple[BBox, ...] = ()) -> None:
        super().__init__(areas)
        self.areas = areas


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecognition:
    """What is known about the text in a page's picture.

    Attributes:
        possible: Whether it can be read and nobody has tried yet.
        page: The text that was read.
        problems: Why it was not read, as sentences.
    """

    possible: bool = False
    page: RecognisedPage | None = None
    problems: tuple[str, ...] = ()


#: Text recognition is off.
NO_RECOGNITION = PageRecognition()


def task_to_recognition(task: PageTask) -> PageRecognition:
    """What a task says about the text in its page's picture."""
    text = task.picture_text
    if text is None:
        if choose_engines(task.settings.ocr):
            return PageRecognition(possible=True)
        return PageRecognition(problems=() if task.settings.ocr == "off" else (_HOW,))
    if text.path is None:
        return PageRecognition(problems=(f"Text recognition failed: {text.problem}",))
    try:
        return PageRecognition(page=read_recognised(text.path))
    except (OSError, ValueError) as error:
        logger().warning("recognised_text_unusable", error=str(error))
        return PageRecognition(problems=("Text recognition failed: what it wrote cannot be read.",))
