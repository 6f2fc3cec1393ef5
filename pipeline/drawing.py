"""Pictures of pages for people to look at, drawn in a worker process, since the file may be hostile."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline.deadline import Deadline
from pipeline.errors import DocumentError, RenderError
from pipeline.pool import Done, PoolSettings, Progress, WorkerPool
from pipeline.render import ImageSize, PdfFile
from pipeline.sandbox import policy_for, policy_to_text, try_out

# Drawing a page; pdfium takes up to five seconds on the worst pages known.
_LIMIT_S = 30.0
_LEAVE_S = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawTask:
    """A page to be drawn, ``longest_side_px`` pixels long, in colour."""

    path: str
    number: int
    longest_side_px: int


class Drawer:
    """The handler of the pool."""

    def run(self, task: object, report: Callable[[object], None]) -> bytes | None:
        """The page as a PNG; None where it cannot be drawn.

        Raises:
            TypeError: It is no :class:`DrawTask`.
        """
        del report
        if not isinstance(task, DrawTask):
            raise TypeError(f"no task for this worker: {task!r}")
        try:
            with PdfFile(Path(task.path)) as pdf:
                size = ImageSize(longest_side_px=task.longest_side_px, colour=True)
                return pdf.render(task.number, size).data
        except (DocumentError, RenderError):
            return None

    def prepare(self, task: object) -> None:
        """Nothing is drawn ahead."""

    def close(self) -> None:
        """Nothing is kept open."""


def create() -> Drawer:
    """The pool's factory."""
    return Drawer()


def draw_pages(
    path: Path, numbers: Sequence[int], *, longest_side_px: int, memory_mib: int
) -> Iterator[tuple[int, bytes | None]]:
    """Draw pages of a PDF, one after the other.

    Args:
        path: Of the PDF.
        numbers: Of the pages, from 1.
        longest_side_px: Pixels of the longer side.
        memory_mib: Limit of the worker's address space.

    Yields:
        Each number with the page as a PNG, None where it cannot be drawn.
    """
    policy, _ = try_out(policy_for([], readable=[path], writable=[]))
    settings = PoolSettings(
        processes=1,
        handler="pipeline.drawing:create",
        memory_mib=memory_mib,
        preload=("pipeline.drawing", "pipeline.sandbox"),
        initialise="pipeline.sandbox:enter",
        initialise_with=(policy_to_text(policy),),
    )
    pool = WorkerPool(settings)
    try:
        for number in numbers:
            yield number, _draw(pool, DrawTask(path=str(path), number=number, longest_side_px=longest_side_px))
    finally:
        pool.close(Deadline.after(_LEAVE_S))


def _draw(pool: WorkerPool, task: DrawTask) -> bytes | None:
    while not pool.idle:
        pool.wait(Deadline.after(_LIMIT_S))
    pool.submit(f"page-{task.number}", task, Deadline.after(_LIMIT_S))
    while True:
        for event in pool.wait(Deadline.after(_LIMIT_S)):
            if isinstance(event, Done):
                return event.value if isinstance(event.value, bytes) else None
            if not isinstance(event, Progress):
                return None
