"""``dropleaf convert --compare``: each page as a picture, by the model, and by the built-in engine, side by side."""

import base64
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from markupsafe import Markup

from pipeline.choices import Engine, FaithfulAction
from pipeline.commands.convert import convert_files, regular_file
from pipeline.commands.differing_numbers import Marked, mark_differing
from pipeline.errors import PublishError, RenderError, UsageError, os_error_to_words
from pipeline.files.atomic import write_whole
from pipeline.page_result import Method, PageResult
from pipeline.pictures.drawer import Drawer
from pipeline.results.document_html import template_to_html
from pipeline.results.published import PublishedDocument, find_published
from pipeline.results.reasons import REASONS
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import Snapshot

_PICTURE_PX = 1100


# How many numbers a verdict lists.
_MOST_NAMED = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedPage:
    """One page by both engines.

    Attributes:
        given: Whether the page was read by the model.
        model: The model's HTML, with the numbers marked that the built-in engine lacks.
        basic: The built-in engine's HTML, with the numbers marked that the model lacks.
        model_only: How many numbers only the model has.
        basic_only: How many numbers only the built-in engine has.
        verdict: How the two differ, in sentences.
    """

    number: int
    given: bool
    model: str
    basic: str
    model_only: int
    basic_only: int
    verdict: str


def compare_file(
    settings: Settings, file: Path, *, folder: Path, only: tuple[int, ...], show: Callable[[Snapshot], None]
) -> Path:
    """Have a PDF read by the model and by the built-in engine, and show both beside the pages' pictures.

    Args:
        settings: Of the whole program; the model's answers are not replaced, whatever ``faithful`` says.
        file: A PDF.
        folder: Where ``NAME-compare.html`` is written; an older file is replaced.
        only: Numbers of the pages that are wanted, empty for all.
        show: Takes snapshots.

    Returns:
        The path of the comparison.

    Raises:
        UsageError: It is not a file, or cannot be converted; the message says why.
        PublishError: The result cannot be written.
    """
    source = regular_file(file)
    with tempfile.TemporaryDirectory(prefix="dropleaf-") as name:
        results = [
            _convert(settings, engine, source, folder=Path(name, engine.value), only=only, show=show)
            for engine in (Engine.LMSTUDIO, Engine.BASIC)
        ]
        pages = list(_compare(*results))
        html = template_to_html(
            "comparison.html.j2",
            ["document.css", "comparison.css"],
            title=source.stem,
            summary=_summary(pages),
            verdicts=[(page.number, page.verdict) for page in pages],
            pages=_with_pictures(source, pages, settings),
        )
        target = folder / f"{source.stem}-compare.html"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            write_whole(target, html)
        except OSError as error:
            raise PublishError(f"{target} cannot be written: {os_error_to_words(error)}") from error
    return target


def _convert(
    settings: Settings,
    engine: Engine,
    source: Path,
    *,
    folder: Path,
    only: tuple[int, ...],
    show: Callable[[Snapshot], None],
) -> PublishedDocument:
    changed = settings.model_copy(update={"engine": engine, "faithful": FaithfulAction.FLAG})
    convert_files(changed, [source], folder=folder, only=only, show=show)
    document = next(find_published(folder), None)
    if document is None:
        raise UsageError(f"{source}: cannot be converted; `dropleaf convert` says why")
    return document


def _compare(model: PublishedDocument, basic: PublishedDocument) -> Iterator[ComparedPage]:
    for ours, theirs in zip(model.pages(), basic.pages(), strict=True):
        page, answer, text = ours.page, ours.html, theirs.html
        given = page.method is Method.VISION
        here, there = (
            (mark_differing(answer, text), mark_differing(text, answer))
            if given
            else (Marked(html=""), Marked(html=text))
        )
        yield ComparedPage(
            number=page.number,
            given=given or page.method is Method.BLANK,
            model=here.html,
            basic=there.html,
            model_only=len(here.numbers),
            basic_only=len(there.numbers),
            verdict=_verdict(page, here.numbers, there.numbers),
        )


def _verdict(page: PageResult, model_only: Sequence[str], basic_only: Sequence[str]) -> str:
    if page.reason is not None:
        return f"The model did not give this page: {REASONS[page.reason]}."
    if page.method is Method.BLANK:
        return "The page is blank."
    sentences = [
        f"Only {whose} has {_named(numbers)}."
        for whose, numbers in (("the model", model_only), ("the built-in engine", basic_only))
        if numbers
    ]
    if page.checks.numbers_unseen:
        sentences.append(f"The page's own text does not have {_named(page.checks.numbers_unseen)}.")
    return " ".join(sentences) or "Both have the same numbers."


def _named(numbers: Sequence[str]) -> str:
    named = ", ".join(numbers[:_MOST_NAMED])
    return named if len(numbers) <= _MOST_NAMED else f"{named} and {len(numbers) - _MOST_NAMED} more numbers"


def _summary(pages: Sequence[ComparedPage]) -> str:
    given = [page for page in pages if page.given]
    same = sum(not page.model_only and not page.basic_only for page in given)
    return (
        f"The model gave {len(given)} of {len(pages)} {'page' if len(pages) == 1 else 'pages'}; "
        f"on {same} of them it has the same numbers as the built-in engine."
    )


def _with_pictures(source: Path, pages: Sequence[ComparedPage], settings: Settings) -> Iterator[dict[str, object]]:
    drawer = Drawer(memory_mib=settings.limits.worker_mib)
    for page in pages:
        try:
            picture = drawer.draw(source, page.number, longest_side_px=_PICTURE_PX, passwords=settings.passwords)
        except RenderError:
            picture = b""
        yield {
            "number": page.number,
            "picture": base64.b64encode(picture).decode(),
            "model": Markup(page.model),  # noqa: S704 — sanitised before it was published, and marked in its text only
            "basic": Markup(page.basic),  # noqa: S704 — the same
            "model_only": page.model_only,
            "basic_only": page.basic_only,
            "verdict": page.verdict,
        }
