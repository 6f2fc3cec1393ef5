"""Attempts to get out of a worker; they run in the workers of tests/sandbox, one task for each."""

import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

from pipeline.pool.codec import Codec

_USERFAULTFD, _BPF, _IO_URING_SETUP = (323, 321, 425) if os.uname().machine == "x86_64" else (282, 280, 425)
_PTRACE_ATTACH, _CLONE_NEWUSER, _MSG_FASTOPEN = 16, 0x10000000, 0x20000000
_IPPROTO_MPTCP = 262
_CLONE, _CLONE3, _PIDFD_GETFD = (56, 435, 438) if os.uname().machine == "x86_64" else (220, 435, 438)
_TIOCSTI = 0x5412
_AT_FDCWD = -100


def create() -> "Prisoner":
    return Prisoner()


TASK_CODEC = Codec((tuple,))
ANSWER_CODEC = Codec((str,))


class Prisoner:
    """Runs the attempt that a task names, and says how the kernel answered."""

    tasks = TASK_CODEC
    answers = ANSWER_CODEC

    def run(self, task: object, report: Callable[[object], None]) -> str:
        del report
        assert isinstance(task, tuple)
        name, argument = task
        try:
            ATTEMPTS[name](argument)
        except OSError as error:
            return errno.errorcode.get(error.errno or 0, str(error))
        return "done"

    def prepare(self, task: object) -> None: ...

    def close(self) -> None: ...


def _libc(name: str, *arguments: object) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc[name](*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def _write(path: str) -> None:
    Path(path).write_text("x")


def _write_and_rename(folder: str) -> None:
    _write(f"{folder}/a.tmp")
    Path(folder, "a.tmp").rename(f"{folder}/a.json")


def _send_datagram(_: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        sock.sendto(b"x", ("127.0.0.1", 9))


def _connect(port: str) -> None:
    socket.create_connection(("127.0.0.1", int(port))).close()


def _connect_in_disguise(port: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, _IPPROTO_MPTCP) as sock:
        sock.connect(("127.0.0.1", int(port)))


def _connect_fast(port: str) -> None:
    with socket.socket() as sock:
        sock.sendto(b"x", _MSG_FASTOPEN, ("127.0.0.1", int(port)))


def _signal_by_descriptor(pid: str) -> None:
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETOWN, int(pid))
    fcntl.fcntl(reader, fcntl.F_SETFL, os.O_ASYNC)
    os.write(writer, b"x")


def _exec_from_memory(_: str) -> None:
    program = os.memfd_create("program")
    os.write(program, b"#!/bin/true\n")
    os.execve(program, ["program"], {})


def _clone(_: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if (pid := libc.syscall(_CLONE, signal.SIGCHLD, None, None, None, None)) == 0:
        os._exit(0)
    if pid < 0:
        raise OSError(ctypes.get_errno(), "clone")
    os.waitpid(pid, 0)


def _read_memory(pid: str) -> None:
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    _libc("process_vm_readv", int(pid), ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0)


def _send_to_path(path: str) -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.sendto(b"x", path)


def _connect_to_path(path: str) -> None:
    one, other = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    with one, other:
        one.connect(path)


def _send_to_path_over_the_pools_socket(path: str) -> None:
    for descriptor in range(3, 16):
        try:
            connection = socket.socket(fileno=os.dup(descriptor))
        except OSError:
            continue
        with connection:
            if connection.family == socket.AF_UNIX:
                connection.sendto(b"", path)


def _attach_shared_memory(segment: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.shmat.restype = ctypes.c_ssize_t
    if libc.shmat(int(segment), None, 0) == -1:
        raise OSError(ctypes.get_errno(), "shmat")


def _change_flags(path: str) -> None:
    """As chattr does, by file_setattr(2) of Linux 6.17: no flags at all."""
    attributes = ctypes.create_string_buffer(24)
    _libc("syscall", 469, _AT_FDCWD, path.encode(), attributes, ctypes.c_size_t(24), 0)


def _keep_in_memory_file(mib: str) -> None:
    descriptor = os.memfd_create("hoard")
    try:
        for _ in range(int(mib)):
            os.write(descriptor, bytes(1 << 20))
    finally:
        os.close(descriptor)


def _watch(folder: str) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    descriptor = libc.inotify_init1(0)
    if descriptor < 0 or libc.inotify_add_watch(descriptor, folder.encode(), 0xFFF) < 0:
        raise OSError(ctypes.get_errno(), "inotify")
    os.close(descriptor)


def _let_go_of_the_lifeline(how: str) -> None:
    [lifeline, *_] = [number for number in range(3, 64) if _is_pipe(number)]
    match how:
        case "close":
            os.close(lifeline)
        case "flags":
            fcntl.fcntl(lifeline, fcntl.F_SETFL, 0)
        case "owner":
            fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        case _:
            os.dup2(0, lifeline)


def _is_pipe(descriptor: int) -> bool:
    try:
        return stat.S_ISFIFO(os.fstat(descriptor).st_mode)
    except OSError:
        return False


def _empty(path: str) -> None:
    os.close(os.open(path, os.O_RDONLY | os.O_TRUNC))


def _change_log(how: str) -> None:
    """The log that workers write to is a file of the daemon's where nothing else is set."""
    if how == "truncate":
        os.ftruncate(2, 0)
    elif how == "write anywhere":
        os.pwrite(2, b"", 0)
    else:
        fcntl.fcntl(2, fcntl.F_SETFL, 0)


def _exchange(folder: str) -> None:
    for name in ("one", "two"):
        _write(f"{folder}/{name}")
    _libc("renameat2", _AT_FDCWD, f"{folder}/one".encode(), _AT_FDCWD, f"{folder}/two".encode(), 2)


def _find_secret(secret: str) -> None:
    """Reads what the process was started with, by each of its ways."""
    if secret in str(os.environ) or secret.encode() in Path("/proc/self/environ").read_bytes():
        return
    if secret.encode() in Path("/proc/self/cmdline").read_bytes():
        return
    raise OSError(errno.ENOENT, "not there")


def _start_thread(_: str) -> None:
    thread = threading.Thread(target=int)
    thread.start()
    thread.join()


ATTEMPTS: dict[str, Callable[[str], object]] = {
    "read": lambda path: Path(path).read_bytes(),
    "list": os.listdir,
    "write": _write,
    "write and rename": _write_and_rename,
    "remove": os.unlink,
    "truncate": lambda path: os.truncate(path, 0),
    "chmod": lambda path: Path(path).chmod(0o777),
    "touch": os.utime,
    "make a folder": os.mkdir,
    "make a pipe": os.mkfifo,
    "make a link": lambda path: Path(path).symlink_to("/etc/shadow"),
    "exec": lambda _: os.execv("/bin/true", ["true"]),
    "run": lambda _: subprocess.run(["/bin/true"], check=True),
    "exec from memory": _exec_from_memory,
    "clone": _clone,
    "clone anew": lambda _: _libc("syscall", _CLONE3, None, 0),
    "read memory": _read_memory,
    "take a descriptor": lambda pid: _libc("syscall", _PIDFD_GETFD, os.pidfd_open(int(pid)), 0, 0),
    "share memory": lambda _: _libc("shmget", 0, 4096, 0o1600),
    "type": lambda _: fcntl.ioctl(0, _TIOCSTI, b"x"),
    "connect far": lambda address: socket.create_connection((address, 9), timeout=5).close(),
    "fork": lambda _: os.waitpid(os.fork() or os._exit(0), 0),
    "new namespace": lambda _: _libc("unshare", _CLONE_NEWUSER),
    "mount": lambda path: _libc("mount", b"none", path.encode(), b"tmpfs", 0, None),
    "ptrace": lambda pid: _libc("ptrace", _PTRACE_ATTACH, int(pid), None, None),
    "signal": lambda pid: os.kill(int(pid), signal.SIGUSR1),
    "signal by pidfd": lambda pid: signal.pidfd_send_signal(os.pidfd_open(int(pid)), signal.SIGUSR1),
    "signal by descriptor": _signal_by_descriptor,
    "limit": lambda pid: resource.prlimit(int(pid), resource.RLIMIT_NOFILE, (64, 64)),
    "leave the group": lambda pid: os.setpgid(0, int(pid)),
    "listen": lambda _: socket.create_server(("127.0.0.1", 0)).close(),
    "datagram": _send_datagram,
    "unix socket": lambda _: socket.socket(socket.AF_UNIX).close(),
    "raw socket": lambda _: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1).close(),
    "connect": _connect,
    "connect in disguise": _connect_in_disguise,
    "connect fast": _connect_fast,
    "datagram to a path": _send_to_path,
    "datagrams connected to a path": _connect_to_path,
    "datagram over the pool's socket": _send_to_path_over_the_pools_socket,
    "attach shared memory": _attach_shared_memory,
    "remove shared memory": lambda segment: _libc("shmctl", int(segment), 0, None),
    "semaphores": lambda _: _libc("semget", 0, 1, 0o1600),
    "message queue": lambda _: _libc("msgget", 0, 0o1600),
    "change flags": _change_flags,
    "hoard in a memory file": _keep_in_memory_file,
    "hoard in a pipe": lambda _: os.closerange(*os.pipe()),
    "hoard in sockets": lambda _: len(socket.socketpair()),
    "watch": _watch,
    "let go of the lifeline": _let_go_of_the_lifeline,
    "empty": _empty,
    "exchange": _exchange,
    "change the log": _change_log,
    "set a limit of its own": lambda _: resource.prlimit(0, resource.RLIMIT_NOFILE, (64, 64)),
    "attach a filter": lambda _: socket.socket().setsockopt(socket.SOL_SOCKET, 26, bytes(16)),
    "netlink": lambda _: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
    "other namespaces of packets": lambda _: socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM).close(),
    "schedule": lambda _: os.sched_setaffinity(0, {0}),
    "find a secret": _find_secret,
    "bpf": lambda _: _libc("syscall", _BPF, 0, None, 0),
    "userfaultfd": lambda _: _libc("syscall", _USERFAULTFD, 0),
    "io_uring": lambda _: _libc("syscall", _IO_URING_SETUP, 1, None),
    "thread": _start_thread,
    "resolve": lambda name: socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM),
}
