"""A process that draws one page of a PDF and ends: a file that may be hostile is opened only there."""

import json
import os
import sys
import threading
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.host.processes import limit_resources
from pipeline.pictures.drawer import CANNOT
from pipeline.pictures.render import ImageSize, PdfFile
from pipeline.sandbox.policy import enter

CPU_S = 20
MAX_PIXELS = 6_000_000
_MIB = 1 << 20


def main(policy: str, memory_mib: str, path: str, number: str, longest_side_px: str) -> None:
    """Write the page as a PNG to stdout, or why it cannot be drawn to stderr; the passwords to try come on stdin.

    Args:
        policy: Of the sandbox.
        memory_mib: Limit of this process's address space.
        path: Of the PDF.
        number: Of the page, from 1.
        longest_side_px: Pixels of the longer side.
    """
    limit_resources(memory=int(memory_mib) * _MIB, cpu_s=CPU_S)
    enter(policy)
    with os.fdopen(os.dup(0), "rb", buffering=0) as pipe:
        passwords = tuple(json.loads(pipe.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        with PdfFile(Path(path), passwords) as pdf:
            size = ImageSize(longest_side_px=int(longest_side_px), max_pixels=MAX_PIXELS, colour=True)
            sys.stdout.buffer.write(pdf.render(int(number), size).data)
    except PipelineError as error:
        sys.stderr.write(str(error))
        sys.exit(CANNOT)


def _end_with_parent() -> None:
    """End when the parent does: stdin is a pipe that is closed then."""
    os.read(0, 1)
    os._exit(1)
