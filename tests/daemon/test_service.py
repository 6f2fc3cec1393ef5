"""The daemon under a service manager: what it tells it, reloading, and the unit."""

import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from confined import numbers_of_calls
from daemons import COMMAND, ROOT, Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Latency, Rule, Setup, Simulator

#: 1.2, in the tool's tenths.
# A host may reach every address of its network, since others come and go.
MOST_EXPOSED = {"system": "--threshold=12", "worker": "--threshold=13"}
needs_systemd = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[socket.socket]:
    """The socket of a service manager."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as sock:
        sock.bind(str(tmp_path / "notify"))
        sock.settimeout(20)
        yield sock


def told(manager: socket.socket, wanted: str) -> str:
    """Wait until the manager is told this; the whole message."""
    while wanted not in (message := manager.recv(4096).decode()):
        pass
    return message


def test_the_manager_is_told_of_readiness_work_life_and_the_end(tmp_path: Path, manager: socket.socket) -> None:
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "2000000"}
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"stop": 0})
        with Daemon(place, environment=environment) as daemon:
            assert "STATUS=0 documents and 0 pages in work" in told(manager, "READY=1")
            place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")
            told(manager, "STATUS=1 documents and 3 pages in work")
            told(manager, "WATCHDOG=1")
            told(manager, "WATCHDOG=1")

            daemon.send(signal.SIGTERM)

            told(manager, "STOPPING=1")
            assert daemon.wait() == 0


def test_a_stuck_loop_falls_silent(tmp_path: Path, manager: socket.socket) -> None:
    place = Place(tmp_path)
    environment = {"NOTIFY_SOCKET": str(tmp_path / "notify"), "WATCHDOG_USEC": "400000"}
    with Daemon(place, environment=environment) as daemon:
        told(manager, "WATCHDOG=1")

        daemon.send(signal.SIGSTOP)

        manager.settimeout(2)
        with pytest.raises(TimeoutError):
            told(manager, "nothing that is ever said")
        daemon.send(signal.SIGCONT)
        assert daemon.stop() == 0


def test_a_reload_takes_new_settings_and_repeats_no_page(tmp_path: Path, manager: socket.socket) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=1))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, timeouts={"stop": 0})
        place.drop(lambda path: numbered_pdf(path, 6), "r.pdf")
        with Daemon(place, environment={"NOTIFY_SOCKET": str(tmp_path / "notify")}) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 2, timeout=60)
            place.write_settings(workers=4)

            daemon.send(signal.SIGHUP)

            told(manager, "RELOADING=1")
            told(manager, "READY=1")
            daemon.wait_for("reloaded")
            daemon.wait_for("published", document="r.pdf")
            assert daemon.stop() == 0
            assert not daemon.of("not_json")
        assert len(sim.chats) == 6
        assert sim.peak_in_flight == 4
    assert delivery_of(place.outbox / "r.json").outcome == "complete"
    assert place.left_behind() == []


def test_a_service_that_is_stopped_between_two_daemons_stops_in_order(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        place.write_settings(workers=2)
        daemon.send(signal.SIGHUP)
        daemon.wait_for("stopped")  # the first one's last word; it takes the second a while to be there

        assert daemon.stop() == 0

    assert place.left_behind() == []


def test_a_service_that_is_stopped_during_a_reload_stops(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url, timeouts={"stop": 0})
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")
        with Daemon(place) as daemon:
            sim.wait_until(lambda sim: sim.in_flight == 2, timeout=60)
            place.write_settings(workers=4)
            daemon.send(signal.SIGHUP)
            daemon.wait_for("stopping")

            assert daemon.stop() == 0

            assert not daemon.of("reloaded")


def test_settings_that_cannot_be_used_leave_the_old_ones_in_force(tmp_path: Path) -> None:
    place = Place(tmp_path)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        place.file.write_text("workers: none\nenginee: basic\n")

        daemon.send(signal.SIGHUP)

        refusal = str(daemon.wait_for("reload_refused")["error"])
        assert "workers" in refusal
        assert "enginee" in refusal
        # A folder that cannot be is found only when the new daemon is made.
        place.write_settings(outbox=str(place.inbox / "outbox"))
        daemon.send(signal.SIGHUP)
        daemon.wait_for("reload_refused", count=2)
        # A pipe that nobody writes to would hold up the one loop for ever.
        place.file.unlink()
        os.mkfifo(place.file)
        daemon.send(signal.SIGHUP)
        assert "it is a pipe or a device" in str(daemon.wait_for("reload_refused", count=3)["error"])
        place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
        daemon.wait_for("published", document="r.pdf")
        assert daemon.stop() == 0


def test_hangups_while_a_line_is_being_logged_do_not_hang_the_daemon(tmp_path: Path) -> None:
    place = Place(tmp_path)
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    with (
        open(reading, "rb") as log,  # noqa: PTH123 — a descriptor
        subprocess.Popen(
            [*COMMAND, "watch", "--settings", str(place.file)], cwd=tmp_path, env=place.environment(), stderr=writing
        ) as daemon,
    ):
        try:
            while b"inbox_watched" not in log.readline():
                pass
            place.file.write_text("workers: none\n")
            os.set_blocking(writing, False)
            filling = b"x" * 4096
            while filling:  # until a write of the daemon's must wait for a reader
                try:
                    os.write(writing, filling)
                except BlockingIOError:
                    filling = filling[: len(filling) // 2]
            os.set_blocking(writing, True)
            for _ in range(20):
                daemon.send_signal(signal.SIGHUP)
                time.sleep(0.02)
            os.close(writing)

            threading.Thread(target=log.read, daemon=True).start()
            daemon.terminate()

            assert daemon.wait(90) == 0
        finally:
            daemon.kill()


def unit_of(place: Place, *arguments: str) -> Path:
    """The unit in a file of a name that nobody has masked."""
    printed = place.run("unit", "--settings", str(place.file), *arguments)
    assert printed.code == 0, printed.err
    path = place.root / "dropleaf-trial.service"
    path.write_text(printed.out)
    return path


@needs_systemd
@pytest.mark.parametrize("kind", ["system", "user", "worker", "scheduler"])
def test_the_unit_is_one_that_systemd_takes(tmp_path: Path, kind: str) -> None:
    unit = unit_of(Place(tmp_path), *([] if kind == "system" else [f"--{kind}"]))

    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", *(["--user"] if kind == "user" else []), str(unit)],
        env={**os.environ, "XDG_RUNTIME_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, [line for line in done.stderr.splitlines() if unit.name in line]) == (0, [])


@needs_systemd
@pytest.mark.parametrize("kind", list(MOST_EXPOSED))
def test_the_unit_is_exposed_no_more_than_it_must_be(tmp_path: Path, kind: str) -> None:
    unit = unit_of(Place(tmp_path), *([] if kind == "system" else [f"--{kind}"]))

    command = ["systemd-analyze", "security", "--offline=true", "--no-pager", MOST_EXPOSED[kind], str(unit)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout.splitlines()[-1]


def test_the_unit_knows_the_folders_and_the_way_to_end(tmp_path: Path) -> None:
    place = Place(tmp_path)

    unit = unit_of(place).read_text()

    assert f"--settings {place.file}" in unit
    assert "RestartPreventExitStatus=64 78" in unit
    assert f"BindPaths={place.inbox}\nBindPaths={place.outbox}\n" in unit


@pytest.mark.linux
@needs_systemd
@pytest.mark.skipif(not numbers_of_calls(), reason="the kernel's headers are not installed")
def test_the_daemon_really_runs_with_the_units_system_calls(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")
        confined = [sys.executable, str(ROOT / "tests" / "confined.py"), sys.executable, "-m", "pipeline"]
        done = subprocess.run(
            [*confined, "watch", "--once", "--settings", str(place.file)],
            cwd=place.root,
            env=place.environment(),
            capture_output=True,
            text=True,
            timeout=50,
            check=False,
        )

        assert done.returncode == 0, done.stderr
        assert '"by": ["landlock", "seccomp"]' in done.stderr
    assert delivery_of(place.outbox / "r.json").methods == {"vision": 2, "text_layer": 1}
