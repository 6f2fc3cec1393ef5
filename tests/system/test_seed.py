import os
import signal
from pathlib import Path

import psutil
from daemons import Daemon, Place, until
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator, mark_to_sheet
from simulator.mark import Mark

PAGES = 5
TITLES = [mark_to_sheet(Mark(7, number)).title for number in range(1, PAGES + 1)]


def hanging_second_page(*, seconds: float = 0.5, **setup: object) -> Simulator:
    rules = (Rule(Fault.HANG, pages=(2,)),)
    return Simulator(Setup(slots=5, latency=Latency(seconds=seconds), rules=rules, **setup))  # type: ignore[arg-type]  # Setup's own


def drop_five_pages(place: Place) -> None:
    place.drop(lambda path: numbered_pdf(path, PAGES, document=7), "r.pdf")


def worker_in_a_request(daemon: Daemon) -> psutil.Process:
    """The only worker that still has a connection."""

    def talking() -> list[psutil.Process]:
        return [
            worker
            for worker in daemon.workers()
            if any(link.status == psutil.CONN_ESTABLISHED for link in worker.net_connections("tcp"))
        ]

    until(lambda: len(talking()) == 1)
    return talking()[0]


def test_a_page_that_hangs_falls_back_and_the_others_are_the_models(tmp_path: Path) -> None:
    with hanging_second_page(seconds=2.0) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"page": 3})
        drop_five_pages(place)

        code = place.watch_once()

        assert code == 0
        assert sim.peak_in_flight == 5
        assert sorted(record.page or 0 for record in sim.chats) == [1, 2, 2, 3, 4, 5]  # 2 again at the end
    found = delivery_of(place.outbox / "r.json")
    assert found.outcome == "partial"
    assert found.reasons == {2: "timeout"}
    assert found.methods == {"vision": 4, "text_layer": 1}
    assert all(title in page.text for title, page in zip(TITLES, found.pages, strict=True))
    assert found.pages[1].tables == 1
    assert found.pages[1].notice == (
        "Fallback: the model did not finish in time (The answer was not complete after 3.0 s). "
        "What follows was read from the PDF's own text."
    )
    # About the time of the slowest page, and on no machine that of one after the other, which is 11 s.
    assert 3 <= found.convert_s < 9
    assert place.left_behind() == []


def test_a_page_whose_worker_is_killed_falls_back_and_the_others_are_the_models(tmp_path: Path) -> None:
    with hanging_second_page(keep_alive=0.5) as sim:
        place = Place(tmp_path, server=sim.url)
        drop_five_pages(place)
        with Daemon(place, "--once") as daemon:
            sim.wait_until(lambda sim: len(sim.chats) == PAGES, timeout=60)
            sim.wait_until(lambda sim: sim.open_connections == 1, timeout=60)

            os.kill(worker_in_a_request(daemon).pid, signal.SIGKILL)

            assert daemon.wait() == 0
            lost = daemon.wait_for("worker_lost")
        assert len(sim.chats) == PAGES
    assert (lost["document"], lost["page"]) == ("r.pdf", 2)
    found = delivery_of(place.outbox / "r.json")
    assert found.reasons == {2: "worker_lost"}
    assert found.pages[1].detail == "the worker was killed by SIGKILL"
    assert found.methods == {"vision": 4, "text_layer": 1}
    assert all(title in page.text for title, page in zip(TITLES, found.pages, strict=True))
    assert place.left_behind() == []


def _all_wait(daemon: Daemon) -> bool:
    """Whether no thread of the daemon and its processes runs or is about to."""
    pids = (daemon.pid, *(process.pid for process in daemon.processes()))
    states = [file.read_text().rpartition(")")[2].split()[0] for pid in pids for file in _threads_of(pid)]
    return set(states) == {"S"}


def _threads_of(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/task").glob("*/stat"))


def test_workers_that_are_all_killed_cost_only_their_own_pages(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, attempts=(1,), times=5),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 12), "r.pdf")
        with Daemon(place, "--once") as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 5, timeout=60)
            victims = daemon.workers()
            # Who draws a page ahead loses that page instead: all are to wait, and nobody to be told of anything.
            until(lambda: _all_wait(daemon) and _all_wait(daemon))

            for victim in victims:
                victim.kill()

            assert daemon.wait() == 0
        requests = len(sim.chats)
    found = delivery_of(place.outbox / "r.json")
    assert found.reasons.items() <= dict.fromkeys(range(1, 6), "worker_lost").items()
    # A page whose worker was just drawing another one is asked again, since that other one may be what killed it.
    assert requests == 12 + 5 - len(found.reasons)
    assert place.left_behind() == []
