"""The settings about other machines: where the workers are, and what is drawn where."""

import ipaddress
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from pipeline.settings.sections import Section, Server

_LOCAL = "local"
_BeatSeconds = Annotated[float, Field(gt=0, le=3600)]


class Beat(Section):
    """Seconds without a word: a host gets no new pages, it ends its own workers, it is given up."""

    silent: _BeatSeconds = 3
    host: _BeatSeconds = 6
    lost: _BeatSeconds = 8

    @model_validator(mode="after")
    def _check_order(self) -> "Beat":
        """A host must end its workers before its pages are somebody else's."""
        if not self.silent < self.host < self.lost:
            message = f"must grow: silent {self.silent:g} < host {self.host:g} < lost {self.lost:g}"
            raise ValueError(message)
        return self


class Tls(Section):
    """The files of this machine that `dropleaf cluster-keys` has made: PEM."""

    ca: Path
    cert: Path
    key: Path

    @property
    def files(self) -> tuple[str, str, str]:
        """Authority, certificate, key."""
        return str(self.ca), str(self.cert), str(self.key)


def _checked_scheduler(address: str) -> str:
    if not re.fullmatch(r"(tcp|tls)://([^\s/?#@:]+|\[[0-9a-fA-F:]+\]):\d{1,5}/?", address):
        message = "must look like tls://cluster.example:8786, or tcp://127.0.0.1:8786 on one machine"
        raise ValueError(message)
    return address.rstrip("/")


class Pool(BaseModel):
    """Where the workers are: on this machine, or also on the hosts of a dask.distributed cluster."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["local", "dask"] = "local"
    scheduler: Annotated[str, AfterValidator(_checked_scheduler)] | None = None
    tls: Tls | None = None
    local_too: bool = True
    shared: bool = False
    beat: Beat = Beat()

    @model_validator(mode="after")
    def _check_scheduler(self) -> "Pool":
        """A cluster has a scheduler, and is encrypted unless it is on one machine."""
        if self.scheduler is None:
            if self.kind == "dask":
                message = "kind: dask needs `scheduler`, like tls://cluster.example:8786"
                raise ValueError(message)
            return self
        if (problem := scheduler_problem(self.scheduler, encrypted=self.tls is not None)) is not None:
            raise ValueError(problem)
        return self


def scheduler_problem(scheduler: str, *, encrypted: bool) -> str | None:
    """Why a scheduler must not be used in this way; None where it may.

    Args:
        scheduler: Its address.
        encrypted: Whether there are a certificate and its key.
    """
    if scheduler.startswith("tls:") and not encrypted:
        return "a scheduler at tls:// needs `tls: {ca, cert, key}`, made by `dropleaf cluster-keys`"
    if scheduler.startswith("tcp:") and encrypted:
        return "with `tls` the scheduler's address begins with tls://"
    if scheduler.startswith("tcp:") and not is_loopback(scheduler):
        return "without TLS the scheduler must be at 127.0.0.1: whoever reaches it runs code on it"
    return None


def is_loopback(url: str) -> bool:
    """Whether an address is that of the machine itself, whichever machine that is."""
    name = urlsplit(url).hostname or ""
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return name == "localhost"


def servers_to_places(servers: Iterable[Server], pool: Pool) -> Mapping[str, str]:
    """Where the pages of each server are drawn, by its address; those that are not named are drawn anywhere.

    Args:
        servers: Of the settings.
        pool: Of the settings.
    """
    if pool.kind == "local" or pool.scheduler is None:
        return {}
    places = {server.url: server.host for server in servers if server.host is not None}
    if not is_loopback(pool.scheduler):  # elsewhere it would be another machine's address
        places |= {server.url: _LOCAL for server in servers if server.host is None and is_loopback(server.url)}
    return places


def place_problems(servers: Iterable[Server], pool: Pool) -> list[str]:
    """What is wrong with the places of servers, each with its key."""
    problems = (_place_problem(server, pool) for server in servers)
    return [f"servers.{number}.{problem}" for number, problem in enumerate(problems) if problem is not None]


def _place_problem(server: Server, pool: Pool) -> str | None:
    if server.host is not None and pool.kind == "local":
        return f"host: {server.host}: needs `pool: {{kind: dask, ...}}`"
    if pool.scheduler is None or is_loopback(pool.scheduler) or not is_loopback(server.url):
        return None
    if server.host is not None:
        return f"url: {server.url}: must be the address by which {server.host} is reached from here"
    if not pool.local_too and pool.kind == "dask":
        return f"url: {server.url}: no host can reach it; name the machine, or set local_too: true"
    return None
