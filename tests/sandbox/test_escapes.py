"""Every way out of a worker that can be thought of, tried in a real worker.

EACCES is Landlock's answer, ENOSYS that of the list of system calls, EPERM that of the list of their arguments.
"""

import ctypes
import errno
import os
import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from sandbox_tasks import ATTEMPTS
from sandboxed import Worker, needs_landlock, needs_ports, needs_seccomp, worker_in

from pipeline.sandbox.policy import policy_for, try_out
from pipeline.sandbox.syscalls import allowed_calls, name_to_machine

SECRET = "a key of the model server"
#: What is written of the sandbox for readers.
PAGE = Path(__file__).parents[2] / "docs" / "sandbox.md"


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a document in work, a scratch folder, and what is none of a worker's business."""
    root = tmp_path_factory.mktemp("around")
    for name in ("work", "scratch"):
        (root / name).mkdir()
    (root / "work" / "original.pdf").write_bytes(b"%PDF")
    (root / "secret").write_text("secret")
    return root


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    """The port of the server that workers may call."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@pytest.fixture(scope="module")
def other() -> Iterator[int]:
    """The port of another one."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening.getsockname()[1]


@contextmanager
def worker_around(root: Path, server: int) -> Iterator[Worker]:
    wanted = policy_for([f"http://127.0.0.1:{server}/v1"], readable=[root / "work"], writable=[root / "scratch"])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DROPLEAF_WEB__TOKEN", SECRET)
        patch.setenv("LMSTUDIO_API_KEY", SECRET)
        patch.setenv("HTTPS_PROXY", f"http://somebody:{SECRET}@proxy.example")
        with worker_in(try_out(wanted)[0]) as worker:
            yield worker


@pytest.fixture(scope="module")
def worker(root: Path, server: int) -> Iterator[Worker]:
    """One that talks to a server."""
    with worker_around(root, server) as worker:
        yield worker


@pytest.fixture(scope="module")
def reader(root: Path) -> Iterator[Worker]:
    """One that asks no server."""
    with worker_in(try_out(policy_for([], readable=[root / "work"], writable=[root / "scratch"]))[0]) as worker:
        yield worker


@pytest.fixture(scope="module")
def free() -> Iterator[Worker]:
    """One that nothing keeps in."""
    with worker_in(None) as worker:
        yield worker


@pytest.fixture
def socket_path(tmp_path: Path) -> Iterator[Path]:
    """A socket such as the system's log or the service manager has."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "socket"))
        yield tmp_path / "socket"


@pytest.fixture
def segment() -> Iterator[int]:
    """Shared memory of another process: this one."""
    libc = ctypes.CDLL(None, use_errno=True)
    number = libc.shmget(0, 4096, 0o1600)
    assert number >= 0
    yield number
    libc.shmctl(number, 0, None)


def test_a_worker_can_do_its_work(worker: Worker, root: Path, server: int) -> None:
    assert worker.attempt("read", root / "work" / "original.pdf") == "done"
    assert worker.attempt("write and rename", root / "scratch") == "done"
    assert worker.attempt("remove", root / "scratch" / "a.json") == "done"
    assert worker.attempt("connect", server) == "done"
    assert worker.attempt("thread") == "done"
    assert worker.attempt("resolve", "localhost") == "done"
    assert worker.attempt("write", "/dev/null") == "done"


@needs_landlock
def test_a_worker_reads_nothing_but_documents_and_libraries(worker: Worker, root: Path) -> None:
    for path in ("/etc/shadow", "/etc/passwd", root / "secret"):
        assert worker.attempt("read", path) == "EACCES"
    assert worker.attempt("list", Path.home()) == "EACCES"
    assert worker.attempt("list", "/") == "EACCES"
    for secret in ("environ", "mem", "maps", "fd/0", "root/etc/passwd", "cwd/secret"):
        assert worker.attempt("read", f"/proc/{os.getpid()}/{secret}") == "EACCES", secret
    assert worker.attempt("list", f"/proc/{os.getpid()}/fd") == "EACCES"


@needs_landlock
def test_a_worker_writes_nowhere_but_in_its_scratch_folder(worker: Worker, root: Path) -> None:
    for path in (root / "new", root / "secret", root / "work" / "original.pdf"):
        assert worker.attempt("write", path) == "EACCES"
    for folder in ("/tmp", "/dev/shm"):
        assert worker.attempt("write", f"{folder}/dropleaf-was-here") == "EACCES"
    for name in ("mem", "oom_score_adj"):
        assert worker.attempt("write", f"/proc/{os.getpid()}/{name}") == "EACCES"
    assert worker.attempt("remove", root / "secret") == "EACCES"
    assert worker.attempt("make a folder", root / "scratch" / "folder") == "EACCES"
    assert worker.attempt("make a folder", root / "folder") == "EACCES"


@needs_seccomp
def test_a_worker_changes_no_files_owner_rights_times_or_flags_and_makes_no_links(worker: Worker, root: Path) -> None:
    for attempt in ("truncate", "chmod", "touch", "change flags"):
        assert worker.attempt(attempt, root / "secret") == "ENOSYS", attempt
    # The daemon would follow a link, and wait for ever at a pipe.
    assert worker.attempt("make a link", root / "scratch" / "link") == "ENOSYS"
    assert worker.attempt("make a pipe", root / "scratch" / "pipe") == "ENOSYS"
    assert worker.attempt("exchange", root / "scratch") == "EPERM"


@needs_seccomp
def test_a_document_that_is_opened_to_be_read_cannot_be_emptied_by_that(worker: Worker, root: Path) -> None:
    assert worker.attempt("empty", root / "work" / "original.pdf") == "EPERM"  # Landlock refuses it from 6.2 on only
    assert (root / "work" / "original.pdf").read_bytes() == b"%PDF"


@needs_seccomp
@pytest.mark.parametrize(("how", "answer"), [("truncate", "ENOSYS"), ("write anywhere", "ENOSYS"), ("flags", "EPERM")])
def test_what_was_logged_stays(worker: Worker, how: str, answer: str) -> None:
    assert worker.attempt("change the log", how) == answer


@needs_seccomp
def test_a_worker_starts_nothing_but_threads(worker: Worker, root: Path) -> None:
    for attempt in ("exec", "fork", "exec from memory", "clone anew", "new namespace"):
        assert worker.attempt(attempt) == ("EPERM" if attempt == "fork" else "ENOSYS"), attempt
    assert worker.attempt("clone") == "EPERM"
    assert worker.attempt("run") in {"EPERM", "ENOSYS"}  # by a pipe and vfork, or by posix_spawn from Python 3.13 on
    assert worker.attempt("mount", root) == "ENOSYS"


@needs_seccomp
def test_a_worker_leaves_other_processes_alone(worker: Worker) -> None:
    parent = os.getpid()
    for attempt in ("signal", "limit"):
        assert worker.attempt(attempt, parent) == "EPERM", attempt
    assert worker.attempt("signal", -1) == "EPERM"
    for attempt in ("signal by pidfd", "ptrace", "read memory", "take a descriptor", "leave the group"):
        assert worker.attempt(attempt, parent) == "ENOSYS", attempt
    assert worker.attempt("signal by descriptor", parent) == "ENOSYS"
    assert worker.attempt("type") == "EPERM"
    assert worker.attempt("schedule") == "ENOSYS"


@needs_seccomp
def test_shared_memory_semaphores_and_queues_of_others_are_out_of_reach(worker: Worker, segment: int) -> None:
    assert worker.attempt("attach shared memory", segment) == "ENOSYS"
    assert worker.attempt("remove shared memory", segment) == "ENOSYS"
    for attempt in ("share memory", "semaphores", "message queue"):
        assert worker.attempt(attempt) == "ENOSYS", attempt


@needs_seccomp
def test_a_worker_can_neither_be_called_nor_send_datagrams(worker: Worker, socket_path: Path) -> None:
    assert worker.attempt("listen") == "ENOSYS"
    for attempt in ("datagram", "unix socket", "raw socket", "netlink", "other namespaces of packets"):
        assert worker.attempt(attempt) == "EPERM", attempt
    for attempt in ("datagram to a path", "datagrams connected to a path"):
        assert worker.attempt(attempt, socket_path) == "ENOSYS", attempt
    assert worker.attempt("datagram over the pool's socket", socket_path) == "EPERM"


@needs_ports
@needs_seccomp
def test_a_worker_calls_nobody_but_the_servers(worker: Worker, other: int) -> None:
    assert worker.attempt("connect", other) == "EACCES"
    assert worker.attempt("connect far", "192.0.2.1") == "EACCES"
    assert worker.attempt("connect in disguise", other) == "EPERM"
    assert worker.attempt("connect fast", other) == "EPERM"
    assert worker.attempt("attach a filter") == "EPERM"


@needs_seccomp
def test_a_worker_that_asks_no_server_has_no_sockets_at_all(reader: Worker, root: Path, server: int) -> None:
    assert reader.attempt("connect", server) == "ENOSYS"
    assert reader.attempt("resolve", "127.0.0.1") == "done"
    assert reader.attempt("write and rename", root / "scratch") == "done"


@needs_seccomp
def test_memory_that_no_limit_counts_is_not_to_be_had(worker: Worker) -> None:
    assert worker.attempt("hoard in a memory file", 200) == "ENOSYS"
    assert worker.attempt("hoard in a pipe") == "ENOSYS"
    assert worker.attempt("hoard in sockets") == "ENOSYS"
    assert worker.attempt("set a limit of its own") == "EPERM"


@needs_seccomp
def test_a_worker_does_not_see_what_happens_in_folders(worker: Worker, root: Path) -> None:
    for folder in (root, root / "work", "/"):
        assert worker.attempt("watch", folder) == "ENOSYS"


@needs_seccomp
@pytest.mark.parametrize("how", ["close", "flags", "owner", "put another in its place"])
def test_a_worker_cannot_let_go_of_what_ends_it_with_the_daemon(worker: Worker, how: str) -> None:
    refused = "ENOSYS" if how == "put another in its place" else "EPERM"

    assert worker.attempt("let go of the lifeline", how) == refused


def test_what_the_daemon_keeps_secret_is_not_in_a_workers_environment(worker: Worker) -> None:
    assert worker.attempt("find a secret", SECRET) == "ENOENT"
    assert worker.attempt("find a secret", os.environ["PATH"]) == "done"


@needs_seccomp
@pytest.mark.parametrize("name", ["bpf", "userfaultfd", "io_uring"])
def test_the_kernels_riskier_interfaces_are_closed(worker: Worker, name: str) -> None:
    assert worker.attempt(name) == "ENOSYS"


def test_it_is_the_sandbox_that_refuses_and_not_the_attempt_that_fails(
    free: Worker, tmp_path: Path, socket_path: Path, segment: int
) -> None:
    """What can be done here without harm succeeds in a worker that nothing keeps in."""
    file = tmp_path / "a"
    file.write_text("x")
    nothing = (
        "listen",
        "hoard in a pipe",
        "hoard in sockets",
        "schedule",
        "run",
        "netlink",
        "fork",
        "clone",
        "datagram",
    )
    attempts: dict[str, object] = {
        **dict.fromkeys((*nothing, "unix socket"), ""),
        **dict.fromkeys(("datagram to a path", "datagrams connected to a path"), socket_path),
        **dict.fromkeys(("empty", "touch", "chmod", "read"), file),
        "exchange": tmp_path,
        "make a link": tmp_path / "b",
        "watch": "/",
        "hoard in a memory file": 200,
        "let go of the lifeline": "owner",
        "attach shared memory": segment,
        "remove shared memory": segment,
    }

    answers = {name: free.attempt(name, argument) for name, argument in attempts.items()}

    assert {name: answer for name, answer in answers.items() if answer != "done"} == {}


def test_flags_of_files_can_be_changed_where_the_kernel_knows_how(free: Worker, tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")

    answer = free.attempt("change flags", tmp_path / "a")

    if answer in {errno.errorcode[errno.ENOSYS], errno.errorcode[errno.EOPNOTSUPP]}:
        pytest.skip("this kernel or file system has no file_setattr(2)")
    assert answer == "done"


def rows_of(heading: str) -> list[list[str]]:
    """The cells of the table below a heading of the page on the sandbox, without its head."""
    section = PAGE.read_text().partition(f"## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines[2:]]


def test_the_page_on_the_sandbox_lists_every_system_call_with_its_reason() -> None:
    listed = {
        name: reason for reason, calls in rows_of("System calls") for name in re.findall(r"`([a-z0-9_]+)`", calls)
    }
    checked = {name for _, calls in rows_of("System calls") for name in re.findall(r"`([a-z0-9_]+)`\*", calls)}

    machines = [name_to_machine(name) for name in ("x86_64", "aarch64")]
    allowed = [call for each in machines if each for call in allowed_calls(each, servers=True).values()]

    assert listed == {call.name: call.reason for call in allowed}
    assert all(name in PAGE.read_text().partition("held to:")[2].partition("\n## ")[0] for name in checked)


@needs_ports
@needs_seccomp
def test_the_page_on_the_sandbox_says_how_every_attempt_ends(
    root: Path, server: int, other: int, socket_path: Path, segment: int
) -> None:
    arguments: dict[str, object] = {
        **dict.fromkeys(("read", "write", "remove", "truncate", "chmod", "touch", "change flags"), root / "secret"),
        **dict.fromkeys(("list", "watch"), "/"),
        **dict.fromkeys(("make a folder", "mount"), root),
        **dict.fromkeys(("make a pipe", "make a link"), root / "scratch" / "x"),
        **dict.fromkeys(("exchange", "write and rename"), root / "scratch"),
        **dict.fromkeys(("ptrace", "read memory", "take a descriptor", "signal", "signal by pidfd"), os.getpid()),
        **dict.fromkeys(("signal by descriptor", "limit", "leave the group"), os.getpid()),
        **dict.fromkeys(("connect", "connect in disguise", "connect fast"), other),
        **dict.fromkeys(("datagram to a path", "datagrams connected to a path"), socket_path),
        **dict.fromkeys(("attach shared memory", "remove shared memory"), segment),
        "datagram over the pool's socket": socket_path,
        "make a folder": root / "folder",
        "empty": root / "work" / "original.pdf",
        "find a secret": SECRET,
        "change the log": "truncate",
        "let go of the lifeline": "close",
        "connect far": "192.0.2.1",
        "hoard in a memory file": 200,
        "resolve": "localhost",
    }
    rows = rows_of("What was tried")

    assert {name for name, _, _ in rows} == set(ATTEMPTS)
    with worker_around(root, server) as worker:  # one of its own: after so many attempts the pool takes another one
        for name, answers, _ in rows:
            assert worker.attempt(name, arguments.get(name, "")) in answers.split(" or "), name
