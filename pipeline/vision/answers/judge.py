"""From a raw answer to a page's content: accepted, held against the page's own text, marked, or rejected."""

from dataclasses import dataclass, replace

from pipeline.document import Content, Method
from pipeline.errors import UnfaithfulAnswer
from pipeline.markup.repairs import Repair
from pipeline.vision.answers.answer import PageHtml, judge
from pipeline.vision.client.exchange import RawAnswer
from pipeline.vision.faithfulness.comparison import Faith, compare
from pipeline.vision.faithfulness.marking import mark
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import Profile


@dataclass(frozen=True, slots=True, kw_only=True)
class Judge:
    """What one page's answers are judged by.

    Attributes:
        profile: Of the model that answers.
        layer: The page's own text.
        faithful: ``off``: answers are not compared; ``flag``: doubts are marked; ``fallback``: an answer that is
            plainly about something else is rejected besides.
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
            finish_reason=answer.finish_reason,
            layer=self.layer,
            prompt=self.profile.prompt,
        )
        page = verdict.accepted()
        if answer.thought:
            page = replace(page, repairs=(*page.repairs, Repair.THOUGHT.value))
        if self.faithful == "off":
            return _page_to_content(page)
        comparison = compare(page.html, self.layer)
        if comparison.faith is Faith.INVENTED and self.faithful == "fallback":
            raise UnfaithfulAnswer(comparison.detail)
        doubtful = comparison.faith in {Faith.DOUBTFUL, Faith.INVENTED}
        return Content(
            method=Method.VISION,
            html=mark(page.html, comparison) if doubtful else page.html,
            tables=page.tables,
            repairs=page.repairs,
            warnings=(comparison.detail,) if doubtful else (),
            checks=comparison.checks,
        )


def _page_to_content(page: PageHtml) -> Content:
    return Content(method=Method.VISION, html=page.html, tables=page.tables, repairs=page.repairs)
