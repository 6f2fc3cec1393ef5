"""What is tried inside of the trial's machine, in this order; a line for each on stdout, ``END n`` after n faults."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from simulator import Latency, Setup, Simulator

from service_trial.manager import UNIT, Service, run, until

SAMPLES = Path(__file__).resolve().parents[1] / "samples"
SHORT, LONG = SAMPLES / "short.pdf", SAMPLES / "long.pdf"
#: An address of this machine that is not one of localhost's.
ELSEWHERE = "192.0.2.1"
_PTRACE_SEIZE, _PTRACE_INTERRUPT, _WALL = 0x4206, 0x4207, 0x40000000
PAGE = "http://127.0.0.1:62162"
OFF = {"enabled": False}


def the_unit_is_taken_and_becomes_ready(service: Service) -> str:
    service.set(engine="basic")
    service.install()
    complaints = [line for line in run("systemd-analyze", "verify", str(service.file)).splitlines() if UNIT in line]
    assert not complaints, complaints
    service.systemctl("enable", "--now", UNIT)
    assert service.shown("ActiveState") == "active"
    service.status("0 documents and 0 pages in work")
    return service.shown("StatusText")


def it_is_exposed_no_more_than_it_must_be(service: Service) -> str:
    del service
    return run("systemd-analyze", "security", "--no-pager", "--threshold=12", UNIT).strip().splitlines()[-1]


def its_workers_are_kept_in_and_what_the_kernel_lacks_is_said(service: Service) -> str:
    isolation = service.wait_for("workers_isolated")
    assert isolation["BY"] == '["landlock", "seccomp"]', isolation
    assert "older than 6.7" in str(isolation["GAPS"]), isolation
    until(service.workers, "workers")
    for pid in service.workers():
        status = dict(line.split(":\t", 1) for line in Path(f"/proc/{pid}/status").read_text().splitlines())
        assert (status["NoNewPrivs"], status["Seccomp"]) == ("1", "2"), status
        assert int(status["CapBnd"], 16) == 0, status
    found = run(*service.as_account("/opt/dropleaf/bin/dropleaf", "doctor", "--settings", str(service.settings)))
    assert "kept in by Landlock" in " ".join(found.split()), found
    return f"Landlock {isolation['LANDLOCK']}"


def each_worker_has_a_group_of_its_own_that_limits_what_it_takes(service: Service) -> str:
    assert (service.group / "daemon" / "cgroup.procs").read_text().split()[0] == service.shown("MainPID")
    until(lambda: len(service.workers()) == 5, "workers")
    until(lambda: len(list(service.group.glob("worker-*"))) == 5, "their groups")
    workers = service.workers()
    groups = {pid: service.group / f"worker-{pid}" for pid in workers}
    for pid, group in groups.items():
        assert (group / "cgroup.procs").read_text().split() == [str(pid)], group
        assert (group / "memory.max").read_text().strip() == str(1024 << 20)
        assert (group / "pids.max").read_text().strip() == "64"
    # One process more stands for what a worker might take beside the limit of its address space.
    pid, group = workers[0], groups[workers[0]]
    (group / "memory.max").write_text(str(64 << 20))
    hoard = "import os; open(os.environ['GROUP'] + '/cgroup.procs', 'w').write(str(os.getpid())); "
    hoard += "file = os.memfd_create('hoard'); [os.write(file, bytes(1 << 20)) for _ in range(256)]"
    done = subprocess.run([sys.executable, "-c", hoard], env={"GROUP": str(group)}, check=False)
    assert done.returncode == -9, done
    service.drop(SHORT, "group.pdf")
    assert service.methods("group.pdf") == ["text_layer"] * 3
    with suppress(ProcessLookupError):  # where the kernel has chosen the worker, too
        os.kill(pid, signal.SIGKILL)
    until(lambda: not group.exists(), "the group of a worker that has ended to go")
    until(lambda: len(service.workers()) == len(workers), "the next worker")
    found = run(*service.as_account("/opt/dropleaf/bin/dropleaf", "doctor", "--settings", str(service.settings)))
    assert "each has a control group of its own" in " ".join(found.split()), found
    return str({path.name: (path / "memory.max").read_text().strip() for path in service.group.glob("*/")})


def the_built_in_engine_reads_a_document(service: Service) -> str:
    service.drop(SHORT, "basic.pdf")
    assert service.methods("basic.pdf") == ["text_layer"] * 3
    return str(service.delivered("basic.pdf")["timings"])


def the_page_answers(service: Service) -> str:
    del service
    with urllib.request.urlopen(f"{PAGE}/healthz") as answer:
        health = str(answer.status)
    with urllib.request.urlopen(PAGE) as answer:
        assert b"Dropleaf" in answer.read()
    return health


def a_reload_takes_a_model_server_and_the_status_tells_of_its_pages(service: Service) -> str:
    before = service.shown("MainPID")
    with Simulator(Setup(slots=5, latency=Latency(seconds=15))) as sim:
        service.set(servers=[{"url": sim.url}])
        service.systemctl("reload", UNIT)
        service.wait_for("reloaded")
        service.drop(SHORT, "model.pdf")
        service.status("1 documents and 3 pages in work")
        assert service.methods("model.pdf") == ["vision"] * 3
    assert service.shown("MainPID") == before
    service.status("0 documents and 0 pages in work")
    return "same process"


def the_journal_has_a_field_for_document_and_page(service: Service) -> str:
    pages = {str(entry["PAGE"]) for entry in service.journal(DOCUMENT="model.pdf") if "PAGE" in entry}
    assert pages == {"1", "2", "3"}, service.journal(DOCUMENT="model.pdf")
    [published] = service.journal(DOCUMENT="model.pdf", EVENT="published")
    assert (published["PRIORITY"], published["SYSLOG_IDENTIFIER"]) == ("6", "dropleaf"), published
    return str({name: value for name, value in published.items() if not name.startswith("_")})


def a_reload_of_nonsense_changes_nothing_and_is_said(service: Service) -> str:
    good = service.settings.read_text()
    service.settings.write_text("workers: none\nenginee: basic\n")
    service.systemctl("reload", UNIT)
    refused = service.wait_for("reload_refused")
    until(lambda: service.shown("ActiveState") == "active", "active again")
    service.settings.write_text(good)
    assert refused["PRIORITY"] == "3", refused
    return str(refused["ERROR"])


def a_loop_that_is_stuck_is_restarted_and_the_document_finished(service: Service) -> str:
    return _is_restarted(service, "stuck.pdf", _hold_main_thread)


def a_process_that_is_stopped_is_restarted_and_the_document_finished(service: Service) -> str:
    return _is_restarted(service, "stopped.pdf", lambda pid: os.kill(pid, signal.SIGSTOP))


def _is_restarted(service: Service, name: str, harm: Callable[[int], None]) -> str:
    with Simulator(Setup(slots=2, latency=Latency(seconds=5))) as sim:
        service.set(servers=[{"url": sim.url}], workers=2)
        service.systemctl("restart", UNIT)  # which sets the count of restarts to zero
        restarts, before = int(service.shown("NRestarts")), int(service.shown("MainPID"))
        service.drop(LONG, name)
        sim.wait_until(lambda sim: len(sim.chats) >= 5, timeout=600)
        started = time.monotonic()
        harm(before)
        until(lambda: int(service.shown("NRestarts")) > restarts, "a restart")
        after = time.monotonic() - started
        assert service.methods(name) == ["vision"] * 8
        asked = len(sim.chats)
    # At most the pages that were in work are asked for again.
    assert asked <= 8 + 2, asked
    assert int(service.shown("MainPID")) != before
    return f"{after:.0f} s after the harm; {asked} requests for 8 pages"


def _hold_main_thread(pid: int) -> None:
    """As in an endless loop: this thread alone does not go on, and the others do."""
    threading.Thread(target=_hold, args=(pid,), daemon=True).start()


def _hold(pid: int) -> None:
    """Stop one thread until its process dies, which its parent learns only when the tracer has."""
    libc = ctypes.CDLL(None, use_errno=True)
    libc.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    for request in (_PTRACE_SEIZE, _PTRACE_INTERRUPT):
        assert libc.ptrace(request, pid, None, None) == 0, os.strerror(ctypes.get_errno())
    while os.WIFSTOPPED(os.waitpid(pid, _WALL)[1]):
        pass


def a_stop_ends_pages_that_hang_and_leaves_nothing(service: Service) -> str:
    with Simulator(Setup(slots=2, latency=Latency(seconds=600))) as sim:
        service.set(servers=[{"url": sim.url}], timeouts={"stop": 3})
        service.systemctl("restart", UNIT)
        service.drop(SHORT, "ended.pdf")
        sim.wait_until(lambda sim: sim.in_flight == 2, timeout=600)
        started = time.monotonic()
        service.systemctl("stop", UNIT)
        took = time.monotonic() - started
    assert (service.shown("Result"), service.shown("ExecMainStatus")) == ("success", "0")
    assert service.processes() == []
    service.set(engine="basic")
    service.systemctl("start", UNIT)
    service.delivered("ended.pdf")
    return f"{took:.1f} s with 3 s of grace; finished after the next start"


def settings_that_cannot_be_used_end_it_for_good(service: Service) -> str:
    service.settings.write_text("workers: none\n")
    restarts = service.shown("NRestarts")
    service.systemctl("restart", UNIT, check=False)
    until(lambda: service.shown("ActiveState") == "failed", "failed")
    assert service.shown("ExecMainStatus") == "78"
    assert service.shown("NRestarts") in {restarts, "0"}
    service.set(engine="basic")
    service.systemctl("reset-failed", UNIT)
    service.systemctl("start", UNIT)
    return "78, not restarted"


def the_service_reaches_no_other_address(service: Service) -> str:
    """A process that is put into the unit's control group stands for one of its own."""
    run("ip", "address", "add", f"{ELSEWHERE}/32", "dev", "lo")
    here = Path("/proc/self/cgroup").read_text().partition("::")[2].strip()
    with socket.create_server((ELSEWHERE, 0)) as server:
        address = server.getsockname()
        socket.create_connection(address, timeout=20).close()
        (service.group / "daemon" / "cgroup.procs").write_text(str(os.getpid()))
        try:
            socket.create_connection(address, timeout=5).close()
        except OSError as error:
            return str(error)
        finally:
            Path(f"/sys/fs/cgroup{here}/cgroup.procs").write_text(str(os.getpid()))
    raise AssertionError("it was connected to")


def folders_in_a_home_are_reached_and_nothing_else_of_it(service: Service) -> str:
    service.systemctl("disable", "--now", UNIT)
    Path("/home/reader/secret").write_text("secret")
    home = Service(Path("/home/reader/papers"), "reader")
    home.set(engine="basic", web=OFF)
    home.install()
    home.systemctl("restart", UNIT)
    home.drop(SHORT, "home.pdf")
    assert home.methods("home.pdf") == ["text_layer"] * 3
    seen = [path.name for path in Path(f"/proc/{home.shown('MainPID')}/root/home/reader").iterdir()]
    assert seen == ["papers"], seen
    home.systemctl("stop", UNIT)
    return str(seen)


def a_users_own_manager_runs_it_too(service: Service) -> str:
    del service
    run("loginctl", "enable-linger", "reader")
    own = Service(Path("/home/reader/own"), "reader", own=True)
    until(Path(f"/run/user/{own.account.pw_uid}/systemd/private").exists, "the user's manager")
    own.set(engine="basic", web=OFF)
    own.install()
    own.systemctl("enable", "--now", UNIT)
    own.drop(SHORT, "own.pdf")
    assert own.methods("own.pdf") == ["text_layer"] * 3
    assert own.wait_for("workers_isolated")["BY"] == '["landlock", "seccomp"]'
    until(lambda: any((own.group / f"worker-{pid}").exists() for pid in own.workers()), "a group for a worker")
    own.systemctl("reload", UNIT)
    own.wait_for("reloaded")
    words = own.shown("StatusText")
    own.systemctl("stop", UNIT)
    assert (own.shown("Result"), own.shown("ExecMainStatus"), own.processes()) == ("success", "0", [])
    return words


TRIALS = (
    the_unit_is_taken_and_becomes_ready,
    it_is_exposed_no_more_than_it_must_be,
    its_workers_are_kept_in_and_what_the_kernel_lacks_is_said,
    each_worker_has_a_group_of_its_own_that_limits_what_it_takes,
    the_built_in_engine_reads_a_document,
    the_page_answers,
    a_reload_takes_a_model_server_and_the_status_tells_of_its_pages,
    the_journal_has_a_field_for_document_and_page,
    a_reload_of_nonsense_changes_nothing_and_is_said,
    a_loop_that_is_stuck_is_restarted_and_the_document_finished,
    a_process_that_is_stopped_is_restarted_and_the_document_finished,
    a_stop_ends_pages_that_hang_and_leaves_nothing,
    settings_that_cannot_be_used_end_it_for_good,
    the_service_reaches_no_other_address,
    folders_in_a_home_are_reached_and_nothing_else_of_it,
    a_users_own_manager_runs_it_too,
)


def main() -> None:
    """Try everything; a trial that fails does not keep the next one from being made."""
    run("useradd", "--system", "--home-dir", "/srv/dropleaf", "dropleaf")
    run("useradd", "--create-home", "reader")
    service, faults = Service(Path("/srv/dropleaf"), "dropleaf"), 0
    for trial in TRIALS:
        sentence = trial.__name__.replace("_", " ")
        try:
            say(f"ok     {sentence}: {trial(service)}")
        except Exception:  # noqa: BLE001 — whatever it is, it is told, and counted
            faults += 1
            say(f"FAULT  {sentence}\n{traceback.format_exc()}")
            say(run("journalctl", "--quiet", "--no-pager", "--lines=40", "--output=short-monotonic", check=False))
    say(f"END {faults}")


def say(line: str) -> None:
    """A line, at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
