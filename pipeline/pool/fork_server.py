"""What the pool's new interpreters run: the fork server, and the first steps of every worker."""

import contextlib
import gc
import importlib
import json
import os
import socket
import sys
import traceback
from dataclasses import asdict, dataclass, replace
from typing import NoReturn

from pipeline.host.forking import fork, receive_descriptors
from pipeline.host.processes import guard_process_group, ignore_signals_of_the_parent, name_thread
from pipeline.host.starting import take_connection
from pipeline.pool.process import (
    ProcessSettings,
    end_process,
    error_to_sentence,
    run_worker,
)

#: The program of a new interpreter; its one argument is an :class:`Order`.
PROGRAM = """\
import json, sys
sys.path[:] = json.loads(sys.argv[1])["path"]
from pipeline.pool.fork_server import fulfil_order, text_to_order
fulfil_order(text_to_order(sys.argv[1]))
"""
#: The request for a new worker; the descriptors of its socket and its lifeline come with it.
FORK = b"fork"
LARGEST_MESSAGE = 4096
#: The most bytes of settings that follow; they name every folder that workers may reach.
LARGEST_SETTINGS = 128 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a new interpreter is to do.

    Attributes:
        worker: Settings of the worker, or of the workers to be forked.
        connection: Number of the socket's descriptor.
        lifeline: Number of the lifeline's descriptor.
        preload: Modules to load before forking; None to become a worker at once.
        path: Where modules are found: as in the parent, whatever the working directory and the environment are.
        follows: Whether the settings of the workers come as the first message, when the modules are loaded: the parent
            does not know them yet.
    """

    worker: ProcessSettings
    connection: int
    lifeline: int
    preload: tuple[str, ...] | None
    path: tuple[str, ...]
    follows: bool = False


def order_to_text(order: Order) -> str:
    """The order as an argument of the command line."""
    return json.dumps(asdict(order))


def text_to_order(text: str) -> Order:
    """The order from an argument of the command line."""
    facts = json.loads(text)
    return Order(**facts | {"worker": text_to_settings(json.dumps(facts["worker"]))})


def settings_to_text(settings: ProcessSettings) -> str:
    """Settings as a message."""
    return json.dumps(asdict(settings))


def text_to_settings(text: str) -> ProcessSettings:
    """Settings from a message."""
    facts = json.loads(text)
    return ProcessSettings(**facts | {"initialise_with": tuple(facts["initialise_with"])})


def fulfil_order(order: Order) -> NoReturn:
    """Become a worker, or the fork server."""
    connection = take_connection(order.connection)
    if order.preload is None:
        end_process(run_worker(connection, order.lifeline, order.worker))
    serve_forks(connection, order)


def serve_forks(control: socket.socket, order: Order) -> NoReturn:
    """The fork server: ``fork`` with two descriptors starts a worker, its pid releases it.  One thread, no state."""
    guard_process_group(order.lifeline)
    ignore_signals_of_the_parent()
    name_thread("dropleaf-forks")
    try:
        order = _with_settings(control, _loaded(order))
        while True:
            message, descriptors = receive_descriptors(control, LARGEST_MESSAGE, 2)
            if not message:
                end_process(0)
            if message != FORK:
                with contextlib.suppress(ChildProcessError):  # a child of an earlier fork server
                    os.waitpid(int(message), 0)
                continue
            pid = fork()
            if pid == 0:
                _become_worker(control, descriptors, order)
            try:
                control.send(str(pid).encode())
            except BrokenPipeError:  # the pool was closed meanwhile; the worker ends by its lifeline
                end_process(0)
            for descriptor in descriptors:
                os.close(descriptor)
    except BaseException as error:  # noqa: BLE001 — the pool must be told why no worker starts, whatever the error is
        traceback.print_exception(error)  # an error of the installation: one sentence does not show where
        control.send(error_to_sentence(error).encode(errors="replace")[:LARGEST_MESSAGE])
        end_process(1)


def _loaded(order: Order) -> Order:
    """The order, when its modules are loaded."""
    gc.disable()  # next to nothing of it is garbage, and looking for some cost an eighth of the time
    for module in (*(order.preload or ()), order.worker.handler.partition(":")[0]):
        importlib.import_module(module)
    gc.enable()
    gc.collect()
    gc.freeze()  # what is loaded stays shared: a garbage collection in a worker would write to all of its memory
    return order


def _with_settings(control: socket.socket, order: Order) -> Order:
    """The order with the settings of the workers, waiting for them where they follow."""
    if not order.follows:
        return order
    text, _ = receive_descriptors(control, LARGEST_SETTINGS, 0)
    if not text:
        end_process(0)
    return replace(order, worker=text_to_settings(text.decode()))


def _become_worker(control: socket.socket, descriptors: list[int], order: Order) -> NoReturn:
    code = 70
    try:
        control.close()
        os.close(order.lifeline)
        connection, lifeline = descriptors
        code = run_worker(socket.socket(fileno=connection), lifeline, order.worker)
    except BaseException as error:  # noqa: BLE001 — must not go on as a second fork server
        sys.stderr.write(f"worker: {error_to_sentence(error)}\n")
    finally:
        end_process(code)
