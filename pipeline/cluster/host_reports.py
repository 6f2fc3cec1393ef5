"""Collects a host's reports to its daemon, and sends several in one message."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pipeline.cluster.messages import REPORTS, Report, Told
from pipeline.deadline import Deadline
from pipeline.worker.tasks import ANSWERS, PageProgress

if TYPE_CHECKING:
    from pipeline.page_result import Step
    from pipeline.worker.tasks import ReaderName

# Seconds for which reports on the way wait for more of them, and for which results do: pages often end together.
_BUNDLE_S = 0.25
_RESULT_S = 0.003
# Seconds after which a host that has nothing to say shows that it lives: its beat.
_BEAT_S = 0.5


class HostReports:
    """Collects reports until it is time to send them; used in the thread of the host's work."""

    def __init__(self, post: Callable[[list[bytes]], None]) -> None:
        """Begin with none.

        Args:
            post: Sends some; none are a sign of life.
        """
        self._post = post
        self._reports: list[bytes] = []
        self._told: dict[int, tuple[int, tuple[Step, ReaderName | None] | None]] = {}
        self.due = Deadline.after(_BEAT_S)

    def add(self, report: Report, *, urgent: bool = True) -> None:
        """Send a report soon."""
        self._reports.append(REPORTS.encode(report))
        self.due = self.due.sooner(Deadline.after(_RESULT_S if urgent else _BUNDLE_S))

    def add_progress(self, attempt: int, value: object) -> None:
        """Send what a worker has reported; of several reports on one step only the last is sent."""
        report = Told(attempt=attempt, value=ANSWERS.encode(value))
        step = (value.step, value.reader) if isinstance(value, PageProgress) else None
        known = self._told.get(attempt)
        if step is not None and known is not None and known[1] == step:
            self._reports[known[0]] = REPORTS.encode(report)
            return
        self._told[attempt] = (len(self._reports), step)
        self.add(report, urgent=False)

    def send_due(self) -> None:
        """Send what there is, if it is time."""
        if self.due.expired:
            reports, self._reports = self._reports, []
            self._told.clear()
            self.due = Deadline.after(_BEAT_S)
            self._post(reports)
