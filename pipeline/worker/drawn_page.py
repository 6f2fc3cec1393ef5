"""A page as the model gets it: its picture, upright and level, and the text that the answer is compared with."""

from dataclasses import dataclass, replace

from pipeline.choices import FaithfulAction
from pipeline.page_result import Against
from pipeline.pictures.render import ImageSize, PageImage
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import Profile
from pipeline.worker.open_pdf import OpenPdf
from pipeline.worker.page_pictures import page_to_skew
from pipeline.worker.recognised_page import RecognisedPage
from pipeline.worker.recognition import task_to_recognition
from pipeline.worker.tasks import PageTask
from pipeline.worker.text_layer import TextLayer, recognised_to_page_text

#: The result of text recognition is used from this mean confidence on.
TRUSTED = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPage:
    """One page of an open file, as the transcriber needs it.

    Attributes:
        seen_turn: Degrees, clockwise, by which the page must be turned, according to the model.
        recognised: The text that was read in its picture, where its own text cannot be used.
        skew: Further degrees, clockwise, by which it must be turned.
        doubtful: Whether its own text cannot be used; then nothing is compared with it.
    """

    pdf: OpenPdf
    number: int
    max_pixels: int
    layer: TextLayer
    seen_turn: int = 0
    recognised: RecognisedPage | None = None
    skew: float = 0.0
    doubtful: bool = False

    @property
    def text(self) -> PageText:
        """The page's own text, or the text of its picture, as on the upright page."""
        if self.recognised is not None:
            return recognised_to_page_text(self.recognised)
        return PageText() if self.doubtful else self.layer.page_text

    @property
    def turn(self) -> int:
        """Degrees, clockwise, by which the page must be turned to be upright, according to its text."""
        return self.layer.turn if self.recognised is None else self.recognised.stance.turn

    @property
    def against(self) -> Against:
        """Where that text comes from."""
        return Against.TEXT_LAYER if self.recognised is None else Against.OCR

    def faithful(self, wanted: FaithfulAction) -> FaithfulAction:
        """What is done with an answer that contradicts the text. Text recognition may be wrong, so it corrects nothing.

        Args:
            wanted: What the settings say.
        """
        if self.recognised is None or wanted in {FaithfulAction.OFF, FaithfulAction.FLAG}:
            return wanted
        return FaithfulAction.FALLBACK if self.recognised.confidence >= TRUSTED else FaithfulAction.FLAG

    def render(self, *, longest_side_px: int, max_pixels: int, multiple_of: int, colour: bool) -> PageImage:
        """The page as a picture within these limits and those of the settings, turned so that its text can be read.

        Raises:
            RenderError: It cannot be drawn.
        """
        pixels = min(max_pixels, self.max_pixels)
        size = ImageSize(longest_side_px=longest_side_px, max_pixels=pixels, multiple_of=multiple_of, colour=colour)
        return self.pdf.render(self.number, size, turn=(self.turn + self.seen_turn) % 360, skew=self.skew)

    def turned(self, degrees: int) -> "DrawnPage | None":
        """The page, turned clockwise; None where its text already shows which way is up."""
        is_known = self.layer.shows_direction if self.recognised is None else self.recognised.confidence >= TRUSTED
        return None if is_known else replace(self, seen_turn=degrees)

    def render_for(self, profile: Profile) -> PageImage:
        """The page as it is sent in the first try of this profile.

        Raises:
            RenderError: It cannot be drawn.
        """
        return self.render(
            longest_side_px=profile.longest_side_px,
            max_pixels=profile.max_pixels,
            multiple_of=profile.multiple_of,
            colour=profile.colour,
        )


def page_to_draw(pdf: OpenPdf, task: PageTask) -> DrawnPage:
    """The page of a task, with everything needed to draw it upright.

    Raises:
        RenderError: It cannot be drawn.
    """
    layer = pdf.layer(task.number)
    page = DrawnPage(pdf=pdf, number=task.number, max_pixels=task.settings.max_pixels, layer=layer)
    if layer.usable:
        return page
    recognised = task_to_recognition(task).page
    if recognised is not None and layer.is_confirmed_by(recognised):
        return page
    if recognised is not None and recognised.makes_sense:
        return replace(page, recognised=recognised, skew=recognised.stance.skew)
    return replace(page, doubtful=True, skew=page_to_skew(pdf.file, task.number, layer.turn))
