"""Processes as the operating system names, limits, watches and ends them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from claims import eventually

from pipeline.host.linux import processes as linux
from pipeline.host.linux.polling import wait_for_any
from pipeline.host.portable import processes as portable
from pipeline.host.portable.forking import packet_pair

_START = "import sys, os; sys.path[:] = {path!r}; from pipeline.host.{side}.processes import *\n"


def is_gone(pid: int) -> bool:
    try:
        return "zombie" in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return True


def run(program: str, side: str = "linux") -> "subprocess.CompletedProcess[str]":
    """What a process of its own says after it has run a program with all names of a side."""
    command = [sys.executable, "-c", _START.format(path=sys.path, side=side) + program]
    return subprocess.run(command, capture_output=True, text=True, timeout=40, check=False)


@pytest.mark.linux
def test_the_end_of_a_process_makes_its_descriptor_readable_and_ends_it_once() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        watched = linux.watch_process(process.pid)
        assert wait_for_any({watched.fileno()}, (), 0) == []

        watched.kill()
        assert wait_for_any({watched.fileno()}, (), 40) == [watched.fileno()]
        assert linux.collect_exit_code(process.pid) == linux.KILLED
        watched.kill()  # it is gone, and that is no error
        watched.close()
    with pytest.raises(ProcessLookupError):
        linux.watch_process(process.pid)
    assert linux.collect_exit_code(process.pid) is None


def test_the_end_of_a_child_is_seen_without_linux_too() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as process:
        watched = portable.watch_child(process)
        assert wait_for_any({watched.fileno()}, (), 0) == []

        watched.kill()
        assert wait_for_any({watched.fileno()}, (), 40) == [watched.fileno()]
        assert process.wait() == portable.KILLED
        watched.kill()
        watched.close()


def test_limits_hold_and_are_never_above_those_that_there_are() -> None:
    program = "import resource; resource.setrlimit(resource.RLIMIT_NOFILE, (50, 60))\n"
    program += "limit_resources(memory=1 << 30, file_bytes=1000, open_files=99)\n"
    program += "print(*(resource.getrlimit(each) for each in (resource.RLIMIT_AS, resource.RLIMIT_FSIZE)))\n"
    program += "print(resource.getrlimit(resource.RLIMIT_NOFILE), resource.getrlimit(resource.RLIMIT_CORE))\n"

    assert run(program).stdout.split("\n")[:2] == [f"({1 << 30}, {1 << 30}) (1000, 1000)", "(60, 60) (0, 0)"]


@pytest.mark.linux
def test_a_lifeline_is_found_and_its_end_is_that_of_the_whole_group() -> None:
    program = "import subprocess\nlead_process_group()\nreader, writer = os.pipe()\nguard_process_group(reader)\n"
    program += "assert find_guards() == [reader]\n"
    program += "child = subprocess.Popen(['sleep', '60'])\nprint(child.pid, flush=True)\nos.close(writer)\ninput()\n"

    ended = run(program)

    assert ended.returncode == linux.KILLED
    assert eventually(lambda: is_gone(int(ended.stdout)))


@pytest.mark.linux
def test_a_lifeline_that_was_cut_before_ends_the_process_at_once() -> None:
    program = "lead_process_group()\nreader, writer = os.pipe()\nos.close(writer)\nguard_process_group(reader)\n"

    assert run(program + "print('still here')").stdout == ""


def test_a_lifeline_ends_a_process_without_linux_too() -> None:
    program = "import subprocess, time\nlead_process_group()\nreader, writer = os.pipe()\nguard_process_group(reader)\n"
    program += "print(subprocess.Popen(['sleep', '60']).pid, flush=True)\nos.close(writer)\ntime.sleep(60)\n"

    ended = run(program, "portable")

    assert ended.returncode == portable.KILLED
    assert eventually(lambda: is_gone(int(ended.stdout)))


def test_what_cannot_be_had_without_linux_is_an_error_that_says_so() -> None:
    with pytest.raises(OSError, match="cannot be watched"):
        portable.watch_process(os.getpid())
    with pytest.raises(OSError, match="no fork server"):
        packet_pair()
    assert (portable.find_guards(), portable.collect_exit_code(1)) == ([], None)


@pytest.mark.parametrize(
    "ignore", [linux.ignore_signals_of_the_parent, portable.ignore_signals_of_the_parent], ids=["linux", "portable"]
)
def test_the_signals_of_a_terminal_are_left_to_the_parent(ignore: Callable[[], None]) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    before = [signal.getsignal(number) for number in numbers]
    try:
        ignore()
        assert [signal.getsignal(number) for number in numbers[:2]] == [signal.SIG_IGN] * 2
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@pytest.mark.linux
def test_a_thread_has_its_name_where_the_system_shows_it() -> None:
    named = run("name_thread('dropleaf-trial')\nprint(open('/proc/self/comm').read())").stdout

    assert named.strip() == "dropleaf-trial"
    assert linux.KILLED == portable.KILLED
    portable.name_thread("anything")
