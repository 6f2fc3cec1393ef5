"""What a worker process can reach: it parses hostile files, so it gets what it needs and nothing else.

Landlock limits files and connections, seccomp everything that Landlock does not know. The worker itself enters both
before it gets a task, and they can never be left again. Where the kernel lacks one of them, it is left out, and the
daemon says so: it tries them once in a separate process, and workers enter what worked there, or do not start.

Accepted risks: a worker can read the other documents in work, and can damage records that other workers are writing.
Its connections are limited to the servers' ports, not to their addresses (the service manager can limit those). Until
its page's time is over it can run any code in its own memory, start threads, fill the disk with files in its scratch
folder, and add lines to the log. Memory and tasks of all workers together are limited only where a service manager does
it (``dropleaf unit``).
"""

import json
import subprocess
import sys
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.host.isolation import ISOLATES_BY
from pipeline.host.processes import find_guards
from pipeline.sandbox import landlock, seccomp
from pipeline.sandbox.environment import scrubbed_environment
from pipeline.sandbox.landlock import Reach
from pipeline.sandbox.seccomp import Needs

# A machine may be slow, and a trial that does not end shows nothing.
_TRIAL_S = 120.0
_TRIAL = "import sys; sys.path[:] = sys.argv[2:]; from pipeline.sandbox.policy import try_each; try_each(sys.argv[1])"

# Libraries, fonts, time zones, certificates; the names of this machine; what the process may know of itself.
_READABLE = (
    *("/usr/lib", "/usr/lib32", "/usr/lib64", "/usr/local/lib", "/lib", "/lib32", "/lib64", "/nix/store"),
    *("/usr/share", "/usr/local/share", "/etc/fonts", "/etc/localtime", "/etc/ssl", "/etc/pki", "/etc/ca-certificates"),
    *("/etc/hosts", "/etc/nsswitch.conf", "/etc/host.conf", "/etc/gai.conf", "/etc/ld.so.cache"),
    *("/proc/self", "/dev/random", "/dev/urandom", "/dev/zero"),
)


class Part(StrEnum):
    """The parts of the sandbox."""

    LANDLOCK = "landlock"
    SECCOMP = "seccomp"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What a worker may do; plain values, since it is passed on a command line.

    Attributes:
        parts: The parts to enter; each must work.
        readable: Folders and files in addition to those that Python needs.
        writable: Folders in which files may be created, written and removed.
        ports: TCP ports to which it may connect.
    """

    parts: tuple[str, ...] = ISOLATES_BY
    readable: tuple[str, ...] = ()
    writable: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Isolation:
    """What the sandbox can do on this machine, as a trial showed.

    Attributes:
        abi: Version of Landlock; 0 for none.
        gaps: What workers are not prevented from doing, a sentence each.
    """

    parts: tuple[str, ...]
    abi: int
    gaps: tuple[str, ...]


def policy_for(urls: Iterable[str], *, readable: Iterable[Path], writable: Iterable[Path]) -> Policy:
    """The policy of workers that connect to these servers.

    Args:
        urls: Of the model servers, checked by the settings.
        readable: The folders of the documents in work.
        writable: The folders of the records.
    """
    servers = [urlsplit(url) for url in urls]
    return Policy(
        readable=tuple(map(str, readable)),
        writable=tuple(map(str, writable)),
        ports=tuple(sorted({server.port or (443 if server.scheme == "https" else 80) for server in servers})),
    )


def try_out(policy: Policy) -> tuple[Policy, Isolation]:
    """The policy with the parts that work on this machine, and their gaps; the parts are tried in another process."""
    parts = _working_parts(policy)
    abi = landlock.version() if Part.LANDLOCK in parts else 0
    return replace(policy, parts=parts), Isolation(parts=parts, abi=abi, gaps=tuple(gaps_of(policy, parts, abi)))


def enter(text: str) -> None:
    """Enter the sandbox for ever; the pool calls this while the process has one thread.

    Args:
        text: Of the policy.

    Raises:
        OSError: The kernel refuses one of the parts.
    """
    policy = text_to_policy(text)
    if policy.parts:
        landlock.forbid_new_privileges()
    if Part.LANDLOCK in policy.parts:
        landlock.restrict_access(Reach(paths=_policy_to_paths(policy), ports=policy.ports))
    if Part.SECCOMP in policy.parts:
        needs = Needs(servers=bool(policy.ports), lifelines=tuple(find_guards()))
        seccomp.restrict_calls(needs)


def try_each(text: str) -> None:
    """Enter one part after the other, and print the names of those that worked; for a process that then ends."""
    for part in text_to_policy(text).parts:
        with suppress(OSError):
            enter(policy_to_text(replace(text_to_policy(text), parts=(part,))))
            sys.stdout.write(f"{part}\n")


def policy_to_text(policy: Policy) -> str:
    """The policy as text for the pool's settings."""
    return json.dumps(asdict(policy))


def text_to_policy(text: str) -> Policy:
    """The policy from the text in the pool's settings."""
    facts = json.loads(text)
    return Policy(
        parts=tuple(facts["parts"]),
        readable=tuple(facts["readable"]),
        writable=tuple(facts["writable"]),
        ports=tuple(facts["ports"]),
    )


def _policy_to_paths(policy: Policy) -> dict[Path, int]:
    from pipeline.sandbox.python_folders import PYTHON_FOLDERS  # noqa: PLC0415 — the daemon never needs them

    own = str(Path(__file__).parents[1])
    return {
        **{Path(path): landlock.READ for path in (*_READABLE, own, *PYTHON_FOLDERS, *policy.readable)},
        **{Path(path): landlock.WRITE for path in policy.writable},
        Path("/dev/null"): landlock.WRITE_EXISTING,
    }


def _working_parts(policy: Policy) -> tuple[Part, ...]:
    """The parts that work here; all that are wanted where the trial itself fails.

    Then workers that cannot enter their sandbox do not start, and that is said: without a sandbox there is only work
    where the kernel has said that it has none.
    """
    wanted = tuple(part for part in Part if part in policy.parts)
    if not wanted:
        return ()
    command = [sys.executable, "-IS", "-c", _TRIAL, policy_to_text(policy), *sys.path]
    try:
        done = subprocess.run(  # noqa: S603 — the program is this interpreter, and the words are our own
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_TRIAL_S,
            check=True,
            text=True,
            env=scrubbed_environment(),
        )
    except (OSError, subprocess.SubprocessError):
        return wanted
    return tuple(part for part in wanted if part in done.stdout.split())


def gaps_of(policy: Policy, parts: tuple[str, ...], abi: int) -> Iterable[str]:
    """What these parts of a sandbox do not prevent.

    Args:
        policy: Of the workers.
        parts: The parts that work.
        abi: Version of Landlock.
    """
    if not ISOLATES_BY:
        yield "pages are read without isolation on this system: workers are confined on Linux only"
        return
    if Part.LANDLOCK not in parts:
        yield "files are not limited: the kernel has no Landlock, or it is switched off"
    elif policy.ports and not landlock.refuses_connections(abi):
        yield "connections are not limited to the servers' ports: the kernel is older than 6.7"
    if Part.SECCOMP not in parts:
        yield "system calls are not limited: there is no seccomp here, or not for this kind of machine"
        yield from _gaps_of_landlock_alone(abi if Part.LANDLOCK in parts else None)


def _gaps_of_landlock_alone(abi: int | None) -> Iterable[str]:
    """Gaps of an older Landlock that only the list of system calls would close."""
    if abi is not None and not landlock.refuses_emptying(abi):
        yield "files that may be read can be emptied: the kernel is older than 6.2"
    if abi is not None and not landlock.refuses_signals(abi):
        yield "signals may go to any process of this user: the kernel is older than 6.12"
