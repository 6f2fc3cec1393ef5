"""The console script; the only place that exits."""

import sys
import traceback
from pathlib import Path
from typing import NoReturn

from rich.markup import escape

from pipeline.commands import (  # noqa: F401 — each enters its commands into the program
    cluster_commands,
    convert_commands,
    order_commands,
    result_commands,
    setup_commands,
)
from pipeline.commands.application import app
from pipeline.commands.common_options import split_arguments
from pipeline.commands.exit_codes import INTERRUPTED, SOME_FAILED, USAGE
from pipeline.commands.terminal import console, leave_output
from pipeline.errors import PipelineError
from pipeline.log.standard_streams import open_missing_streams
from pipeline.printable import printable_lines
from pipeline.release import RELEASE

if sys.platform == "win32":  # elsewhere these are signals
    from pipeline.commands import service_commands  # noqa: F401 — as above

_USAGE_OF_THE_LIBRARY = 2


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
        code = USAGE if exit_.code == _USAGE_OF_THE_LIBRARY else exit_.code
    except KeyboardInterrupt:
        code = INTERRUPTED
    except PipelineError as error:
        console.print(f"[bold red]dropleaf:[/] {escape(printable_lines(str(error)))}", highlight=False, soft_wrap=True)
        code = error.exit_code
    except BrokenPipeError:
        leave_output()  # its reader is gone
        code = SOME_FAILED
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
