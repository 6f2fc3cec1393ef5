"""How dask is set: nothing repeated, nothing guessed, and encryption with every certificate checked."""

import logging
import ssl
from contextlib import suppress
from pathlib import Path

import dask
from distributed.security import Security

_CONFIG: dict[str, object] = {
    # A lost attempt is the daemon's to repeat, by its own rules.
    "distributed.scheduler.allowed-failures": 0,
    "distributed.comm.retry.count": 0,
    "distributed.scheduler.work-stealing": False,
    "distributed.scheduler.active-memory-manager.start": False,
    # The daemon notices a silent host by itself and much sooner.
    "distributed.scheduler.worker-ttl": "30s",
    "distributed.comm.timeouts.connect": "5s",
    "distributed.comm.timeouts.tcp": "11s",
    # What nobody needs costs processor time.
    "distributed.worker.profile.enabled": False,
    "distributed.admin.tick.interval": "500ms",
    "distributed.admin.tick.limit": "30s",
    "distributed.comm.compression": None,
}
_ROLES = ("client", "scheduler", "worker")
_REVOKED = b"BEGIN X509 CRL"


def configure_dask() -> None:
    """Set what the processes of a cluster have in common."""
    dask.config.set(_CONFIG)
    # What matters of it, these processes say themselves, in the log's form.
    known = [name for name in logging.root.manager.loggerDict if name.startswith("distributed.")]
    for name in ("distributed", "tornado", "asyncio", *known):
        logging.getLogger(name).setLevel(logging.CRITICAL)


class CheckedSecurity(Security):
    """Mutual TLS that also refuses the certificates that the authority's file says are revoked."""

    def __init__(self, ca: str, cert: str, key: str) -> None:
        """Prepare.

        Args:
            ca: File of the authority, with the list of what it has revoked.
            cert: File of this machine's certificate, which serves in every role.
            key: File of its key.
        """
        self._ca = Path(ca)
        roles = {f"tls_{role}_{what}": file for role in _ROLES for what, file in (("cert", cert), ("key", key))}
        super().__init__(tls_ca_file=ca, require_encryption=True, **roles)  # type: ignore[no-untyped-call]

    def get_connection_args(self, role: str) -> dict[str, object]:
        """As dask's, for connections that this side opens."""
        return self._checked(super().get_connection_args(role))  # type: ignore[no-untyped-call]

    def get_listen_args(self, role: str) -> dict[str, object]:
        """As dask's, for connections that the other side opens."""
        return self._checked(super().get_listen_args(role))  # type: ignore[no-untyped-call]

    def _checked(self, arguments: dict[str, object]) -> dict[str, object]:
        context = arguments["ssl_context"]
        if isinstance(context, ssl.SSLContext) and _REVOKED in self._ca.read_bytes():
            context.verify_flags |= ssl.VERIFY_CRL_CHECK_LEAF
        return arguments


def tls_to_security(tls: tuple[str, str, str] | None) -> Security | None:
    """Of one process.

    Args:
        tls: Files of the authority, the certificate and its key; None for no encryption.
    """
    if tls is None:
        return None
    return CheckedSecurity(*tls)


def authority_stamp(tls: tuple[str, str, str] | None) -> tuple[int, int]:
    """When the authority's file was written: a later one may have revoked a machine, so connections are made anew."""
    if tls is not None:
        with suppress(OSError):
            facts = Path(tls[0]).stat()
            return facts.st_mtime_ns, facts.st_ino
    return (0, 0)
