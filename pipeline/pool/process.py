"""The process in which a pool's tasks run: a loop around one handler, on one private socket.

Three things end the process without its help, even while C code holds the interpreter's lock: SIGKILL from the pool,
its resource limits, and the guard: the kernel sends SIGKILL to the worker's whole process group when the daemon's end
of the lifeline pipe is closed.
"""

import gc
import importlib
import os
import socket
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from queue import SimpleQueue
from typing import NoReturn, Protocol, cast, runtime_checkable

from pipeline.host.memory import use_one_heap
from pipeline.host.processes import (
    end_process_group,
    guard_process_group,
    ignore_signals_of_the_parent,
    lead_process_group,
    limit_resources,
    name_thread,
)
from pipeline.pool.channel import HEADER_BYTES, Frame, Kind, header_to_facts
from pipeline.pool.codec import Codec

_MIB = 1024 * 1024
_OPEN_FILES = 256
_FILE_BYTES = 256 * _MIB
_DETAIL_CHARS = 2000
#: A page makes objects by the ten thousand and next to no cycles: Python's own 700 cost 6 to 8 % of its CPU, and 300
#: pages need no more memory with this (56 MiB with either).  Extraction, which also works alone, sees to itself.
_OBJECTS_BETWEEN_COLLECTIONS = 20_000


class Handler(Protocol):
    """Does the tasks of a pool; each worker process has one.

    Attributes:
        tasks: Codec for what the pool sends.
        answers: Codec for what ``run`` reports and returns.
    """

    tasks: Codec
    answers: Codec

    def run(self, task: object, report: Callable[[object], None]) -> object:
        """Do the task and return a small value; ``report`` sends a value before the result.

        Any thread may call ``report``; once the task has ended it does nothing.
        Whatever it raises becomes a sentence: the task failed, the worker goes on.
        """

    def prepare(self, task: object) -> None:
        """A hint: this task may come next.  Called in a second thread while ``run`` may be busy.

        Its errors are ignored.  If it ends the process, the running task is lost, too.
        """

    def close(self) -> None:
        """Clean up; the process ends after this."""


@runtime_checkable
class Listener(Protocol):
    """A handler whose running task is told more."""

    def hear(self, word: object) -> None:
        """Take what the owner of the pool says; in the thread that reads the socket, so it must not wait.

        If it raises an error, the process ends.
        """


class Hook(Protocol):
    """A function that is named in the settings."""

    def __call__(self, *arguments: str) -> object:
        """Call it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessSettings:
    """The settings of every worker process of a pool.

    Attributes:
        handler: ``module:factory``, importable in the process; ``factory()`` makes a :class:`Handler`.
        initialise: ``module:function``, called once after the limits are set and before the factory, for example to set
            up a sandbox.
        initialise_with: Its arguments.
        memory_mib: Limit of the address space; None for none.
        result_bytes: Largest result or report that is sent.
    """

    handler: str
    initialise: str | None = None
    initialise_with: tuple[str, ...] = ()
    memory_mib: int | None = None
    result_bytes: int = 8 * _MIB

    @property
    def memory(self) -> int | None:
        """Limit of the address space in bytes."""
        return None if self.memory_mib is None else self.memory_mib * _MIB


def run_worker(connection: socket.socket, lifeline: int, settings: ProcessSettings) -> int:
    """Work for one pool until it tells to leave; returns the process's exit code.

    Args:
        connection: Blocking; the pool holds the other end.
        lifeline: Read end of a pipe whose write end only the pool holds.
        settings: Those of the process.
    """
    lead_process_group()
    guard_process_group(lifeline)
    ignore_signals_of_the_parent()
    name_thread("dropleaf-worker")
    use_one_heap()
    worker = _Worker(connection, settings)
    try:
        limit_resources(memory=settings.memory, file_bytes=_FILE_BYTES, open_files=_OPEN_FILES)
        if settings.initialise is not None:
            name_to_function(settings.initialise)(*settings.initialise_with)
        handler = cast("Handler", name_to_function(settings.handler)())
    except BaseException as error:  # noqa: BLE001 — the pool must be told why no worker starts, whatever the error is
        traceback.print_exception(error)  # an error of the installation: one sentence does not show where
        worker.send(error_to_frame(Kind.BROKEN, error))
        return 1
    gc.set_threshold(_OBJECTS_BETWEEN_COLLECTIONS)
    worker.serve(handler)
    return 0


def name_to_function(name: str) -> Hook:
    """The function that ``module:function`` names; imports the module."""
    module, _, function = name.partition(":")
    return cast("Hook", getattr(importlib.import_module(module), function))


def error_to_sentence(error: BaseException) -> str:
    """Type and message, cut to a length that fits a manifest; without the message if that cannot be made."""
    try:
        text = str(error)
    except Exception:  # noqa: BLE001 — an error of another package may fail in any way while it makes its text
        text = "(its text cannot be had)"
    return f"{type(error).__name__}: {text}"[:_DETAIL_CHARS]


def error_to_frame(kind: Kind, error: BaseException) -> Frame:
    """An error as a sentence for the pool; not as an object, since its class may not be known there."""
    return Frame(kind=kind, body=error_to_sentence(error).encode(errors="replace"))


class _Worker:
    """The three threads of a worker: the main one does tasks, one reads the socket, and one handles hints."""

    def __init__(self, connection: socket.socket, settings: ProcessSettings) -> None:
        self._connection = connection
        self._result_bytes = settings.result_bytes
        self._sending = threading.Lock()
        self._serial = 0
        self._tasks: SimpleQueue[bytes | None] = SimpleQueue()
        self._hints: SimpleQueue[bytes] = SimpleQueue()
        self._preparer: threading.Thread | None = None

    def send(self, frame: Frame) -> None:
        with self._sending:
            self._connection.sendall(frame.to_bytes())

    def serve(self, handler: Handler) -> None:
        threading.Thread(target=self._read, args=(handler,), name="reader", daemon=True).start()
        self.send(Frame(kind=Kind.READY))
        while (body := self._tasks.get()) is not None:
            self.send(Frame(kind=Kind.STARTED))
            answer = self._answer(handler, body)
            with self._sending:
                self._serial += 1  # from here on this task can report nothing more
                self._connection.sendall(answer.to_bytes())
            if answer.kind is Kind.FAILED_FOR_GOOD:
                return
        handler.close()

    def _answer(self, handler: Handler, body: bytes) -> Frame:
        report = partial(self._report, handler.answers, self._serial)
        try:
            result = handler.run(handler.tasks.decode(body), report)
            return self._body_to_frame(Kind.DONE, handler.answers.encode(result))
        except MemoryError as error:
            # Other threads and libraries may have failed to get memory, too, so the process is not used any more.
            return error_to_frame(Kind.FAILED_FOR_GOOD, error)
        except BaseException as error:  # noqa: BLE001 — no error leaves the task; even SystemExit ends only this task
            return error_to_frame(Kind.FAILED, error)

    def _report(self, answers: Codec, serial: int, value: object) -> None:
        frame = self._body_to_frame(Kind.PROGRESS, answers.encode(value))
        with self._sending:
            if serial == self._serial:
                self._connection.sendall(frame.to_bytes())

    def _body_to_frame(self, kind: Kind, body: bytes) -> Frame:
        if len(body) > self._result_bytes:
            raise ValueError(f"the result has {len(body)} bytes, {self._result_bytes} are allowed")
        return Frame(kind=kind, body=body)

    def _read(self, handler: Handler) -> None:
        """Receive what the pool sends; if the pool is gone, or this thread cannot go on, the process ends."""
        try:
            while (frame := self._receive()) is not None:
                if frame.kind is Kind.HINT:
                    self._take_hint(handler, frame.body)
                elif frame.kind is Kind.WORD:
                    if isinstance(handler, Listener):
                        handler.hear(handler.tasks.decode(frame.body))
                else:
                    self._tasks.put(frame.body if frame.kind is Kind.TASK else None)
        finally:
            end_process_group()

    def _take_hint(self, handler: Handler, body: bytes) -> None:
        # Not in the reading thread: a hint that hangs must not block the task that comes after it.
        self._hints.put(body)
        if self._preparer is None:
            self._preparer = threading.Thread(target=self._prepare, args=(handler,), name="hints", daemon=True)
            self._preparer.start()

    def _prepare(self, handler: Handler) -> None:
        while True:
            try:
                handler.prepare(handler.tasks.decode(self._hints.get()))
            except BaseException:  # noqa: BLE001, S112 — a hint may fail: the task itself will report what is wrong
                continue

    def _receive(self) -> Frame | None:
        header = self._receive_exactly(HEADER_BYTES)
        if header is None:
            return None
        kind, length = header_to_facts(header)
        body = self._receive_exactly(length)
        return None if body is None else Frame(kind=kind, body=body)

    def _receive_exactly(self, count: int) -> bytes | None:
        data = bytearray()
        while len(data) < count:
            piece = self._connection.recv(count - len(data))
            if not piece:
                return None
            data += piece
        return bytes(data)


def end_process(code: int) -> NoReturn:
    """End without the exit handlers, which belong to the process from which this one was forked."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)
