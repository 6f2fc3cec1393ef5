"""What happens to a daemon from outside while it works: clocks that step, limits that are reached, files that go."""

import json
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from daemons import ROOT, Daemon, Place, names_below
from delivery import deliveries_in, delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

#: The wall clock of every process that Python starts in: an hour ahead, an hour behind, and so on, each second anew.
_STEPPING_CLOCK = """
import time
real = time.time
time.time = lambda: real() + (3600 if int(time.monotonic()) % 2 else -3600)
"""


@pytest.mark.slow
def test_a_wall_clock_that_steps_ends_no_page_and_no_wait(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text(_STEPPING_CLOCK)
    with Simulator(Setup(slots=5, latency=Latency(seconds=1.5))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, timeouts={"page": 30, "document": 60})
        with Daemon(place, environment={"PYTHONPATH": f"{tmp_path}:{ROOT}"}) as daemon:
            daemon.wait_for("inbox_watched")
            place.drop(lambda path: numbered_pdf(path, 4, document=1), "events.pdf")
            (place.inbox / "settles.pdf").hardlink_to(numbered_pdf(tmp_path / "aside", 2, document=2))
            for name in ("events.pdf", "settles.pdf"):
                daemon.wait_for("published", document=name)
            assert daemon.stop() == 0
        found = deliveries_in(place.outbox)
    started = datetime.fromisoformat(json.loads((place.outbox / "events.json").read_bytes())["started_at"])
    assert abs((started - datetime.now(UTC)).total_seconds()) > 3000  # the daemon's clock did step
    assert {name: each.outcome for name, each in found.items()} == {"events": "complete", "settles": "complete"}
    assert all(0 <= page.total_s < 30 for each in found.values() for page in each.pages)
    assert place.left_behind() == []


def in_namespace_of(daemon: Daemon, command: str) -> None:
    """Run a shell command where the daemon's limits are."""
    subprocess.run(["nsenter", "-t", str(daemon.pid), "--user", "--", "sh", "-c", command], check=True)


@pytest.mark.slow
def test_without_watches_to_be_had_the_inbox_is_looked_at_and_watched_when_there_are_some(tmp_path: Path) -> None:
    limit = "/proc/sys/user/max_inotify_instances"
    within = ("unshare", "--user", "--map-root-user", "--", "sh", "-c", f'echo 0 > {limit}; exec "$@"', "sh")
    if subprocess.run([*within, "true"], check=False, capture_output=True).returncode:
        pytest.skip("no user namespace can be made here")
    place = Place(tmp_path)
    with Daemon(place, within=within) as daemon:
        daemon.wait_for("inbox_not_watched")
        place.drop(lambda path: numbered_pdf(path, 1), "looked.pdf")
        daemon.wait_for("published", document="looked.pdf")
        told = place.run("status", "--settings", str(place.file)).err

        in_namespace_of(daemon, f"echo 10 > {limit}")

        daemon.wait_for("inbox_watched")
        place.drop(lambda path: numbered_pdf(path, 1), "watched.pdf")
        daemon.wait_for("published", document="watched.pdf")
        assert daemon.stop() == 0
    assert "looking at it every second instead" in " ".join(told.split())
    assert place.left_behind() == []


@pytest.mark.parametrize("how", ["removed", "replaced", "emptied"])
def test_a_file_that_goes_in_the_middle_of_its_work_ends_and_holds_up_nobody(tmp_path: Path, how: str) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG, documents=(1,), times=2),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, timeouts={"page": 2})
        place.drop(lambda path: numbered_pdf(path, 6, document=1), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 2, timeout=60)
            [home] = (place.outbox / ".dropleaf" / "work").iterdir()
            original = home / "original.pdf"
            if how == "emptied":
                original.write_bytes(b"")
            else:
                original.unlink()
            if how == "replaced":
                numbered_pdf(original, 1, document=3)

            place.drop(lambda path: numbered_pdf(path, 1, document=2), "other.pdf")

            daemon.wait_for("published", document="other.pdf")
            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
            assert not daemon.of("not_json")
    found = delivery_of(place.outbox / "r.json")
    assert found.page_count == 6
    assert [page.number for page in found.pages] == [1, 2, 3, 4, 5, 6]
    assert place.left_behind() == []


def test_names_that_differ_by_case_only_are_different_files(tmp_path: Path) -> None:
    place = Place(tmp_path)
    pages = {"report.pdf": 1, "Report.pdf": 2, "report.PDF": 3}
    for name, count in pages.items():
        place.drop(lambda path, count=count: numbered_pdf(path, count), name)  # type: ignore[misc]  # bound at once

    assert place.watch_once() == 0

    found = deliveries_in(place.outbox)
    assert set(found) == {"report", "report-2", "Report"}
    assert sorted(each.page_count for each in found.values()) == [1, 2, 3]
    assert found["Report"].page_count == 2
    assert len(names_below(place.outbox)) == 12


def test_the_same_bytes_under_two_names_are_two_documents(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(lambda path: numbered_pdf(path, 1), "a.pdf", "b.pdf", "sub/a.pdf")

    assert place.watch_once() == 0

    assert set(deliveries_in(place.outbox)) == {"a", "b", "sub/a"}
