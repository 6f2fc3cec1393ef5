"""The state while everything that is not the page is removed from an answer."""

from dataclasses import dataclass, field

from pipeline.markup.repairs import Repair
from pipeline.vision.answers.page_words import PageWords


@dataclass(slots=True, kw_only=True)
class Stripping:
    """The state for one answer.

    Attributes:
        page: The page's own words: text that is there is never removed.
        prompt: What the model was asked.
        repairs: The repairs that were made.
        dropped: Texts that were removed, in order: thoughts, remarks, the prompt, another turn.
        introductions: What the model said before the page.
        closings: What it said behind the page.
    """

    page: PageWords
    prompt: str = ""
    repairs: set[Repair] = field(default_factory=set)
    dropped: list[str] = field(default_factory=list)
    introductions: list[str] = field(default_factory=list)
    closings: list[str] = field(default_factory=list)

    def drop(self, repair: Repair, text: str) -> None:
        """Note a repair, and the text that it removes."""
        self.repairs.add(repair)
        if plain := text.strip():
            self.dropped.append(plain)
