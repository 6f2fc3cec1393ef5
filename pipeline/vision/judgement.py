"""From a raw answer to a page's content: accepted, compared with the page's own text, marked, or rejected."""

from dataclasses import dataclass

from pipeline.document import Content, Method
from pipeline.vision.answer import judge
from pipeline.vision.exchange import RawAnswer
from pipeline.vision.pagetext import PageText
from pipeline.vision.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What one page's answers are judged by.

    Attributes:
        profile: Of the model that answers.
        layer: The page's own text.
        faithful: ``off``, ``flag`` or ``fallback``.
    """

    profile: Profile
    layer: PageText
    faithful: str

    def __call__(self, answer: RawAnswer) -> Content:
        """The page's content.

        Raises:
            PageError: The answer is no good; the class says why.
        """
        verdict = judge(
            answer.text,
            dialect=self.profile.dialect.value,
            finish_reason=answer.finish_reason,
            prompt=self.profile.prompt,
        )
        page = verdict.accepted()
        return Content(method=Method.VISION, html=page.html, tables=page.tables, repairs=page.repairs)
