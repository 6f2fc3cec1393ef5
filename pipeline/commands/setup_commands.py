"""The commands about the installation and its models: init, doctor, answer, unit."""

import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.commands.application import app
from pipeline.commands.arguments import AsJson, Inbox, Outbox, SettingsFile, UnusedInbox, UnusedOutbox, load
from pipeline.commands.exit_codes import FELL_BACK, SOME_FAILED
from pipeline.commands.terminal import console, say, write_json
from pipeline.errors import UsageError
from pipeline.printable import printable, printable_lines

if TYPE_CHECKING:
    from pipeline.commands.findings import Finding


@app.command()
def init(
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace a settings file that is there.")] = False,
    server: Annotated[
        list[str] | None, typer.Option("--server", metavar="URL", help="Look here, not at the usual local addresses.")
    ] = None,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Write a settings file with what is found here: model server, model, slots, text recognition."""
    from pipeline.commands.init import USUAL_URLS, found_to_sentences, look_around, write_settings
    from pipeline.settings.sections import checked_url
    from pipeline.settings.settings import FILE_NAME

    try:
        urls = tuple(map(checked_url, server or USUAL_URLS))
    except ValueError as error:
        raise UsageError(f"--server: {error}") from None
    file = settings or Path(FILE_NAME)
    replace = force or (file.exists() and sys.stdin.isatty() and _may_replace(file))
    if file.exists() and not replace:
        raise UsageError(f"{file} is there already; say --force to replace it")
    found = look_around(urls)
    write_settings(
        file,
        found,
        inbox=_seen_from(file, inbox) if inbox else Path("inbox"),
        outbox=_seen_from(file, outbox) if outbox else Path("outbox"),
        replace=replace,
    )
    named = f" --settings {shlex.quote(str(file))}" if settings else ""
    say([*found_to_sentences(found), printable(f"Written: {file}. Next: dropleaf watch{named}")])


def _may_replace(file: Path) -> bool:
    return typer.confirm(f"{printable(str(file))} is there already. Replace it?", err=True)


def _seen_from(file: Path, folder: Path) -> Path:
    """A folder, named on the command line, as the settings file must name it."""
    return folder if file.absolute().parent == Path.cwd() else folder.absolute()


@app.command()
def doctor(
    *, as_json: AsJson = False, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None
) -> None:
    """Check settings, folders, kernel limits, servers; say what to do about each fault."""
    from pipeline.commands.doctor import examine
    from pipeline.commands.findings import Health

    loaded = load(settings, inbox=inbox, outbox=outbox, quiet=True)
    findings = list(examine(loaded))
    if as_json:
        write_json(findings)
    else:
        for finding in findings:
            _print_finding(finding)
    raise typer.Exit(SOME_FAILED if any(each.health is Health.FAULT for each in findings) else 0)


@app.command()
def answer(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A saved answer, see --save-answers.")],
    *,
    model: Annotated[str, typer.Option("--model", metavar="ID", help="The model that wrote it.")] = "",
    page: Annotated[
        str, typer.Option("--page", metavar="FILE:N", help="The page that it is about: of a PDF or a picture.")
    ] = "",
    settings: SettingsFile = None,
    inbox: UnusedInbox = None,
    outbox: UnusedOutbox = None,
) -> None:
    """Show what is made of a saved answer of a model: HTML on stdout, and what was done to it."""
    del inbox, outbox
    # Imported here: it loads PDF libraries, which the daemon must never load.
    from pipeline.commands.answer import explain, print_explanation

    loaded = load(settings, quiet=True)
    explanation = explain(file, model=model, page=page, settings=loaded)
    print_explanation(console, explanation)
    if explanation.html:
        print(explanation.html)  # noqa: T201 — this is the place
    raise typer.Exit(0 if explanation.verdict.reason is None else FELL_BACK)


@app.command()
def unit(
    *,
    user: Annotated[bool, typer.Option("--user", help="For your own service manager, not the system's.")] = False,
    worker: Annotated[bool, typer.Option("--worker", help="For a host of a cluster.")] = False,
    scheduler: Annotated[bool, typer.Option("--scheduler", help="For the scheduler of a cluster.")] = False,
    settings: SettingsFile = None,
    inbox: Inbox = None,
    outbox: Outbox = None,
) -> None:
    """Print a hardened systemd unit for this installation (on Windows a task), and the commands that start it."""
    from pipeline.commands.systemd_unit import own_program, settings_to_member_unit, settings_to_unit
    from pipeline.commands.windows_task import settings_to_task
    from pipeline.host.service import HAS_TASKS, current_user
    from pipeline.settings.settings import found_file

    if user + worker + scheduler > 1:
        raise UsageError("--user, --worker and --scheduler exclude each other")
    loaded = load(settings, inbox=inbox, outbox=outbox, quiet=True)
    named = inbox is not None or outbox is not None
    file = settings or found_file()
    if worker or scheduler:
        text = settings_to_member_unit(loaded, file, "worker" if worker else "scheduler")
    elif HAS_TASKS:
        text = settings_to_task(loaded, file, user=current_user() or "", program=own_program(), name_folders=named)
    else:
        text = settings_to_unit(loaded, file, user=user, name_folders=named)
    print(text, end="")  # noqa: T201 — this is the place


def _print_finding(finding: "Finding") -> None:
    from pipeline.commands.findings import Health

    marks = {Health.OK: "[green]✓[/]", Health.WARNING: "[yellow]![/]", Health.FAULT: "[red]✗[/]"}
    detail = escape(printable_lines(finding.detail))
    head = f"{marks[finding.health]} [bold]{escape(printable(finding.subject))}[/]: {detail}"
    console.print(head, highlight=False, soft_wrap=True)
    if finding.advice:
        console.print(f"  [dim]{escape(printable_lines(finding.advice))}[/]", highlight=False, soft_wrap=True)
