"""What ``dropleaf doctor`` finds about a cluster: its scheduler, this machine's certificate, the hosts."""

import socket
import ssl
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from pipeline.commands.findings import Finding, Health
from pipeline.errors import os_error_to_words
from pipeline.pool.interface import HostFacts
from pipeline.release import RELEASE
from pipeline.settings.cluster import Pool
from pipeline.settings.settings import Settings
from pipeline.status.snapshot import read_snapshot

_CONNECT_S = 5.0
_FEW_DAYS = 30
_CLOCK_S = 5.0
_LITTLE_SPACE_MIB = 1024


def cluster_to_findings(settings: Settings) -> Iterator[Finding]:
    """Check the cluster of the settings; the hosts are those that a running daemon knows."""
    if find_spec("distributed") is None:
        detail, advice = "The extra is not installed.", "pip install 'dropleaf[cluster]'"
        yield Finding(subject="cluster", health=Health.FAULT, detail=detail, advice=advice)
        return
    if settings.pool.tls is not None:
        yield _certificate(settings.pool.tls.cert)
    yield _scheduler(settings.pool)
    snapshot = read_snapshot(settings.outbox)
    hosts = snapshot.hosts if snapshot else None
    if hosts is None:
        detail = "They are shown while the daemon runs."
        yield Finding(subject="hosts", health=Health.OK, detail=detail)
    elif not hosts:
        advice = "Start `dropleaf worker --scheduler ...` on each; its log says why it does not join."
        yield Finding(subject="hosts", health=Health.WARNING, detail="There is none.", advice=advice)
    else:
        yield from map(host_to_finding, hosts)


def _certificate(file: Path) -> Finding:
    from pipeline.cluster.keys import days_left  # noqa: PLC0415 — its library comes with the extra

    try:
        days = days_left(file)
    except (OSError, ValueError) as error:
        why = os_error_to_words(error) if isinstance(error, OSError) else "it is no certificate"
        return Finding(subject="certificate", health=Health.FAULT, detail=f"{file}: {why}.", advice="Make it anew.")
    if days < _FEW_DAYS:
        health = Health.FAULT if days < 0 else Health.WARNING
        detail = f"{file} {'has expired' if days < 0 else f'expires in {days:.0f} days'}."
        advice = "dropleaf cluster-keys --revoke NAME, then dropleaf cluster-keys NAME."
        return Finding(subject="certificate", health=health, detail=detail, advice=advice)
    return Finding(subject="certificate", health=Health.OK, detail=f"{file} is valid for {days:.0f} days.")


def _scheduler(pool: Pool) -> Finding:
    """Whether it can be reached, and both sides accept each other's certificate."""
    try:
        _shake_hands(pool)
    except OSError as error:
        words = "the certificates do not fit" if isinstance(error, ssl.SSLError) else os_error_to_words(error)
        advice = "Is `dropleaf scheduler` running there, with a certificate of the same authority?"
        detail = f"{pool.scheduler} cannot be used: {words}."
        return Finding(subject="scheduler", health=Health.FAULT, detail=detail, advice=advice)
    how = "in the clear, on this machine" if pool.tls is None else "encrypted, with certificates of both sides"
    return Finding(subject="scheduler", health=Health.OK, detail=f"{pool.scheduler} answers, {how}.")


def _shake_hands(pool: Pool) -> None:
    """Connect as the gateway does.

    Raises:
        OSError: It is not there, or one side refuses the other's certificate.
    """
    parts = urlsplit(pool.scheduler or "")
    with socket.create_connection((parts.hostname or "", parts.port or 0), _CONNECT_S) as plain:
        if pool.tls is None:
            return
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=str(pool.tls.ca))
        context.check_hostname = False  # the authority has no other machines than those of the cluster
        context.load_cert_chain(pool.tls.cert, pool.tls.key)
        with context.wrap_socket(plain) as encrypted:
            # With TLS 1.3 a certificate that is refused is told only now.
            if not encrypted.recv(1):
                raise OSError("it has ended the connection")


def host_to_finding(host: HostFacts) -> Finding:
    """What is to be said of a host that a daemon knows."""
    subject = f"host {host.name}"
    if host.state != "ready":
        advice = f"See its log; it must have Dropleaf {RELEASE}, as this machine has."
        return Finding(subject=subject, health=Health.FAULT, detail=f"{host.state}.", advice=advice)
    if abs(host.clock_s) > _CLOCK_S:
        detail = f"Its clock is {abs(host.clock_s):.0f} s {'ahead' if host.clock_s > 0 else 'behind'}."
        advice = "Have both machines set their clocks by NTP: certificates and logs depend on it."
        return Finding(subject=subject, health=Health.WARNING, detail=detail, advice=advice)
    if host.free_mib < _LITTLE_SPACE_MIB:
        detail = f"It has {host.free_mib} MiB left for documents."
        return Finding(subject=subject, health=Health.WARNING, detail=detail, advice="Free some, or set its --cache.")
    detail = f"{host.slots} slots, Dropleaf {host.release}, clock and disk as they should be."
    return Finding(subject=subject, health=Health.OK, detail=detail)
