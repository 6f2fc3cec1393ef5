"""The console script; the only place that exits."""

import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import NoReturn

import typer
from rich.markup import escape

from pipeline.commands import (  # noqa: F401 — each enters its commands into the program
    cluster_commands,
    convert_commands,
    order_commands,
    result_commands,
    setup_commands,
)
from pipeline.commands.application import arguments_to_program
from pipeline.commands.common_options import split_arguments
from pipeline.commands.exit_codes import INTERRUPTED, SOME_FAILED, USAGE
from pipeline.commands.terminal import console, leave_output
from pipeline.commands.usage import usage_to_sentence
from pipeline.errors import PipelineError
from pipeline.log.standard_streams import open_missing_streams
from pipeline.printable import printable_lines
from pipeline.release import RELEASE

if sys.platform == "win32":  # elsewhere these are signals
    from pipeline.commands import service_commands  # noqa: F401 — as above

_PROGRAM = "dropleaf"


def main() -> NoReturn:
    """The console script: every error ends here as a sentence and an exit code."""
    open_missing_streams()
    options = split_arguments(sys.argv[1:])
    if options.version:
        print(RELEASE)  # noqa: T201 — this is the place
        sys.exit(0)
    code: str | int | None
    try:
        code = _invoke(options.arguments)
    except SystemExit as exit_:
        code = exit_.code
    except (KeyboardInterrupt, typer.Abort):
        code = INTERRUPTED
    except PipelineError as error:
        _print_error(str(error))
        code = error.exit_code
    except BrokenPipeError:
        leave_output()  # its reader is gone
        code = SOME_FAILED
    except Exception as error:  # noqa: BLE001 — the last boundary: it is a bug, and reported as one
        code = _report(error, debug=options.debug)
    sys.exit(code)


def _invoke(arguments: Sequence[str]) -> int:
    """Run the command; returns the exit code."""
    # Without arguments it shows what there is; but nothing was done.
    program = arguments_to_program(arguments)
    ended = program(list(arguments) or ["--help"], prog_name=_PROGRAM, standalone_mode=False)
    if not arguments:
        return USAGE
    return ended if isinstance(ended, int) else 0


def _report(error: Exception, *, debug: bool) -> int:
    """Say what is wrong with the command line, or with Dropleaf; returns the exit code."""
    if _print_mistake(error):
        return USAGE
    _print_bug(error, debug=debug)
    return PipelineError.exit_code


def _print_mistake(error: Exception) -> bool:
    """Print what the library finds wrong with the command line. Returns False where the error is another one."""
    # Its class depends on the library's release; in all of them it can do this.
    words = getattr(error, "format_message", None)
    if words is not None:
        command = getattr(getattr(error, "ctx", None), "command_path", _PROGRAM)
        _print_error(usage_to_sentence(command, words()))
    return words is not None


def _print_error(sentence: str) -> None:
    console.print(f"[bold red]dropleaf:[/] {escape(printable_lines(sentence))}", highlight=False, soft_wrap=True)


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
