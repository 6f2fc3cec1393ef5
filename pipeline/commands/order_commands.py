"""The commands that a running daemon obeys: retry, redo, pause, resume, cancel, priority."""

from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.markup import escape

from pipeline.commands.application import app
from pipeline.commands.arguments import Inbox, Outbox, SettingsFile, load
from pipeline.commands.exit_codes import FELL_BACK, tally_to_exit_code
from pipeline.commands.terminal import console, say
from pipeline.errors import UsageError

if TYPE_CHECKING:
    from pipeline.settings.settings import Settings


@app.command()
def retry(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Documents, by their names.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All that fell back or failed.")] = False,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Ask the model again for pages that fell back; the others stay as they are. Failed documents are tried again."""
    _ask_again(load(settings, inbox=inbox, outbox=outbox, quiet=True), names or [], everything=everything)


@app.command()
def redo(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="Documents, by their names.")] = None,
    *,
    everything: Annotated[bool, typer.Option("--all", help="All documents.")] = False,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Ask the model again for all pages; they wait while no server can be reached."""
    _ask_again(
        load(settings, inbox=inbox, outbox=outbox, quiet=True), names or [], everything=everything, all_pages=True
    )


@app.command()
def pause(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="In work; none for all.")] = None,
    *,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Begin no more pages of documents in work, or of all; those that are asked for are finished."""
    from pipeline.commands.orders import pause_or_resume

    say(pause_or_resume(load(settings, inbox=inbox, outbox=outbox, quiet=True).outbox, names or (), paused=True))


@app.command()
def resume(
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME...]", help="In work; none for all.")] = None,
    *,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Go on with what was paused."""
    from pipeline.commands.orders import pause_or_resume

    say(pause_or_resume(load(settings, inbox=inbox, outbox=outbox, quiet=True).outbox, names or (), paused=False))


@app.command()
def cancel(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in work.")],
    *,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Take documents out of the work: they go to failed/, or stay as they were delivered before."""
    from pipeline.commands.orders import cancel as cancel_documents

    say(cancel_documents(load(settings, inbox=inbox, outbox=outbox, quiet=True).outbox, names))


@app.command()
def priority(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in work.")],
    *,
    to: Annotated[int, typer.Option("--to", metavar="N", help="-100 to 100; larger ones come first.")] = 10,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Have documents in work come before others, or behind them."""
    from pipeline.commands.orders import prefer

    say(prefer(load(settings, inbox=inbox, outbox=outbox, quiet=True).outbox, names, to))


def _ask_again(loaded: "Settings", names: list[str], *, everything: bool, all_pages: bool = False) -> NoReturn:
    from pipeline.commands.progress import Progress
    from pipeline.commands.retry import find_delivered, find_documents, retry
    from pipeline.commands.summary import print_summary

    if bool(names) is everything:
        raise UsageError("name the documents to try again, or say --all")
    find = find_delivered if all_pages else find_documents
    documents = find(loaded.outbox, names)
    if not documents:
        say(["Nothing is delivered yet." if all_pages else "No page fell back and no document failed: nothing to do."])
        raise typer.Exit
    left_out: list[str] = []
    leave_out = left_out.append if everything else None
    with Progress(console, len(documents)) as progress:
        tally = retry(loaded, documents, progress.show, leave_out=leave_out, everything=all_pages)
    print_summary(console, tally, expected=len(documents) - len(left_out))
    for sentence in left_out:
        console.print(f"[yellow]left out[/]  {escape(sentence)}", highlight=False, soft_wrap=True)
    code = tally_to_exit_code(tally, len(documents) - len(left_out))
    raise typer.Exit(code or (FELL_BACK if left_out else 0))
