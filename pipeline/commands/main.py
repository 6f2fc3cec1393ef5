"""The commands; the only place that prints or exits.

Each command imports what it needs when it is called, so that simple ones do not wait for the daemon's modules to load.
"""

import os
import sys
import traceback
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.markup import escape

from pipeline.commands.common_options import split_arguments
from pipeline.document import Engine, Outcome, printable, printable_lines
from pipeline.errors import PipelineError, PublishError, UsageError
from pipeline.log.standard_streams import open_missing_streams
from pipeline.release import RELEASE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipeline.commands.doctor import Finding
    from pipeline.dispatch.overview import Tally
    from pipeline.settings.settings import Settings

_USAGE = 64
_USAGE_OF_THE_LIBRARY = 2
_FELL_BACK = 3
_SOME_FAILED = 1
_INTERRUPTED = 130

# Everything that a person reads goes to stderr, so that stdout carries only JSON and HTML.
console = Console(stderr=True)
app = typer.Typer(
    name="dropleaf",
    help="Turns PDFs that are dropped into a folder into HTML, page by page, through the vision model on your machine.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

SettingsFile = Annotated[Path | None, typer.Option("--settings", metavar="F", help="Settings file.")]
Inbox = Annotated[Path | None, typer.Option("--inbox", metavar="D", help="Instead of the settings' inbox.")]
Outbox = Annotated[Path | None, typer.Option("-o", "--outbox", metavar="D", help="Instead of the settings' outbox.")]
SaveAnswers = Annotated[
    Path | None, typer.Option("--save-answers", metavar="DIR", help="Keep every answer of the model there, as it came.")
]
OutputNames = Annotated[
    str | None, typer.Option("--to", metavar="KINDS", help="Beside the HTML: xlsx, csv, markdown, parted by commas.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Machine-readable, on stdout.")]


@app.callback()
def common(
    *,
    version: Annotated[bool, typer.Option("--version", help="Print the version and exit.")] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of an error in Dropleaf.")] = False,
) -> None:
    """Named here for the help; :func:`main` has taken them out of the command line, wherever they stand."""
    del version, debug


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
    from pipeline.daemon.service import Service
    from pipeline.host.memory import give_back_large_blocks

    load = partial(_load, settings, inbox=inbox, outbox=outbox, save_answers=_made(save_answers))
    give_back_large_blocks()
    tally = Service(load(), once=once, reload=load).run()
    raise typer.Exit(_SOME_FAILED if once and tally.outcomes[Outcome.FAILED] else 0)


@app.command()
def convert(  # noqa: PLR0913 — every option of a command is an argument
    paths: Annotated[
        list[Path], typer.Argument(metavar="FILE|FOLDER...", help="PDFs, or folders of them; they stay where they are.")
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
) -> None:
    """Convert files in the foreground."""
    from pipeline.commands.convert import convert_files
    from pipeline.commands.export import text_to_outputs
    from pipeline.commands.page_numbers import text_to_pages
    from pipeline.commands.progress import Progress
    from pipeline.commands.sources import paths_to_files
    from pipeline.commands.summary import print_summary

    files = paths_to_files(paths, recursive=recursive)
    outputs = None if to is None else ",".join(text_to_outputs(to))
    loaded = _load(settings, engine=engine, save_answers=_made(save_answers), outputs=outputs, quiet=True)
    folder = (outbox or loaded.outbox).absolute()
    only = text_to_pages(pages) if pages else ()
    if compare:
        _compare(loaded, files, folder, only)
        return
    with Progress(console, len(files)) as progress:
        tally = convert_files(loaded, files, folder=folder, only=only, show=progress.show)
    print_summary(console, tally)
    raise typer.Exit(_tally_to_exit_code(tally, len(files)))


@app.command()
def status(  # noqa: PLR0913 — every option of a command is an argument
    name: Annotated[str, typer.Argument(metavar="[NAME]", help="All about this document.")] = "",
    *,
    watching: Annotated[bool, typer.Option("--watch", help="Show it anew each second, until Ctrl-C.")] = False,
    everything: Annotated[bool, typer.Option("--all", help="Every result, not only the newest.")] = False,
    as_json: AsJson = False,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Show what is waiting, running, done and failed."""
    from pipeline.commands.status_table import Extent, document_to_table, status_to_table, watch_status
    from pipeline.files.json_values import value_to_json
    from pipeline.status.read import read_status

    loaded = _load(settings, inbox=inbox, outbox=outbox, quiet=True)
    extent = Extent.EVERYTHING if everything else Extent.NEWEST
    if name:
        console.print(document_to_table(loaded.outbox, name))
    elif as_json:
        _write(value_to_json(read_status(loaded.inbox, loaded.outbox), indented=True))
    elif watching:
        watch_status(console, loaded.inbox, loaded.outbox, extent)
    else:
        console.print(status_to_table(read_status(loaded.inbox, loaded.outbox, limit=extent.value), extent))


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the document.")],
    *,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Show the result of a document in the browser."""
    from pipeline.commands.open_result import open_result

    file, shown = open_result(_load(settings, outbox=outbox, quiet=True).outbox, name)
    console.print(escape(printable(str(file))), highlight=False, soft_wrap=True)
    if not shown:
        raise UsageError("no browser could be started; open the file above by hand")


@app.command()
def retry(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Documents, by their names.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All documents that have such pages.")] = False,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Ask the model again for the pages that fell back; the others stay as they are."""
    _ask_again(_load(settings, outbox=outbox, quiet=True), names or [], everything=everything)


@app.command()
def redo(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Documents, by their names.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All documents.")] = False,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Ask the model again for all pages; they wait while no server can be reached."""
    _ask_again(_load(settings, outbox=outbox, quiet=True), names or [], everything=everything, all_pages=True)


@app.command()
def pause(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="In work; none for all.")] = None,
    *,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Begin no more pages of documents in work, or of all; those that are asked for are finished."""
    from pipeline.commands.orders import pause_or_resume

    _say(pause_or_resume(_load(settings, outbox=outbox, quiet=True).outbox, names or (), paused=True))


@app.command()
def resume(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="In work; none for all.")] = None,
    *,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Go on with what was paused."""
    from pipeline.commands.orders import pause_or_resume

    _say(pause_or_resume(_load(settings, outbox=outbox, quiet=True).outbox, names or (), paused=False))


@app.command()
def cancel(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in work.")],
    *,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Take documents out of the work: they go to failed/, or stay as they were delivered before."""
    from pipeline.commands.orders import cancel as cancel_documents

    _say(cancel_documents(_load(settings, outbox=outbox, quiet=True).outbox, names))


@app.command()
def priority(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in work.")],
    *,
    to: Annotated[int, typer.Option("--to", metavar="N", help="-100 to 100; larger ones come first.")] = 10,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Have documents in work come before others, or behind them."""
    from pipeline.commands.orders import prefer

    _say(prefer(_load(settings, outbox=outbox, quiet=True).outbox, names, to))


def _say(sentences: "Iterable[str]") -> None:
    for sentence in sentences:
        console.print(escape(sentence), highlight=False, soft_wrap=True)


def _ask_again(loaded: "Settings", names: list[str], *, everything: bool, all_pages: bool = False) -> NoReturn:
    from pipeline.commands.progress import Progress
    from pipeline.commands.retry import documents_to_retry, retry
    from pipeline.commands.summary import print_summary

    if bool(names) is everything:
        raise UsageError("name the documents to try again, or say --all")
    documents = documents_to_retry(loaded.outbox, names, everything=all_pages)
    if not documents:
        console.print("No page fell back: nothing to ask again.")
        raise typer.Exit
    left_out: list[str] = []
    leave_out = left_out.append if everything else None
    with Progress(console, len(documents)) as progress:
        tally = retry(loaded, documents, progress.show, leave_out=leave_out, everything=all_pages)
    print_summary(console, tally)
    for sentence in left_out:
        console.print(f"[yellow]left out[/]  {escape(sentence)}", highlight=False, soft_wrap=True)
    code = _tally_to_exit_code(tally, len(documents) - len(left_out))
    raise typer.Exit(code or (_FELL_BACK if left_out else 0))


@app.command()
def export(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in the outbox, by their names.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="KINDS", help="xlsx, csv, markdown, parted by commas.")] = "xlsx",
    merge: Annotated[Path | None, typer.Option("--merge", metavar="FILE", help="One workbook of all of them.")] = None,
    settings: SettingsFile = None,
    outbox: Outbox = None,
) -> None:
    """Make spreadsheets and Markdown of results that are there, without converting again."""
    from pipeline.commands.export import export_merged, export_named, text_to_outputs

    loaded = _load(settings, outbox=outbox, quiet=True)
    outputs = text_to_outputs(to)
    made = export_merged(loaded.outbox, names, outputs, merge) if merge else export_named(loaded, names, outputs)
    for path in made:
        console.print(f"[green]written[/]   {escape(printable(str(path)))}", highlight=False, soft_wrap=True)


@app.command()
def doctor(
    *, as_json: AsJson = False, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None
) -> None:
    """Check settings, folders, kernel limits, servers; say what to do about each fault."""
    from pipeline.commands.doctor import Health, examine
    from pipeline.files.json_values import value_to_json

    loaded = _load(settings, inbox=inbox, outbox=outbox, quiet=True)
    findings = list(examine(loaded))
    if as_json:
        _write(value_to_json(findings, indented=True))
    else:
        for finding in findings:
            _print_finding(finding)
    raise typer.Exit(_SOME_FAILED if any(each.health is Health.FAULT for each in findings) else 0)


@app.command()
def demo(*, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None) -> None:
    """Convert bundled samples: with the model where one answers, else with the built-in engine."""
    from pipeline.commands.demo import choose_engine, run_demo
    from pipeline.commands.summary import print_summary

    load = partial(_load, settings, inbox=inbox, outbox=outbox, quiet=True)
    reading = choose_engine(load())
    console.print(escape(printable_lines(reading.sentence)), highlight=False, soft_wrap=True)
    tally = run_demo(reading.settings, load)
    if tally is None:
        where = escape(printable(str(reading.settings.outbox)))
        console.print(f"A daemon is at work here and converts them; the results come to {where}", soft_wrap=True)
        raise typer.Exit
    print_summary(console, tally)
    for _, manifest in tally.published:
        console.print(f"manifest  {escape(printable(manifest))}", highlight=False, soft_wrap=True)
    raise typer.Exit(_SOME_FAILED if tally.outcomes[Outcome.FAILED] else 0)


@app.command()
def answer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved answer, see --save-answers.")],
    *,
    model: Annotated[str, typer.Option("--model", metavar="ID", help="The model that wrote it.")] = "",
    page: Annotated[str, typer.Option("--page", metavar="PDF:N", help="The page that it is about.")] = "",
    settings: SettingsFile = None,
) -> None:
    """Show what is made of a saved answer of a model: HTML on stdout, and what was done to it."""
    # Imported here: it loads PDF libraries, which the daemon must never load.
    from pipeline.commands.answer import explain, print_explanation

    loaded = _load(settings, quiet=True)
    explanation = explain(file, model=model, page=page, settings=loaded)
    print_explanation(console, explanation)
    if explanation.html:
        print(explanation.html)  # noqa: T201 — this is the place
    raise typer.Exit(0 if explanation.verdict.reason is None else _FELL_BACK)


@app.command()
def unit(
    *,
    user: Annotated[bool, typer.Option("--user", help="For your own service manager, not the system's.")] = False,
    settings: SettingsFile = None,
) -> None:
    """Print a hardened systemd unit for this installation."""
    from pipeline.commands.systemd_unit import settings_to_unit
    from pipeline.settings.settings import found_file

    loaded = _load(settings, quiet=True)
    print(settings_to_unit(loaded, settings or found_file(), user=user), end="")  # noqa: T201 — this is the place


def _write(data: bytes) -> None:
    """Write to stdout, whatever that is.

    Raises:
        PublishError: It is a file that takes no more.
    """
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        _leave_output()
        raise PublishError(f"the output cannot be written: {error.strerror}") from error


def _leave_output() -> None:
    """Say nothing more on stdout, not even at the interpreter's end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def main() -> NoReturn:
    """The console script: every error ends here as a sentence and an exit code."""
    open_missing_streams()
    options = split_arguments(sys.argv[1:])
    if options.version:
        print(RELEASE)  # noqa: T201 — this is the place
        sys.exit(0)
    code: str | int | None = 0
    try:
        app(list(options.arguments), prog_name="dropleaf")
    except SystemExit as exit_:
        code = _USAGE if exit_.code == _USAGE_OF_THE_LIBRARY else exit_.code
    except KeyboardInterrupt:
        code = _INTERRUPTED
    except PipelineError as error:
        console.print(f"[bold red]dropleaf:[/] {escape(printable_lines(str(error)))}", highlight=False, soft_wrap=True)
        code = error.exit_code
    except BrokenPipeError:
        _leave_output()  # its reader is gone
        code = _SOME_FAILED
    except Exception as error:  # noqa: BLE001 — the last boundary: it is a bug, and reported as one
        _print_bug(error, debug=options.debug)
        code = PipelineError.exit_code
    sys.exit(code)


def _print_bug(error: Exception, *, debug: bool) -> None:
    if debug:
        console.print_exception()
        console.print("[bold red]dropleaf:[/] this is an error in Dropleaf; please report it with the lines above")
        return
    last = traceback.extract_tb(error.__traceback__)[-1]
    place = f"{type(error).__name__} at {Path(last.filename).name}:{last.lineno}"
    console.print(
        f"[bold red]dropleaf:[/] this is an error in Dropleaf ({escape(place)}); "
        "run the same with --debug and please report what it shows",
        highlight=False,
        soft_wrap=True,
    )


def _load(file: Path | None, *, quiet: bool = False, **overrides: object) -> "Settings":
    from pipeline.log.log import configure
    from pipeline.settings.settings import load_settings

    given = {key: str(value) for key, value in overrides.items() if value is not None}
    loaded = load_settings(file, given)
    if quiet and loaded.log.level != "debug":
        # The command's own output says everything that a person needs.
        loaded = loaded.model_copy(update={"log": loaded.log.model_copy(update={"level": "error"})})
    configure(loaded.log.level, loaded.log.format)
    return loaded


def _made(folder: Path | None) -> Path | None:
    """The folder, created if it is missing.

    Raises:
        UsageError: It cannot be created.
    """
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder}: {error.strerror}") from None
    return folder.absolute()


def _compare(settings: "Settings", files: list[Path], folder: Path, only: tuple[int, ...]) -> None:
    from pipeline.commands.compare import compare_file
    from pipeline.commands.progress import Progress

    for file in files:
        with Progress(console, 1) as progress:
            result = compare_file(settings, file, folder=folder, only=only, show=progress.show)
        console.print(f"[green]compared[/]  {escape(printable(str(result)))}", highlight=False, soft_wrap=True)


def _tally_to_exit_code(tally: "Tally", expected: int) -> int:
    if tally.outcomes.total() < expected:
        return _INTERRUPTED
    if tally.outcomes[Outcome.FAILED]:
        return _SOME_FAILED
    return _FELL_BACK if tally.outcomes[Outcome.PARTIAL] else 0


def _print_finding(finding: "Finding") -> None:
    from pipeline.commands.doctor import Health

    marks = {Health.OK: "[green]✓[/]", Health.WARNING: "[yellow]![/]", Health.FAULT: "[red]✗[/]"}
    detail = escape(printable_lines(finding.detail))
    head = f"{marks[finding.health]} [bold]{escape(printable(finding.subject))}[/]: {detail}"
    console.print(head, highlight=False, soft_wrap=True)
    if finding.advice:
        console.print(f"  [dim]{escape(printable_lines(finding.advice))}[/]", highlight=False, soft_wrap=True)
