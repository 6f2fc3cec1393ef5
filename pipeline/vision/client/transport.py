"""Connections that keep a page's time limit, whatever the server does.

A ``requests`` timeout is the longest gap between two bytes, so a server that sends a byte now and then never reaches
it, in headers, chunk sizes or anywhere. Here every single read and write of a socket asks the :class:`Meter` how long
it may take, which is exact and needs no thread.
"""

import http.client
import math
import os
import socket
import ssl
import time
from collections.abc import Mapping
from typing import TYPE_CHECKING

import requests
import urllib3
from requests.adapters import HTTPAdapter
from urllib3 import ProxyManager
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool
from urllib3.response import HTTPResponse
from urllib3.util.ssl_ import create_urllib3_context, resolve_cert_reqs

from pipeline.deadline import Deadline
from pipeline.server_target import Route

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

#: Most bytes of one answer, including headers and framing; a page of text is far smaller.
WIRE_BYTES = 8 * 1024 * 1024

# The headers that are read: for the body's framing, the end of the connection, and a busy server.
_HEADERS = frozenset({"content-length", "transfer-encoding", "connection", "retry-after"})
# Processing, and Early Hints: the answer itself is still to come.
_EARLY = frozenset({102, 103})


class Meter:
    """The limits of one request, and what it has used so far; its client has one request at a time.

    Attributes:
        addresses: To which connections are made; empty where the host's name must be resolved.
        connects: Number of connections made for this request; 0 means that an idle one was used again.
        connected: Whether there is a connection.
        received: Number of bytes that came back.
    """

    def __init__(self, *, connect_timeout_s: float, silence_s: float) -> None:
        self.addresses: tuple[str, ...] = ()
        self._connect_timeout_s = connect_timeout_s
        self._silence_s = silence_s
        self.start(Deadline.never())

    def start(self, deadline: Deadline) -> None:
        """Begin a request that may last until ``deadline``."""
        self._deadline = deadline
        self._silent_at = math.inf
        self.connects = 0
        self.connected = True
        self.received = 0

    def heard(self) -> float:
        """Note that a token has come, so that from now on silence is limited, too; returns the monotonic time."""
        now = time.monotonic()
        self._silent_at = now + self._silence_s
        return now

    @property
    def stalled(self) -> bool:
        """Whether the server began to answer and then sent nothing for too long."""
        return time.monotonic() >= self._silent_at

    @property
    def flooded(self) -> bool:
        """Whether more came than any page's answer needs."""
        return self.received > WIRE_BYTES

    def connecting(self) -> Deadline:
        """Note that a connection is being made; returns the time by which it must be ready."""
        self.connects += 1
        self.connected = False
        return self._deadline.sooner(Deadline.after(self._connect_timeout_s))

    def wait(self) -> float | None:
        """Seconds that the next read or write may take; None for no limit.

        Raises:
            TimeoutError: None are left.
            ConnectionAbortedError: The server sends without end.
        """
        if self.flooded:
            raise ConnectionAbortedError("more bytes than an answer may have")
        left = min(self._deadline.at, self._silent_at) - time.monotonic()
        if left <= 0.0:
            raise TimeoutError("time is over")
        return None if left == math.inf else left


class MeteredSocket(socket.socket):
    """A TCP socket whose reads and writes end when the meter says so."""

    meter: Meter

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int = 0, flags: int = 0) -> int:
        """Read, within the meter's limits."""
        self.settimeout(self.meter.wait())
        count = super().recv_into(buffer, nbytes, flags)
        self.meter.received += count
        return count

    def sendall(self, data: "ReadableBuffer", flags: int = 0) -> None:
        """Write all, within the meter's limits; the system's time-out is for all of ``data``."""
        self.settimeout(self.meter.wait())
        super().sendall(data, flags)


class MeteredTLSSocket(ssl.SSLSocket):
    """The same over TLS."""

    meter: Meter

    def recv_into(self, buffer: "WriteableBuffer", nbytes: int | None = None, flags: int = 0) -> int:
        """Read, within the meter's limits."""
        self.settimeout(self.meter.wait())
        count = super().recv_into(buffer, nbytes, flags)
        self.meter.received += count
        return count

    def send(self, data: "ReadableBuffer", flags: int = 0) -> int:
        """Write some, within the meter's limits; the standard library's ``sendall`` is a loop of these."""
        self.settimeout(self.meter.wait())
        return super().send(data, flags)


def _connect(host: str, port: int, meter: Meter) -> MeteredSocket:
    """A connection to the first address of ``host`` that accepts one; its addresses share the time."""
    until = meter.connecting()
    addresses = [
        address
        for each in meter.addresses or (host,)
        for address in socket.getaddrinfo(each, port, type=socket.SOCK_STREAM)
    ]
    problem = OSError(f"{host} has no address")
    for left, (family, kind, protocol, _, address) in zip(range(len(addresses), 0, -1), addresses, strict=True):
        connection = MeteredSocket(family, kind, protocol)
        connection.meter = meter
        try:
            connection.settimeout(max(until.remaining / left, 1e-4))
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.connect(address)
        except OSError as error:
            connection.close()
            problem = error
        else:
            meter.connected = True
            return connection
    raise problem


class _Answer(http.client.HTTPResponse):
    """An answer with only the headers that matter; parsing others could fail at hostile cookies and charsets."""

    def begin(self) -> None:
        super().begin()
        while self.status in _EARLY:
            self.headers = None  # type: ignore[assignment]  # the library begins only where there are none
            super().begin()
        for name in {name.lower() for name in self.headers} - _HEADERS:
            del self.headers[name]


class _Connection(HTTPConnection):
    """A connection that is closed when its answer cannot be used."""

    response_class = _Answer

    def getresponse(self) -> HTTPResponse:  # type: ignore[override]  # as the library itself has it
        connection = self.sock
        try:
            return super().getresponse()
        except BaseException:
            # The library does not close an answer whose headers it refuses: the server's slot would stay in use.
            if connection is not None and (descriptor := connection.detach()) >= 0:
                os.close(descriptor)
            raise


def meter_to_pools(meter: Meter) -> dict[str, type[HTTPConnectionPool]]:
    """The library's connection pools by scheme, with connections that keep to ``meter``."""

    class Connection(_Connection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port, meter)

    class TLSConnection(_Connection, HTTPSConnection):
        def _new_conn(self) -> socket.socket:
            return _connect(self._dns_host, self.port, meter)

        def connect(self) -> None:
            # The handshake has the rest of the time for connecting: the time-out that _connect has set.
            if self.ssl_context is None:
                self.ssl_context = create_urllib3_context(cert_reqs=resolve_cert_reqs(self.cert_reqs))
            self.ssl_context.sslsocket_class = MeteredTLSSocket
            super().connect()
            if isinstance(self.sock, MeteredTLSSocket):
                self.sock.meter = meter

    class Pool(HTTPConnectionPool):
        ConnectionCls = Connection

    class TLSPool(HTTPSConnectionPool):
        ConnectionCls = TLSConnection

    return {"http": Pool, "https": TLSPool}


class _Adapter(HTTPAdapter):
    """Makes connections that keep to the meter, to servers and to proxies."""

    def __init__(self, meter: Meter) -> None:
        self._pools = meter_to_pools(meter)
        super().__init__(pool_maxsize=1)
        self.poolmanager.pool_classes_by_scheme = self._pools

    def proxy_manager_for(self, proxy: str, **proxy_kwargs: object) -> ProxyManager:
        manager: ProxyManager = super().proxy_manager_for(proxy, **proxy_kwargs)
        manager.pool_classes_by_scheme = self._pools
        return manager


class MeteredSession(requests.Session):
    """A keep-alive session within the meter's limits; no redirects, nothing from the user's netrc or environment."""

    def __init__(self, meter: Meter) -> None:
        super().__init__()
        # The route already has what the environment says about certificates and proxies, if that is to be used.
        self.trust_env = False
        self._meter = meter
        self._prepared: tuple[object, requests.PreparedRequest] | None = None
        self.headers["User-Agent"] = "dropleaf"
        # A compressed answer could have any size when unpacked, and saves nothing on one machine.
        self.headers["Accept-Encoding"] = "identity"
        for scheme in ("http://", "https://"):
            self.get_adapter(scheme).close()
            self.mount(scheme, _Adapter(meter))

    def take(self, route: Route) -> None:
        """Reach servers by this route from now on."""
        self._meter.addresses = route.addresses
        self.verify = str(route.ca) if route.verify and route.ca is not None else route.verify
        self.cert = None if route.cert is None else str(route.cert)
        if route.cert is not None and route.key is not None:
            self.cert = (str(route.cert), str(route.key))
        self.proxies = {} if route.proxy is None else {"http": route.proxy, "https": route.proxy}
        if not route.verify:  # the user has said so, and `doctor` says what it means
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)

    def ask(self, url: str, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Post, and return when the headers of the answer have come; its body is read as it comes.

        What is the same in every request is prepared once: the library takes a tenth of an exchange's CPU for it.
        """
        key = url, tuple(headers.items())
        if self._prepared is None or self._prepared[0] != key:
            self._prepared = key, self.prepare_request(requests.Request("POST", url, headers=headers))
        request = self._prepared[1].copy()
        request.prepare_body(body, None)
        return self.send(request, stream=True, allow_redirects=False)

    def get_redirect_target(self, resp: requests.Response) -> str | None:
        """None: even without following them, ``requests`` would read a redirect's whole body first."""
        del resp
        return None
