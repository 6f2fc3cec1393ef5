"""The commands about the installation and its models: doctor, answer, unit."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.markup import escape

from pipeline.commands.application import app
from pipeline.commands.arguments import AsJson, Inbox, Outbox, SettingsFile, load
from pipeline.commands.exit_codes import FELL_BACK, SOME_FAILED
from pipeline.commands.terminal import console, write
from pipeline.printable import printable, printable_lines

if TYPE_CHECKING:
    from pipeline.commands.doctor import Finding


@app.command()
def doctor(
    *, as_json: AsJson = False, settings: SettingsFile = None, inbox: Inbox = None, outbox: Outbox = None
) -> None:
    """Check settings, folders, kernel limits, servers; say what to do about each fault."""
    from pipeline.commands.doctor import Health, examine
    from pipeline.files.json_values import value_to_json

    loaded = load(settings, inbox=inbox, outbox=outbox, quiet=True)
    findings = list(examine(loaded))
    if as_json:
        write(value_to_json(findings, indented=True))
    else:
        for finding in findings:
            _print_finding(finding)
    raise typer.Exit(SOME_FAILED if any(each.health is Health.FAULT for each in findings) else 0)


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
    settings: SettingsFile = None,
) -> None:
    """Print a hardened systemd unit for this installation."""
    from pipeline.commands.systemd_unit import settings_to_unit
    from pipeline.settings.settings import found_file

    loaded = load(settings, quiet=True)
    print(settings_to_unit(loaded, settings or found_file(), user=user), end="")  # noqa: T201 — this is the place


def _print_finding(finding: "Finding") -> None:
    from pipeline.commands.doctor import Health

    marks = {Health.OK: "[green]✓[/]", Health.WARNING: "[yellow]![/]", Health.FAULT: "[red]✗[/]"}
    detail = escape(printable_lines(finding.detail))
    head = f"{marks[finding.health]} [bold]{escape(printable(finding.subject))}[/]: {detail}"
    console.print(head, highlight=False, soft_wrap=True)
    if finding.advice:
        console.print(f"  [dim]{escape(printable_lines(finding.advice))}[/]", highlight=False, soft_wrap=True)
