"""``dropleaf``, and ``python -m pipeline``: a process that runs one command."""

import gc
from typing import NoReturn

#: Python's own 700 cost a daemon 75 ms while it loads: next to nothing of that is ever garbage.
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


def run() -> NoReturn:
    """Run the command that the command line names, and end."""
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    try:
        from pipeline.commands.main import main  # noqa: PLC0415 — with the threshold above

        main()
    finally:
        gc.freeze()  # the interpreter's end would look through all of it for garbage, for 100 ms


if __name__ == "__main__":
    run()
