"""What a worker knows of the text in a page's picture, and how it asks for it.

Engines live in processes of their own (:mod:`pipeline.worker.recogniser`).  A worker that needs a picture read ends its
task with :class:`pipeline.worker.tasks.Unrecognised`; the loop has it read, and sends the page again.
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
        areas: The parts of it; empty for all of it.
    """

    def __init__(self, areas: tuple[BBox, ...] = ()) -> None:
        super().__init__(areas)
        self.areas = areas


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRecognition:
    """What is known of the text in a page's picture.

    Attributes:
        possible: It can be read, and nobody has tried.
        page: What was read.
        problems: Why it was not, as sentences.
    """

    possible: bool = False
    page: RecognisedPage | None = None
    problems: tuple[str, ...] = ()


#: Pictures are not read, and nobody asks why.
NO_RECOGNITION = PageRecognition()


def task_to_recognition(task: PageTask) -> PageRecognition:
    """What a task says of the text in its page's picture."""
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
