"""Which system calls workers really make, by strace over any PDFs: what pipeline/sandbox/syscalls.py rests on.

    python worker_calls.py PDF... [--server URL]

Counted is what each worker does from the moment on at which its filter is in force, threads included.  Behind the
counts stand the arguments that the filter looks at, and every call that it has refused.  Without --server the built-in
engine works; with "simulated" a simulated server answers, by the name of localhost.
"""

import argparse
import re
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import yaml
from daemons import COMMAND
from simulator import Simulator

_ENTERS = "PR_SET_SECCOMP"
_CALL = re.compile(r"(\w+)\((.*)")
_BORN = re.compile(r"= (\d+)$")
_REFUSED = re.compile(r"= -1 (EPERM|ENOSYS|EACCES)")
#: Which words between commas say what the filter looks at.
_LOOKED_AT = {
    **dict.fromkeys(("ioctl", "fcntl", "getsockopt", "setsockopt"), slice(1, 3)),
    **dict.fromkeys(("prctl",), slice(1)),
    **dict.fromkeys(("socket",), slice(3)),
    **dict.fromkeys(("kill", "tgkill", "prlimit64"), slice(3)),
    **dict.fromkeys(("openat",), slice(2, 3)),
    **dict.fromkeys(("clone", "mmap"), slice(1, 4)),
}


def calls_of(log: Path, *, filtered: bool) -> Iterator[tuple[str, str]]:
    """Name and rest of each call that a thread has made since its filter is in force."""
    for line in log.read_text(errors="replace").splitlines():
        if (found := _CALL.match(line)) is None:
            continue
        if filtered:
            yield found[1], found[2]
        filtered = filtered or (_ENTERS in found[2] and found[2].endswith("= 0"))


def count(folder: Path) -> tuple[Counter[str], Counter[str], int]:
    """Calls, their arguments and refusals, and the number of threads, of all that has entered a filter."""
    calls: Counter[str] = Counter()
    details: Counter[str] = Counter()
    threads = [(log, False) for log in folder.iterdir() if _ENTERS in log.read_text(errors="replace")]
    for log, filtered in threads:  # grows by the threads that are found in it
        for name, rest in calls_of(log, filtered=filtered):
            calls[name] += 1
            if name == "clone" and (born := _BORN.search(rest)):
                threads.append((folder / f"log.{born[1]}", True))
            if name in _LOOKED_AT:
                words = ",".join(rest.split(",")[_LOOKED_AT[name]])
                details[f"{name} {re.sub('= .*|0x[0-9a-f]{5,}', '', words)}"] += 1
            if refused := _REFUSED.search(rest):
                details[f"{refused[1]} {name} {rest[:100]}"] += 1
    return calls, details, len(threads)


def main(arguments: Sequence[str]) -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pdf", nargs="+")
    parser.add_argument("--server")
    chosen = parser.parse_args(arguments)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "calls").mkdir()
        server = chosen.server
        if server == "simulated":
            server = stack.enter_context(Simulator()).url.replace("127.0.0.1", "localhost")
        engine = {"engine": "basic"} if server is None else {"servers": [{"url": server}]}
        settings = folder / "settings.yaml"
        settings.write_text(yaml.safe_dump({"log": {"level": "error"}, **engine}))
        command = [*COMMAND, "convert", *chosen.pdf, "-o", folder / "out", "--settings", settings]
        subprocess.run(["strace", "-ff", "-qq", "-o", folder / "calls" / "log", *command], check=False)
        calls, details, threads = count(folder / "calls")
    sys.stdout.write(f"{threads} threads\n")
    for counted in (calls, details):
        sys.stdout.writelines(f"{number:9} {what}\n" for what, number in counted.most_common())


if __name__ == "__main__":
    main(sys.argv[1:])
