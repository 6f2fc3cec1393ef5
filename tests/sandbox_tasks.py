"""Attempts to get out of a worker; they run in the workers of test_sandbox.py, one task for each."""

import ctypes
import errno
import fcntl
import os
import resource
import signal
import socket
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


def _read_memory(pid: str) -> None:
    here = ctypes.create_string_buffer(8)
    vector = (ctypes.c_void_p * 2)(ctypes.addressof(here), 8)
    _libc("process_vm_readv", int(pid), ctypes.byref(vector), 1, ctypes.byref(vector), 1, 0)


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
    "exec": lambda _: subprocess.run(["/bin/true"], check=True),
    "exec from memory": _exec_from_memory,
    "clone": _clone,
    "clone anew": lambda _: _libc("syscall", _CLONE3, None, 0),
    "read memory": _read_memory,
    "take a descriptor": lambda pid: _libc("syscall", _PIDFD_GETFD, os.pidfd_open(int(pid)), 0, 0),
    "share memory": lambda _: _libc("shmget", 0, 4096, 0o1600),
    "type": lambda _: fcntl.ioctl(0, _TIOCSTI, b"x"),
    "connect far": lambda address: socket.create_connection((address, 9), timeout=5).close(),
    "fork": lambda _: os.fork() or os._exit(0),
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
    "bpf": lambda _: _libc("syscall", _BPF, 0, None, 0),
    "userfaultfd": lambda _: _libc("syscall", _USERFAULTFD, 0),
    "io_uring": lambda _: _libc("syscall", _IO_URING_SETUP, 1, None),
    "thread": _start_thread,
    "resolve": lambda name: socket.getaddrinfo(name, 80, type=socket.SOCK_STREAM),
}
