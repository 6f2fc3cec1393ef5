"""``dropleaf answer``: shows what is made of a saved answer, its dialect, and what was dropped and why."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipeline.commands.named_page import spec_to_page
from pipeline.errors import UsageError, os_error_to_words
from pipeline.markup.repairs import SENTENCES, Repair
from pipeline.page_result import Against
from pipeline.printable import printable_lines
from pipeline.settings.settings import Settings
from pipeline.vision.answers.judge import Verdict, judge
from pipeline.vision.faithfulness.comparison import Comparison, compare
from pipeline.vision.faithfulness.marking import mark
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.faithfulness.second_reading import comparison_to_second_reading
from pipeline.vision.profiles.profiles import Profile, profile_for

_SHOWN = 300
_AGAINST = {
    Against.TEXT_LAYER: "The page's own text.",
    Against.OCR: "What text recognition reads in the page's picture; it may err, so it doubts less.",
    Against.NONE: "Nothing: the page has no text of its own, and text recognition reads none; see `dropleaf doctor`.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The facts about an answer.

    Attributes:
        profile: Of the model that wrote it, as the user says.
        comparison: With the named page's text; None where there is none, or the answer is no page.
        html: The page, with doubtful parts marked; empty where it is rejected.
        against: Where the named page's text comes from; None where no page was named.
    """

    profile: Profile
    verdict: Verdict
    comparison: Comparison | None = None
    html: str = ""
    against: Against | None = None


def explain(file: Path, *, model: str, page: str, settings: Settings) -> Explanation:
    """Judge a saved answer as a worker does.

    Args:
        file: UTF-8 text, as ``--save-answers`` wrote it.
        model: The id of the model; empty where it is not known.
        page: ``FILE:N``, a page of a PDF or a picture; empty for none.
        settings: With the user's own profiles, passwords, and text recognition.

    Raises:
        UsageError: The file or the page cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: {os_error_to_words(error)}") from None
    profile = profile_for(model, settings.profiles)
    named = spec_to_page(page, settings) if page else None
    page_text = named.text if named else PageText()
    verdict = judge(text, page_text=page_text, prompt=profile.prompt, dialect=profile.own_dialect)
    against = named.against if named else None
    if verdict.reason is not None or verdict.page is None:
        return Explanation(profile=profile, verdict=verdict, against=against)
    comparison = None
    if against in {Against.TEXT_LAYER, Against.OCR}:
        comparison = compare(verdict.page.blocks, page_text)
        comparison = comparison_to_second_reading(comparison) if against is Against.OCR else comparison
    html = mark(verdict.page.html, verdict.page.blocks, comparison) if comparison else verdict.page.html
    return Explanation(profile=profile, verdict=verdict, comparison=comparison, html=html, against=against)


def print_explanation(console: Console, explanation: Explanation) -> None:
    """Print the facts as lines, without the HTML."""
    verdict = explanation.verdict
    for subject, words in _lines(explanation):
        console.print(f"[bold]{subject:9}[/] {escape(printable_lines(words))}", highlight=False, soft_wrap=True)
    if verdict.reason is not None:
        words = escape(printable_lines(f"{verdict.reason.value}: {verdict.detail}"))
        console.print(f"[red]refused[/]   {words}", highlight=False, soft_wrap=True)


def _lines(explanation: Explanation) -> list[tuple[str, str]]:
    verdict, page = explanation.verdict, explanation.verdict.page
    lines = [
        ("profile", explanation.profile.name),
        ("dialect", ", ".join(verdict.dialects) or "none that is known"),
        *(("dropped", _shown(text)) for text in verdict.dropped),
    ]
    if page is not None:
        lines += [("tables", ", ".join(f"{table.rows} x {table.columns}" for table in page.tables) or "none")]
        lines += [("repair", SENTENCES[Repair(repair)]) for repair in page.repairs]
        lines += [("doubt", warning) for warning in page.warnings]
    if explanation.comparison is not None:
        lines += [("page", explanation.comparison.detail or f"It is {explanation.comparison.faith.value}.")]
    return [*lines, ("against", _AGAINST[explanation.against])] if explanation.against else lines


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
