"""A fork server that loads the workers' modules while this process still loads its own.

Both take half a second; one after the other they were most of the time until the first page of a single run.  Its
settings follow when they are known; whatever goes wrong with it, a pool starts a fork server of its own.
"""

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.host.forking import HAS_FORK_SERVER, packet_pair
from pipeline.host.starting import start_with_ends
from pipeline.pool.fork_server import PROGRAM, Order, order_to_text, settings_to_text
from pipeline.pool.process import ProcessSettings
from pipeline.sandbox.environment import scrubbed_environment


@dataclass(frozen=True, slots=True, kw_only=True)
class Interpreter:
    """A fork server that was started.

    Attributes:
        control: Our end of its socket.
        lifeline: Write end of its lifeline.
    """

    process: subprocess.Popen[bytes]
    control: socket.socket
    lifeline: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _HeadStart:
    handler: str
    preload: tuple[str, ...]
    interpreter: Interpreter


# At most one, of the process: who starts it knows nothing of who will need it.
_begun: list[_HeadStart] = []


@contextlib.contextmanager
def begun(handler: str, preload: tuple[str, ...]) -> Iterator[None]:
    """Start a fork server for the first pool of this process with this handler, and end it if none has taken it.

    Args:
        handler: As in :class:`pipeline.pool.interface.PoolSettings`.
        preload: As there.
    """
    if HAS_FORK_SERVER and not _begun:
        with contextlib.suppress(OSError):  # the pool will say why no process can be started
            interpreter = start_interpreter(ProcessSettings(handler=handler), preload, follows=True)
            _begun.append(_HeadStart(handler=handler, preload=preload, interpreter=interpreter))
    try:
        yield
    finally:
        while _begun:
            _end(_begun.pop().interpreter)


def take(settings: ProcessSettings, preload: tuple[str, ...]) -> Interpreter | None:
    """The fork server that was begun, with these settings from now on; None where none fits."""
    if not _begun or (_begun[0].handler, _begun[0].preload) != (settings.handler, preload):
        return None
    interpreter = _begun.pop().interpreter
    interpreter.control.settimeout(0)
    try:
        interpreter.control.send(settings_to_text(settings).encode())
    except OSError:  # it has died
        _end(interpreter)
        return None
    return interpreter


def _end(interpreter: Interpreter) -> None:
    interpreter.control.close()
    os.close(interpreter.lifeline)
    interpreter.process.kill()
    interpreter.process.wait()


def start_interpreter(
    settings: ProcessSettings, preload: tuple[str, ...], *, follows: bool = False, stderr: int | None = None
) -> Interpreter:
    """Start a fork server.

    Args:
        settings: Of its workers.
        preload: Modules to load before forking.
        follows: Whether the settings come later.
        stderr: Descriptor that it writes to; None for stderr of this process.

    Raises:
        OSError: No process can be started now.
    """
    ours, theirs = packet_pair()
    their_lifeline, lifeline = os.pipe()
    order = Order(
        worker=settings,
        connection=theirs.fileno(),
        lifeline=their_lifeline,
        preload=preload,
        path=tuple(sys.path),
        follows=follows,
    )
    try:
        process = start_with_ends(
            [sys.executable, "-c", PROGRAM, order_to_text(order)],
            connection=theirs,
            lifeline=their_lifeline,
            stderr=stderr,
            environment=scrubbed_environment(),
            memory=settings.memory,
        )
    except OSError:
        ours.close()
        os.close(lifeline)
        raise
    finally:
        theirs.close()
        os.close(their_lifeline)
    ours.settimeout(0)
    return Interpreter(process=process, control=ours, lifeline=lifeline)
