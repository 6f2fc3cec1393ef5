"""The commands about what is there: status, open, export."""

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape

from pipeline.commands.application import app
from pipeline.commands.arguments import AsJson, Inbox, Outbox, SettingsFile, load, read
from pipeline.commands.terminal import console, write_json
from pipeline.errors import UsageError
from pipeline.printable import printable


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
    from pipeline.commands.named_status import is_in_work, status_of_document
    from pipeline.commands.status_table import Extent, status_to_table, watch_status
    from pipeline.status.read import Status, read_status

    # Without a log, which it does not write: that takes as long as all the rest.
    loaded = read(settings, inbox=inbox, outbox=outbox)
    newest = Extent.IN_JSON if as_json else Extent.NEWEST
    extent = Extent.EVERYTHING if everything or name else newest

    def read_now() -> Status:
        found = read_status(loaded.inbox, loaded.outbox, kinds=loaded.watch.kinds, limit=extent)
        return status_of_document(found, name) if name else found

    if watching and not as_json:
        watch_status(console, read_now, extent)
        return
    found = read_now()
    if as_json:
        write_json(found)
    elif name and not is_in_work(found):
        from pipeline.commands.document_table import document_to_table

        console.print(document_to_table(loaded.outbox, name))
    else:
        console.print(status_to_table(found, extent))


@app.command("open")
def open_(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Of the document.")],
    *,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Show the result of a document in the browser."""
    from pipeline.commands.open_result import open_result

    file, shown = open_result(load(settings, inbox=inbox, outbox=outbox, quiet=True).outbox, name)
    console.print(escape(printable(str(file))), highlight=False, soft_wrap=True)
    if not shown:
        raise UsageError("no browser could be started; open the file above by hand")


@app.command()
def export(
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Documents in the outbox, by their names.")],
    *,
    to: Annotated[str, typer.Option("--to", metavar="KINDS", help="xlsx, csv, markdown, parted by commas.")] = "xlsx",
    merge: Annotated[Path | None, typer.Option("--merge", metavar="FILE", help="One workbook of all of them.")] = None,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Make spreadsheets and Markdown of results that are there, without converting again."""
    from pipeline.commands.export import export_merged, export_named, text_to_outputs

    loaded = load(settings, inbox=inbox, outbox=outbox, quiet=True)
    outputs = text_to_outputs(to)
    made = export_merged(loaded.outbox, names, outputs, merge) if merge else export_named(loaded, names, outputs)
    for path in made:
        console.print(f"[green]written[/]   {escape(printable(str(path)))}", highlight=False, soft_wrap=True)
