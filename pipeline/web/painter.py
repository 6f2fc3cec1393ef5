"""A process that draws one page of a PDF and ends: the file may be hostile, so it is never opened in the daemon."""

import os
import resource
import sys
import threading
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.render import ImageSize, PdfFile
from pipeline.sandbox import enter

MEMORY_BYTES = 1 << 30
CPU_S = 20
MAX_PIXELS = 6_000_000
#: Exit code for a page that cannot be drawn.
CANNOT = 3


def main(policy: str, path: str, number: str, side: str) -> None:
    """Write the page as a PNG to stdout.

    Args:
        policy: Of the sandbox.
        path: Of the PDF.
        number: Of the page, from 1.
        side: Pixels of the longer side.
    """
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    enter(policy)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with PdfFile(Path(path)) as pdf:
            size = ImageSize(longest_side_px=int(side), max_pixels=MAX_PIXELS, colour=True)
            sys.stdout.buffer.write(pdf.render(int(number), size).data)
    except PipelineError as error:
        sys.stderr.write(str(error))
        sys.exit(CANNOT)


def _end_with_parent() -> None:
    """Stdin is a pipe that the daemon holds: it ends when the daemon does."""
    os.read(0, 1)
    os._exit(1)
