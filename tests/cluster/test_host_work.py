"""What a host does for a daemon, with real workers; the daemon's part is the test's."""

import hashlib
import queue
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from cluster_hands import TERMS_OF_TESTS
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator

from pipeline.cluster.machine import Machine, MachineSettings
from pipeline.cluster.messages import (
    PIECE_BYTES,
    Ended,
    Finished,
    Limit,
    Order,
    Piece,
    Presence,
    Report,
    Terms,
    Told,
    Wanted,
    Withdraw,
    Work,
    bytes_to_report,
)
from pipeline.errors import PoolError
from pipeline.page_result import Fallback, FallbackReason, PageResult
from pipeline.server_target import ServerTarget
from pipeline.worker.tasks import ANSWERS, TASKS, PageTask

ALONE_S = 3.0


class Daemon:
    """The daemon's end of one engagement with a host of one slot."""

    def __init__(self, folder: Path) -> None:
        self.reports: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self.folder = folder
        self.machine = Machine(
            MachineSettings(
                slots=1, folder=folder / "host", cache_mib=10, worker_mib=1024, ocr_mib=1024, reads_pictures=False
            )
        )
        self.pdf = folder / "a.pdf"
        numbered_pdf(self.pdf, 2)
        self.sha256 = hashlib.sha256(self.pdf.read_bytes()).hexdigest()
        self.attempts = 0

    def engage(self, port: int | None = None, **terms: object) -> None:
        facts: dict[str, object] = {"boot": "b", "owner": "test", "release": TERMS_OF_TESTS.release, "alone_s": ALONE_S}
        facts |= {"ports": () if port is None else (port,)}
        self.work = self.machine.engage(Terms(**(facts | terms)), self._take)  # type: ignore[arg-type]  # a short way

    def _take(self, reports: list[bytes]) -> None:
        for report in reports:
            self.reports.put(report)

    def say(self, *orders: Order) -> None:
        self.work.heard(list(orders))

    def submit(self, target: ServerTarget | None = None, seconds: float = 60.0) -> int:
        self.attempts += 1
        basic = Fallback(reason=FallbackReason.ENGINE_BASIC, detail="")
        task = PageTask(
            document="a.pdf",
            path=self.pdf,
            number=1,
            out=Path("/not/here.json"),
            target=target,
            page_timeout_s=60.0,
            document_remaining_s=60.0,
            fallback=None if target is not None else basic,
            sha256=self.sha256,
        )
        work = Work(
            attempt=self.attempts, lane="pages", task=TASKS.encode(task), remaining_s=seconds, sha256=self.sha256
        )
        self.say(work)
        return self.attempts

    def hear(self, *kinds: type[Report]) -> Report:
        """The next report of these kinds; what is asked for is sent, and the daemon keeps talking."""
        limit = time.monotonic() + 60.0
        while time.monotonic() < limit:
            try:
                report = bytes_to_report(self.reports.get(timeout=0.5))
            except queue.Empty:
                self.say()
                continue
            if isinstance(report, kinds):
                return report
            if isinstance(report, Wanted):
                body = self.pdf.read_bytes()
                data = body[report.offset : report.offset + PIECE_BYTES]
                self.say(Piece(sha256=self.sha256, offset=report.offset, size=len(body), data=data))
        raise AssertionError("it did not say so")


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    daemon = Daemon(tmp_path)
    yield daemon
    daemon.machine.release()


def end_of_a_request(daemon: Daemon, sim: Simulator) -> Report:
    """What is said of a page whose worker was killed; the server hears of that later than the test does."""
    report = daemon.hear(Finished, Ended)
    sim.wait_until(lambda sim: sim.in_flight == 0)
    return report


def test_a_page_is_done_with_its_record_a_page_at_its_deadline_is_killed_and_a_silence_ends_all(daemon: Daemon) -> None:
    with Simulator(Setup(slots=4, rules=(Rule(Fault.HANG),))) as sim:
        daemon.engage(sim.port)
        assert isinstance(daemon.hear(Presence), Presence)

        first = daemon.submit()
        done = daemon.hear(Finished, Ended)
        assert isinstance(done, Finished)
        assert done.attempt == first
        result = ANSWERS.decode(done.value)
        assert isinstance(result, PageResult)
        assert done.file is not None
        assert result.number == 1
        assert b"<" in done.file

        hanging = daemon.submit(ServerTarget(url=sim.url, model="m"))
        sim.wait_until(lambda sim: sim.in_flight == 1)
        began = time.monotonic()
        daemon.say(Limit(attempt=hanging, remaining_s=0.2))
        assert end_of_a_request(daemon, sim) == Ended(attempt=hanging, how="expired")
        assert time.monotonic() - began < 5.0

        withdrawn = daemon.submit(ServerTarget(url=sim.url, model="m"))
        sim.wait_until(lambda sim: sim.in_flight == 1)
        daemon.say(Withdraw(attempt=withdrawn))
        assert end_of_a_request(daemon, sim) == Ended(attempt=withdrawn, how="withdrawn")

        alone = daemon.submit(ServerTarget(url=sim.url, model="m"))
        sim.wait_until(lambda sim: sim.in_flight == 1)
        # Nothing is said to it, which is what an unplugged cable looks like.
        sim.wait_until(lambda sim: sim.in_flight == 0)
        ended = daemon.hear(Finished, Ended)
        assert ended == Ended(attempt=alone, how="lost", detail="had no word of the daemon")
        # It goes on as soon as it is spoken to.
        last = daemon.submit()
        assert daemon.hear(Finished, Ended).attempt == last  # type: ignore[union-attr]  # both have one
        assert not isinstance(daemon.hear(Presence), Told)


def test_a_machine_refuses_other_releases_and_a_second_daemon_but_not_the_same_one(daemon: Daemon) -> None:
    with pytest.raises(PoolError, match="has Dropleaf"):
        daemon.engage(release="0.0")
    daemon.engage()
    with pytest.raises(PoolError, match="another daemon"):
        daemon.engage(owner="somebody")

    earlier = daemon.work
    daemon.engage(boot="again")

    assert not earlier.alive
    assert daemon.work.alive
