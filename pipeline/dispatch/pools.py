"""The workers of a daemon: on this machine, and on the hosts of a cluster where there is one."""

import os
import socket
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.cluster.gateway_process import GatewayProcess, gateway_settings
from pipeline.cluster.hosts import BeatLimits, Hosts
from pipeline.cluster.joined_pool import JoinedPool, OwnCores
from pipeline.cluster.messages import Connect, Terms
from pipeline.deadline import Deadline
from pipeline.dispatch.server_routes import servers_to_policy
from pipeline.errors import SettingsError
from pipeline.log.log import logger
from pipeline.log.worker_relay import Relay
from pipeline.pool.interface import Pool, PoolSettings
from pipeline.pool.pool import WorkerPool
from pipeline.release import RELEASE
from pipeline.results.state_folder import StateFolder
from pipeline.sandbox.policy import Policy, try_out
from pipeline.settings.cluster import Tls, servers_to_places
from pipeline.settings.settings import Settings
from pipeline.worker.pool_settings import page_pool, recognition_pool, tessdata_folders


class Pools:
    """Makes the pools, and ends them."""

    def __init__(self, settings: Settings, folder: StateFolder, *, relay: Relay | None, asked: bool) -> None:
        """Start the workers, and the gateway to the hosts.

        Args:
            settings: Of the whole program.
            folder: Of the documents in work.
            relay: Of what processes write to their log; None where they write to this process's stderr.
            asked: Whether the model may be asked: for a document, a folder's documents, or all.

        Raises:
            SettingsError: The cluster's library is not installed.
        """
        self._settings = settings
        self._folder = folder
        self._stderr = None if relay is None else relay.fileno()
        # On the web page a user may choose the model for one document although the settings say otherwise.
        self._servers = settings.servers if asked else ()
        self._cores = OwnCores(os.cpu_count() or 1)
        self._hosts = None if settings.pool.kind == "local" else self._start_hosts()
        self.pages: Pool = self._start_pages()

    def _start_pages(self) -> Pool:
        settings = self._settings
        slots = settings.workers if self._hosts is None or settings.pool.local_too else 0
        local = WorkerPool(self._local_pages(max(1, slots)))
        if self._hosts is None:
            return local
        # Without `local_too` one is there all the same: it makes PDFs of pictures, before anything can travel.
        places = servers_to_places(settings.servers, settings.pool)
        return JoinedPool(self._hosts, "pages", local=local, slots=slots, cores=self._cores, places=places)

    def _local_pages(self, processes: int) -> PoolSettings:
        memory_mib = self._settings.limits.worker_mib
        return page_pool(processes, self._sandbox(), memory_mib=memory_mib, stderr=self._stderr)

    def start_recognition(self) -> Pool:
        """A pool that reads pictures."""
        folder, memory_mib = self._folder, self._settings.limits.ocr_mib
        if self._hosts is not None and not self._settings.pool.local_too:
            return JoinedPool(self._hosts, "pictures", local=None, slots=0, cores=self._cores, places={})
        local = WorkerPool(recognition_pool(folder.work, folder.scratch, memory_mib=memory_mib, stderr=self._stderr))
        if self._hosts is None:
            return local
        return JoinedPool(self._hosts, "pictures", local=local, slots=1, cores=self._cores, places={})

    def close(self, grace: Deadline) -> None:
        """End every process of the pages."""
        self.pages.close(grace)
        if self._hosts is not None:
            self._hosts.close()

    def _sandbox(self) -> Policy:
        """What workers may reach, as far as this machine can enforce it."""
        settings = self._settings
        kept = [] if settings.save_answers is None else [settings.save_answers]
        policy, isolation = try_out(
            servers_to_policy(
                self._servers,
                readable=[self._folder.work, *tessdata_folders()],
                writable=[self._folder.scratch, *kept],
            )
        )
        by = [str(part) for part in isolation.parts]
        logger().info("workers_isolated", by=by, landlock=isolation.abi, gaps=isolation.gaps)
        return policy

    def _start_hosts(self) -> Hosts:
        pool = self._settings.pool
        if find_spec("distributed") is None:
            raise SettingsError("pool.kind: dask: is not installed: pip install 'dropleaf[cluster]'")
        assert pool.scheduler is not None  # noqa: S101 — the settings have been checked
        reach = servers_to_policy(self._servers, readable=[], writable=[])
        terms = Terms(
            boot="-",
            owner=f"{socket.gethostname()}:{self._folder.root}"[-200:],
            release=RELEASE,
            alone_s=pool.beat.host,
            ports=reach.ports,
            readable=reach.readable,
            shared=str(self._folder.work) if pool.shared else "",
        )
        tls = None if pool.tls is None else pool.tls.files
        port = urlsplit(pool.scheduler).port or 0
        gateway = GatewayProcess(gateway_settings(pool.scheduler, port, _files_of(pool.tls), self._stderr))
        beat = BeatLimits(silent=pool.beat.silent, lost=pool.beat.lost)
        return Hosts(gateway, Connect(scheduler=pool.scheduler, tls=tls, terms=terms), beat=beat)


def _files_of(tls: Tls | None) -> list[Path]:
    return [] if tls is None else [tls.ca, tls.cert, tls.key]
