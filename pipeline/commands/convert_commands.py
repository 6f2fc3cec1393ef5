"""The commands that convert: watch, convert, demo."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.choices import Engine
from pipeline.commands.application import app
from pipeline.commands.arguments import (
    Inbox,
    Outbox,
    OutputNames,
    SaveAnswers,
    SettingsFile,
    UnusedInbox,
    load,
    made_folder,
)
from pipeline.commands.exit_codes import SOME_FAILED, tally_to_exit_code
from pipeline.commands.terminal import console, say
from pipeline.document import Outcome
from pipeline.printable import printable, printable_lines

if TYPE_CHECKING:
    from pipeline.settings.settings import Settings


@app.command()
def watch(
    *,
    once: Annotated[bool, typer.Option("--once", help="Convert what is in the inbox now, then exit.")] = False,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
    save_answers: SaveAnswers = None,
) -> None:
    """Watch the inbox until SIGTERM or Ctrl-C."""
    from pipeline.pool.head_start import begun
    from pipeline.worker.page_handler import HANDLER, PRELOAD

    with begun(HANDLER, PRELOAD):  # before the rest of this process is loaded
        from pipeline.commands.summary import tally_to_sentences
        from pipeline.daemon.service import Service
        from pipeline.host.memory import give_back_large_blocks

        loading = partial(load, settings, inbox=inbox, outbox=outbox, save_answers=made_folder(save_answers))
        give_back_large_blocks()
        # For a person at a terminal; a log that is read by a program has it in its own lines.
        greet = partial(_greet, once=once) if console.is_terminal else _say_nothing
        tally = Service(loading(), once=once, reload=loading, opened=greet).run()
    if console.is_terminal:
        say(map(printable, tally_to_sentences(tally)))
    raise typer.Exit(SOME_FAILED if once and tally.outcomes[Outcome.FAILED] else 0)


@app.command()
def convert(  # noqa: PLR0913 — every option of a command is an argument
    paths: Annotated[
        list[Path],
        typer.Argument(metavar="FILE|FOLDER...", help="PDFs, pictures, or folders of them; they stay where they are."),
    ],
    *,
    recursive: Annotated[bool, typer.Option("-r", "--recursive", help="The folders in a folder, too.")] = False,
    outbox: Outbox = None,
    engine: Annotated[Engine | None, typer.Option(help="Instead of the settings' engine.")] = None,
    pages: Annotated[str, typer.Option(help="Only these pages, for example 1-3,7.")] = "",
    to: OutputNames = None,
    compare: Annotated[bool, typer.Option("--compare", help="Show model and built-in engine side by side.")] = False,
    save_answers: SaveAnswers = None,
    settings: SettingsFile = None,
    inbox: UnusedInbox = None,
) -> None:
    """Convert files in the foreground."""
    from pipeline.commands.convert import convert_files
    from pipeline.commands.export import text_to_outputs
    from pipeline.commands.page_numbers import text_to_pages
    from pipeline.commands.progress import Progress
    from pipeline.commands.sources import paths_to_files
    from pipeline.commands.summary import print_summary

    del inbox
    # Nothing is made, not even the folder for answers, before it is sure that there is something to convert.
    files = paths_to_files(paths, load(settings, quiet=True).watch.kinds, recursive=recursive)
    outputs = None if to is None else ",".join(text_to_outputs(to))
    loaded = load(settings, engine=engine, save_answers=made_folder(save_answers), outputs=outputs, quiet=True)
    folder = (outbox or loaded.outbox).absolute()
    only = text_to_pages(pages) if pages else ()
    if compare:
        _compare(loaded, files, folder, only)
        return
    with Progress(console, len(files)) as progress:
        tally = convert_files(loaded, files, folder=folder, only=only, show=progress.show)
    print_summary(console, tally, expected=len(files))
    raise typer.Exit(tally_to_exit_code(tally, len(files)))


@app.command()
def demo(*, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None) -> None:
    """Convert bundled samples: with the model where one answers, else with the built-in engine."""
    from pipeline.commands.demo import choose_engine, run_demo
    from pipeline.commands.summary import print_summary

    loading = partial(load, settings, inbox=inbox, outbox=outbox, quiet=True)
    reading = choose_engine(loading())
    console.print(escape(printable_lines(reading.sentence)), highlight=False, soft_wrap=True)
    tally = run_demo(reading.settings, loading)
    if tally is None:
        where = escape(printable(str(reading.settings.outbox)))
        console.print(f"A daemon is at work here and converts them; the results come to {where}", soft_wrap=True)
        raise typer.Exit
    print_summary(console, tally)
    for _, manifest in tally.published:
        console.print(f"manifest  {escape(printable(manifest))}", highlight=False, soft_wrap=True)
    raise typer.Exit(SOME_FAILED if tally.outcomes[Outcome.FAILED] else 0)


def _greet(settings: "Settings", url: str | None, *, once: bool) -> None:
    inbox, outbox = printable(str(settings.inbox)), printable(str(settings.outbox))
    if once:
        say([f"Converting what is in {inbox}. Results in {outbox}."])
        return
    page = f" Page: {url}" if url else ""
    say([f"Drop PDFs into {inbox}. Results in {outbox}.{page}", "Ctrl-C ends it."])


def _say_nothing(settings: "Settings", url: str | None) -> None:
    del settings, url


def _compare(settings: "Settings", files: list[Path], folder: Path, only: tuple[int, ...]) -> None:
    from pipeline.commands.compare import compare_file
    from pipeline.commands.progress import Progress

    for file in files:
        with Progress(console, 1) as progress:
            result = compare_file(settings, file, folder=folder, only=only, show=progress.show)
        console.print(f"[green]compared[/]  {escape(printable(str(result)))}", highlight=False, soft_wrap=True)
