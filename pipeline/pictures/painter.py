"""A process that draws one page of a file and ends: a file that may be hostile is opened only there."""

import json
import os
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

from pipeline.errors import PipelineError
from pipeline.host.processes import limit_resources
from pipeline.kinds import Kind, name_to_kind
from pipeline.pictures.drawer import CANNOT
from pipeline.pictures.render import ImageSize, PdfFile
from pipeline.sandbox.policy import enter

CPU_S = 20
MAX_PIXELS = 6_000_000
#: Of a dropped picture, which is decoded before it is made smaller.
MAX_DECODED = 130_000_000
_MIB = 1 << 20


def main(policy: str, memory_mib: str, path: str, number: str, longest_side_px: str) -> None:
    """Write the page as a PNG to stdout, or why it cannot be drawn to stderr; the passwords to try come on stdin.

    Args:
        policy: Of the sandbox.
        memory_mib: Limit of this process's address space.
        path: Of the PDF, or of the picture.
        number: Of the page, from 1.
        longest_side_px: Pixels of the longer side.
    """
    limit_resources(memory=int(memory_mib) * _MIB, cpu_s=CPU_S)
    draw = _drawing_of(Path(path))
    enter(policy)
    with os.fdopen(os.dup(0), "rb", buffering=0) as pipe:
        passwords = tuple(json.loads(pipe.readline()))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    try:
        sys.stdout.buffer.write(draw(passwords, int(number), int(longest_side_px)))
    except PipelineError as error:
        sys.stderr.write(str(error))
        sys.exit(CANNOT)


def _drawing_of(path: Path) -> Callable[[tuple[str, ...], int, int], bytes]:
    """What draws pages of this file; its library is loaded now, since it cannot be within the sandbox."""
    if name_to_kind(path.name) is not Kind.IMAGES:
        return partial(_draw_pdf, path)
    from pipeline.pictures.picture_file import draw_page  # noqa: PLC0415 — a library that PDFs do not need

    return lambda _, number, side: draw_page(path, number, longest_side_px=side, max_pixels=MAX_DECODED)


def _draw_pdf(path: Path, passwords: tuple[str, ...], number: int, longest_side_px: int) -> bytes:
    with PdfFile(path, passwords) as pdf:
        size = ImageSize(longest_side_px=longest_side_px, max_pixels=MAX_PIXELS, colour=True)
        return pdf.render(number, size).data


def _end_with_parent() -> None:
    """End when the parent does: stdin is a pipe that is closed then."""
    os.read(0, 1)
    os._exit(1)
