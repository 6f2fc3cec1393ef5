"""What taking the wrappings off an answer knows, and what it leaves behind."""

from dataclasses import dataclass, field

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.page_words import PageWords


@dataclass(slots=True, kw_only=True)
class Stripping:
    """One answer while everything that is no page is taken off it.

    Attributes:
        page: The page's own words: what stands there is never taken off.
        prompt: What the model was asked.
        repairs: What was done.
        dropped: Texts that were thrown away, in order: thoughts, remarks, the prompt, another turn.
        introductions: What the model said before the page.
    """

    page: PageWords
    prompt: str = ""
    repairs: set[Repair] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)
    introductions: list[str] = field(default_factory=list)

    def drop(self, repair: Repair, text: str) -> None:
        """Note a repair, and the text that it throws away."""
        self.repairs.add(repair)
        if plain := text.strip():
            self.dropped.append(plain)
