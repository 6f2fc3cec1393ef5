"""``dropleaf answer``: shows what is made of a saved answer, its dialect, and what was dropped and why."""

from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from pipeline.errors import DocumentError, UsageError, os_error_to_words
from pipeline.markup.repairs import SENTENCES, Repair
from pipeline.printable import printable_lines
from pipeline.settings.settings import Settings
from pipeline.vision.answers.judge import Verdict, judge
from pipeline.vision.faithfulness.comparison import Comparison, compare
from pipeline.vision.faithfulness.marking import mark
from pipeline.vision.faithfulness.page_text import PageText
from pipeline.vision.profiles.profiles import Profile, profile_for
from pipeline.worker.open_pdf import OpenPdf

_SHOWN = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The facts about an answer.

    Attributes:
        profile: Of the model that wrote it, as the user says.
        comparison: With the page's own text; None where no page was named or the answer is no page.
        html: The page, with doubtful parts marked; empty where it is rejected.
    """

    profile: Profile
    verdict: Verdict
    comparison: Comparison | None = None
    html: str = ""


def explain(file: Path, *, model: str, page: str, settings: Settings) -> Explanation:
    """Judge a saved answer as a worker does.

    Args:
        file: UTF-8 text, as ``--save-answers`` wrote it.
        model: The id of the model; empty where it is not known.
        page: ``PDF:N``, empty for none.
        settings: With the user's own profiles, and passwords.

    Raises:
        UsageError: The file or the page cannot be read.
    """
    try:
        text = file.read_text(encoding="utf-8", errors="replace")
    except OSError as error:
        raise UsageError(f"{file}: {os_error_to_words(error)}") from None
    profile = profile_for(model, settings.profiles)
    page_text = spec_to_page_text(page, settings.passwords) if page else PageText()
    verdict = judge(text, page_text=page_text, prompt=profile.prompt, dialect=profile.own_dialect)
    if verdict.reason is not None or verdict.page is None:
        return Explanation(profile=profile, verdict=verdict)
    comparison = compare(verdict.page.blocks, page_text) if page else None
    html = mark(verdict.page.html, verdict.page.blocks, comparison) if comparison else verdict.page.html
    return Explanation(profile=profile, verdict=verdict, comparison=comparison, html=html)


def spec_to_page_text(spec: str, passwords: tuple[str, ...] = ()) -> PageText:
    """The text of the page that ``PDF:N`` names.

    Raises:
        UsageError: There is no such page.
    """
    path, _, number = spec.rpartition(":")
    if not (path and number.isascii() and number.isdecimal()):
        raise UsageError(f"--page {spec}: write the file and the page's number, for example report.pdf:3")
    try:
        pdf = OpenPdf(Path(path), passwords)
    except DocumentError as error:
        raise UsageError(f"{path}: {error}") from None
    try:
        if not 1 <= int(number[:9]) <= pdf.page_count:
            raise UsageError(f"{path} has {pdf.page_count} pages, and no page {number}")
        return pdf.layer(int(number)).page_text
    finally:
        pdf.close()


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
    return lines


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN else line[:_SHOWN] + "…"
