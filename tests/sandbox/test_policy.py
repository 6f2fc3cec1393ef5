"""Every way out of a worker that can be thought of, tried in a real worker."""

import os
import socket
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from daemons import Place
from sandbox_tasks import ANSWER_CODEC, TASK_CODEC

from pipeline.deadline import Deadline
from pipeline.pool.interface import Done, PoolSettings
from pipeline.pool.pool import WorkerPool
from pipeline.sandbox import landlock
from pipeline.sandbox.policy import Part, Policy, policy_for, policy_to_text, text_to_policy, try_out

MACHINE = try_out(policy_for([], readable=[], writable=[]))[1]
needs_landlock = pytest.mark.skipif(Part.LANDLOCK not in MACHINE.parts, reason="the kernel has no Landlock")
needs_seccomp = pytest.mark.skipif(Part.SECCOMP not in MACHINE.parts, reason="no seccomp on this machine")
needs_ports = pytest.mark.skipif(not landlock.refuses_connections(MACHINE.abi), reason="the kernel is older than 6.7")


@dataclass(frozen=True, kw_only=True)
class Prison:
    """A pool of one sandboxed worker, and what lies around it."""

    pool: WorkerPool
    root: Path
    server: int
    other: int

    def attempt(self, name: str, argument: object = "") -> str:
        """How the kernel answers an attempt: ``done``, or the name of the error."""
        self.pool.submit(name, (name, str(argument)), Deadline.after(20))
        while not (events := self.pool.wait(Deadline.after(20))):
            pass
        [event] = events
        assert isinstance(event, Done), event
        return str(event.value)


def _open(root: Path, server: socket.socket, other: socket.socket, policy: Policy) -> Prison:
    pool = WorkerPool(
        PoolSettings(
            processes=1,
            handler="sandbox_tasks:create",
            tasks=TASK_CODEC,
            answers=ANSWER_CODEC,
            initialise="pipeline.sandbox.policy:enter",
            initialise_with=(policy_to_text(policy),),
        )
    )
    while not pool.idle:
        pool.wait(Deadline.after(20))
    return Prison(pool=pool, root=root, server=server.getsockname()[1], other=other.getsockname()[1])


@pytest.fixture(scope="module")
def prison(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prison]:
    root = tmp_path_factory.mktemp("prison")
    for name in ("work", "scratch"):
        (root / name).mkdir()
    (root / "work" / "original.pdf").write_bytes(b"%PDF")
    (root / "secret").write_text("secret")
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_server(("127.0.0.1", 0)) as other:
        url = f"http://127.0.0.1:{server.getsockname()[1]}/v1"
        wanted = policy_for([url], readable=[root / "work"], writable=[root / "scratch"])
        policy, _ = try_out(wanted)
        prison = _open(root, server, other, policy)
        yield prison
        prison.pool.close(Deadline.after(0))


def test_a_worker_can_do_its_work(prison: Prison) -> None:
    assert prison.attempt("read", prison.root / "work" / "original.pdf") == "done"
    assert prison.attempt("write and rename", prison.root / "scratch") == "done"
    assert prison.attempt("remove", prison.root / "scratch" / "a.json") == "done"
    assert prison.attempt("connect", prison.server) == "done"
    assert prison.attempt("thread") == "done"
    assert prison.attempt("resolve", "localhost") == "done"
    assert prison.attempt("write", "/dev/null") == "done"


@needs_landlock
def test_a_worker_reads_nothing_but_documents_and_libraries(prison: Prison) -> None:
    assert prison.attempt("read", "/etc/shadow") == "EACCES"
    assert prison.attempt("read", "/etc/passwd") == "EACCES"
    assert prison.attempt("read", prison.root / "secret") == "EACCES"
    assert prison.attempt("list", Path.home()) == "EACCES"
    assert prison.attempt("list", "/") == "EACCES"
    for secret in ("environ", "mem", "maps", "fd/0", "root/etc/passwd", "cwd/secret"):
        assert prison.attempt("read", f"/proc/{os.getpid()}/{secret}") == "EACCES", secret
    assert prison.attempt("list", f"/proc/{os.getpid()}/fd") == "EACCES"


@needs_landlock
def test_a_worker_writes_nowhere_but_in_its_scratch_folder(prison: Prison) -> None:
    assert prison.attempt("write", prison.root / "new") == "EACCES"
    assert prison.attempt("write", prison.root / "secret") == "EACCES"
    assert prison.attempt("write", prison.root / "work" / "original.pdf") == "EACCES"
    assert prison.attempt("write", "/tmp/dropleaf-was-here") == "EACCES"
    assert prison.attempt("write", "/dev/shm/dropleaf-was-here") == "EACCES"
    assert prison.attempt("write", f"/proc/{os.getpid()}/mem") == "EACCES"
    assert prison.attempt("write", f"/proc/{os.getpid()}/oom_score_adj") == "EACCES"
    assert prison.attempt("remove", prison.root / "secret") == "EACCES"
    assert prison.attempt("make a folder", prison.root / "scratch" / "folder") == "EACCES"
    assert prison.attempt("make a folder", prison.root / "folder") == "EACCES"


@needs_seccomp
def test_a_worker_changes_no_files_owner_rights_or_times_and_makes_no_links(prison: Prison) -> None:
    assert prison.attempt("truncate", prison.root / "secret") == "EPERM"
    assert prison.attempt("chmod", prison.root / "secret") == "EPERM"
    assert prison.attempt("touch", prison.root / "secret") == "EPERM"
    # The daemon would follow a link, and wait for ever at a pipe.
    assert prison.attempt("make a link", prison.root / "scratch" / "link") == "EPERM"
    assert prison.attempt("make a pipe", prison.root / "scratch" / "pipe") == "EPERM"


@needs_seccomp
def test_a_worker_starts_nothing_but_threads(prison: Prison) -> None:
    assert prison.attempt("exec") == "EPERM"
    assert prison.attempt("exec from memory") == "EPERM"
    assert prison.attempt("fork") == "EPERM"
    assert prison.attempt("clone") == "EPERM"
    # As if there were no such call: glibc goes on with clone, whose flags can be looked at.
    assert prison.attempt("clone anew") == "ENOSYS"
    assert prison.attempt("new namespace") == "EPERM"
    assert prison.attempt("mount", prison.root) == "EPERM"


@needs_seccomp
def test_a_worker_leaves_other_processes_alone(prison: Prison) -> None:
    parent = os.getpid()
    assert prison.attempt("signal", parent) == "EPERM"
    assert prison.attempt("signal", -1) == "EPERM"
    assert prison.attempt("signal by pidfd", parent) == "EPERM"
    assert prison.attempt("signal by descriptor", parent) == "EPERM"
    assert prison.attempt("ptrace", parent) == "EPERM"
    assert prison.attempt("read memory", parent) == "EPERM"
    assert prison.attempt("take a descriptor", parent) == "EPERM"
    assert prison.attempt("share memory") == "EPERM"
    assert prison.attempt("type") == "EPERM"
    assert prison.attempt("limit", parent) == "EPERM"
    assert prison.attempt("leave the group", 0) == "EPERM"


@needs_seccomp
def test_a_worker_can_neither_be_called_nor_send_datagrams(prison: Prison) -> None:
    assert prison.attempt("listen") == "EPERM"
    assert prison.attempt("datagram") == "EPERM"
    assert prison.attempt("unix socket") == "EPERM"
    assert prison.attempt("raw socket") == "EPERM"


@needs_ports
@needs_seccomp
def test_a_worker_calls_nobody_but_the_servers(prison: Prison) -> None:
    assert prison.attempt("connect", prison.other) == "EACCES"
    assert prison.attempt("connect far", "192.0.2.1") == "EACCES"
    assert prison.attempt("connect in disguise", prison.other) == "EPERM"
    assert prison.attempt("connect fast", prison.other) == "EPERM"


@needs_seccomp
@pytest.mark.parametrize("name", ["bpf", "userfaultfd", "io_uring"])
def test_the_kernels_riskier_interfaces_are_closed(prison: Prison, name: str) -> None:
    assert prison.attempt(name) == "EPERM"


def test_a_server_with_a_name_keeps_datagrams_open_and_that_is_said() -> None:
    named = policy_for(["http://models.example:8080/v1"], readable=[], writable=[])
    numbered = policy_for(["http://[::1]:8080/v1", "https://127.0.0.1/v1"], readable=[], writable=[])

    assert named.names
    assert not numbered.names
    assert numbered.ports == (443, 8080)
    if Part.SECCOMP in MACHINE.parts:
        assert any("UDP is open" in gap for gap in try_out(named)[1].gaps)


def test_a_policy_survives_the_command_line() -> None:
    policy = policy_for(["http://localhost/v1"], readable=[Path("/a b")], writable=[Path("/c\n")])

    assert text_to_policy(policy_to_text(policy)) == policy


def test_doctor_says_how_workers_are_kept_in(tmp_path: Path) -> None:
    found = Place(tmp_path).run("doctor")

    assert "isolation: Workers are kept in by" in found.err.replace("\n", " ")


@needs_seccomp
@needs_landlock
@pytest.mark.parametrize("part", list(Part))
def test_each_part_works_without_the_other(tmp_path: Path, part: Part) -> None:
    (tmp_path / "scratch").mkdir()
    policy = Policy(parts=(part,), writable=(str(tmp_path / "scratch"),))
    with socket.create_server(("127.0.0.1", 0)) as server:
        prison = _open(tmp_path, server, server, policy)
        try:
            assert prison.attempt("write and rename", tmp_path / "scratch") == "done"
            assert (prison.attempt("read", "/etc/passwd") == "done") is (part is Part.SECCOMP)
            assert prison.attempt("exec") == ("EPERM" if part is Part.SECCOMP else "EACCES")
        finally:
            prison.pool.close(Deadline.after(0))
