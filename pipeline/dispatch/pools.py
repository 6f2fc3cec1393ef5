"""The workers of a daemon: on this machine, and on the hosts of a cluster where there is one."""

from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.deadline import Deadline
from pipeline.dispatch.server_routes import servers_to_policy
from pipeline.errors import SettingsError, os_error_to_words
from pipeline.log.log import logger
from pipeline.log.worker_relay import Relay
from pipeline.pool.interface import Pool, PoolSettings
from pipeline.pool.pool import WorkerPool
from pipeline.results.state_folder import StateFolder
from pipeline.sandbox.policy import Policy, try_out
from pipeline.settings.settings import Settings
from pipeline.worker.pool_settings import page_pool, recognition_pool, tessdata_folders

if TYPE_CHECKING:
    from pipeline.dispatch.host_pools import HostPools


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
        self._hosts = None if settings.pool.kind == "local" else self._make_host_pools()
        self.pages: Pool = self._start_pages()

    def _make_host_pools(self) -> "HostPools":
        from pipeline.dispatch.host_pools import HostPools  # noqa: PLC0415 — few have a cluster, and it is heavy

        return HostPools(self._settings, self._folder, servers=self._servers, stderr=self._stderr)

    def _start_pages(self) -> Pool:
        settings = self._settings
        slots = settings.workers if self._hosts is None or settings.pool.local_too else 0
        local = WorkerPool(self._local_pages(max(1, slots)))
        return local if self._hosts is None else self._hosts.join_pages(local, slots)

    def _local_pages(self, processes: int) -> PoolSettings:
        memory_mib = self._settings.limits.worker_mib
        return page_pool(processes, self._sandbox(), memory_mib=memory_mib, stderr=self._stderr)

    def start_recognition(self) -> Pool:
        """A pool that reads pictures."""
        folder, memory_mib = self._folder, self._settings.limits.ocr_mib
        if self._hosts is not None and not self._settings.pool.local_too:
            return self._hosts.join_recognition(None)
        local = WorkerPool(recognition_pool(folder.work, folder.scratch, memory_mib=memory_mib, stderr=self._stderr))
        return local if self._hosts is None else self._hosts.join_recognition(local)

    def close(self, grace: Deadline) -> None:
        """End every process of the pages."""
        self.pages.close(grace)
        if self._hosts is not None:
            self._hosts.close()

    def _sandbox(self) -> Policy:
        """What workers may reach, as far as this machine can enforce it."""
        policy, isolation = try_out(
            servers_to_policy(
                self._servers,
                readable=[self._folder.work, *tessdata_folders()],
                writable=[self._folder.scratch, *_made(self._settings.save_answers)],
            )
        )
        by = [str(part) for part in isolation.parts]
        logger().info("workers_isolated", by=by, landlock=isolation.abi, gaps=isolation.gaps)
        return policy


def _made(folder: Path | None) -> list[Path]:
    """The folder for answers, created if it is missing; empty where none is wanted.

    Raises:
        SettingsError: It cannot be created.
    """
    if folder is None:
        return []
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingsError(f"save_answers {folder} cannot be a folder: {os_error_to_words(error)}") from error
    return [folder]
