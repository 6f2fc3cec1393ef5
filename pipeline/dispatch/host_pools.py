"""The pools of a daemon that has a cluster: the hosts' workers beside those of this machine."""

import os
import socket
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.cluster.gateway_process import GatewayProcess, gateway_settings
from pipeline.cluster.hosts import BeatLimits, Hosts
from pipeline.cluster.joined_pool import JoinedPool, OwnCores
from pipeline.cluster.messages import Connect, Terms
from pipeline.dispatch.server_routes import servers_to_policy
from pipeline.errors import SettingsError
from pipeline.pool.interface import Pool
from pipeline.release import RELEASE
from pipeline.results.state_folder import StateFolder
from pipeline.settings.cluster import Tls, servers_to_places
from pipeline.settings.sections import Server
from pipeline.settings.settings import Settings


class HostPools:
    """Joins the hosts of the cluster to the workers of this machine."""

    def __init__(
        self, settings: Settings, folder: StateFolder, *, servers: Sequence[Server], stderr: int | None
    ) -> None:
        """Start the gateway to the hosts.

        Args:
            settings: Of the whole program.
            folder: Of the documents in work.
            servers: Those that the workers may ask.
            stderr: Descriptor that the gateway writes its log to; None for stderr of this process.

        Raises:
            SettingsError: The cluster's library is not installed.
        """
        self._settings = settings
        self._cores = OwnCores(os.cpu_count() or 1)
        self._hosts = _start_hosts(settings, folder, servers, stderr)

    def join_pages(self, local: Pool, slots: int) -> Pool:
        """The hosts' workers and this machine's, of which ``slots`` are given pages.

        Without `local_too` one is there all the same: it makes PDFs of pictures, before anything can travel.
        """
        places = servers_to_places(self._settings.servers, self._settings.pool)
        return JoinedPool(self._hosts, "pages", local=local, slots=slots, cores=self._cores, places=places)

    def join_recognition(self, local: Pool | None) -> Pool:
        """The hosts' processes that read pictures, and this machine's where there is one."""
        slots = 0 if local is None else 1
        return JoinedPool(self._hosts, "pictures", local=local, slots=slots, cores=self._cores, places={})

    def close(self) -> None:
        """End the gateway."""
        self._hosts.close()


def _start_hosts(settings: Settings, folder: StateFolder, servers: Sequence[Server], stderr: int | None) -> Hosts:
    pool = settings.pool
    if find_spec("distributed") is None:
        raise SettingsError("pool.kind: dask: is not installed: pip install 'dropleaf[cluster]'")
    assert pool.scheduler is not None  # noqa: S101 — the settings have been checked
    reach = servers_to_policy(servers, readable=[], writable=[])
    terms = Terms(
        boot="-",
        owner=f"{socket.gethostname()}:{folder.root}"[-200:],
        release=RELEASE,
        alone_s=pool.beat.host,
        ports=reach.ports,
        readable=reach.readable,
        shared=str(folder.work) if pool.shared else "",
    )
    tls = None if pool.tls is None else pool.tls.files
    port = urlsplit(pool.scheduler).port or 0
    gateway = GatewayProcess(gateway_settings(pool.scheduler, port, _files_of(pool.tls), stderr))
    beat = BeatLimits(silent=pool.beat.silent, lost=pool.beat.lost)
    return Hosts(gateway, Connect(scheduler=pool.scheduler, tls=tls, terms=terms), beat=beat)


def _files_of(tls: Tls | None) -> list[Path]:
    return [] if tls is None else [tls.ca, tls.cert, tls.key]
