"""The two long-lived processes of a cluster beside the daemon: dask's scheduler, and a dask worker for each host."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from distributed import Scheduler, Worker

from pipeline.cluster.actor import TALK, offer, talk
from pipeline.cluster.dask_settings import authority_stamp, configure_dask, tls_to_security
from pipeline.cluster.gateway_process import HOST_PORTS
from pipeline.cluster.machine import Machine
from pipeline.log.log import logger

# Seconds between two tries to reach the scheduler, and between two looks at the authority's file.
_AGAIN_S = 1.0
_CONNECT_S = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """How a process takes part in a cluster.

    Attributes:
        tls: Files of the authority, the certificate and its key; None for no encryption.
    """

    scheduler: str
    tls: tuple[str, str, str] | None


def run_scheduler(host: str, port: int, dashboard: str, tls: tuple[str, str, str] | None) -> None:
    """Run dask's scheduler until SIGTERM or SIGINT; it starts anew when the authority's file changes.

    Args:
        host: Address on which it listens.
        port: The same.
        dashboard: Address of dask's own page, like ``127.0.0.1:8787``; empty for none.
        tls: Files of the authority, the certificate and its key; None for no encryption.

    Raises:
        OSError: It cannot listen there, or a file cannot be read.
    """
    configure_dask()

    async def serve(stopping: asyncio.Event) -> None:
        scheme = "tcp" if tls is None else "tls"
        async with Scheduler(
            host=f"{scheme}://{host}",
            port=port,
            security=tls_to_security(tls),
            dashboard=bool(dashboard),
            dashboard_address=dashboard or None,
            allowed_failures=0,
        ) as scheduler:
            logger().info("scheduler_started", address=scheduler.address)
            await _until_stopped_or_changed(stopping, tls)

    _run_again_and_again(serve)


def run_host(name: str, machine: Machine, membership: Membership, folder: Path) -> None:
    """Work for daemons until SIGTERM or SIGINT; a scheduler that is away is waited for.

    Args:
        name: Of the host, by which settings name it.
        machine: What it offers.
        membership: Of which cluster.
        folder: For dask's own files.
    """
    configure_dask()
    offer(machine)
    said = [""]

    async def serve(stopping: asyncio.Event) -> None:
        try:
            await _work(name, membership, folder, stopping)
        except (OSError, TimeoutError, RuntimeError, ValueError) as error:
            detail = f"{type(error).__name__}: {error}"
            if said[0] != detail:
                logger().warning(
                    "no_scheduler", address=membership.scheduler, detail=detail, advice="it is tried again"
                )
            said[0] = detail
        else:
            said[0] = ""
        finally:
            machine.release()

    try:
        _run_again_and_again(serve)
    finally:
        machine.release()


async def _work(name: str, membership: Membership, folder: Path, stopping: asyncio.Event) -> None:
    worker = Worker(
        membership.scheduler,
        # dask refuses a name that it still believes to be there: each start has one of its own.
        name=f"{name}/{os.urandom(4).hex()}",
        nthreads=1,
        memory_limit=0,
        port=f"{HOST_PORTS.start}:{HOST_PORTS.stop - 1}",
        security=tls_to_security(membership.tls),
        local_directory=str(folder),
        dashboard=False,
        death_timeout=_CONNECT_S,
    )
    worker.handlers[TALK] = talk
    try:
        await worker
        logger().info("host_ready", name=name, address=worker.address, scheduler=membership.scheduler)
        gone = asyncio.create_task(worker.finished())
        stop = asyncio.create_task(_until_stopped_or_changed(stopping, membership.tls))
        await asyncio.wait({gone, stop}, return_when=asyncio.FIRST_COMPLETED)
        if gone.done():
            logger().warning("scheduler_lost", scheduler=membership.scheduler, advice="it is looked for")
        gone.cancel()
        stop.cancel()
    finally:
        with suppress(Exception):  # whatever dask raises: the process ends, and with it all that is open
            await asyncio.wait_for(worker.close(timeout=1, nanny=False), 3)


async def _until_stopped_or_changed(stopping: asyncio.Event, tls: tuple[str, str, str] | None) -> None:
    """Wait for the end, or for another file of the authority: a certificate may have been revoked."""
    known = authority_stamp(tls)
    while not stopping.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), _AGAIN_S)
        if authority_stamp(tls) != known:
            logger().info("authority_changed", file=tls[0] if tls else "", advice="connections are made anew")
            return


def _run_again_and_again(serve: Callable[[asyncio.Event], Awaitable[None]]) -> None:
    """Call ``serve`` until a signal says that it is to end."""

    async def main() -> None:
        stopping = asyncio.Event()
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, stopping.set)
        while not stopping.is_set():
            await serve(stopping)
            if not stopping.is_set():
                with suppress(TimeoutError):
                    await asyncio.wait_for(stopping.wait(), _AGAIN_S)

    asyncio.run(main())
