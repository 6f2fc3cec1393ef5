"""Standard input, output and error, opened where the program was started without them."""

import os
import sys


def open_missing_streams() -> None:
    """Have descriptors 0 to 2 open, on /dev/null where they were closed.

    Else the next file that is opened becomes standard error, and what is said lands in it.
    """
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != number:
                os.dup2(opened, number)
                os.close(opened)
            else:
                os.set_inheritable(opened, True)  # noqa: FBT003 — the function takes it by position only
    # Python has None for a stream that was closed at its start.
    sys.stdin = sys.stdin or os.fdopen(0, encoding="utf-8", closefd=False)
    sys.stdout = sys.stdout or os.fdopen(1, "w", encoding="utf-8", closefd=False)
    sys.stderr = sys.stderr or os.fdopen(2, "w", encoding="utf-8", closefd=False)
