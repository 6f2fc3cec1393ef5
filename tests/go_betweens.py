"""What stands between a client and a model server: a front that speaks TLS, and an HTTP proxy; both on loopback."""

import base64
import select
import socket
import ssl
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

_ANY = 65536


class _GoBetween(ABC):
    """Listens until it is left; each connection has a thread."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=32)
        self.port: int = self._listener.getsockname()[1]
        self._connections: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._threads[0].join()
        for connection in self._connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads[1:]:
            thread.join()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                self._connections.append(connection)
                thread = threading.Thread(target=self._serve, args=(connection,))
                self._threads.append(thread)
                thread.start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            self.serve(connection)

    @abstractmethod
    def serve(self, connection: socket.socket) -> None:
        """Do what it is for, on one connection."""

    def pass_on(self, client: socket.socket, port: int, first: bytes = b"") -> None:
        """Both ways, until one side ends."""
        with socket.create_connection(("127.0.0.1", port)) as server:
            self._connections.append(server)
            server.sendall(first)
            while True:
                ready = [client] if isinstance(client, ssl.SSLSocket) and client.pending() else []
                for source in ready or select.select([client, server], [], [])[0]:
                    if not (data := source.recv(_ANY)):
                        return
                    (server if source is client else client).sendall(data)


class TlsFront(_GoBetween):
    """Speaks TLS to clients, and passes on to a server that does not."""

    def __init__(self, url: str, context: ssl.SSLContext) -> None:
        super().__init__()
        self._behind = urlsplit(url).port or 0
        self._context = context
        self.url = f"https://127.0.0.1:{self.port}/v1"

    def serve(self, connection: socket.socket) -> None:
        """Shake hands, then pass on."""
        with self._context.wrap_socket(connection, server_side=True) as secured:
            self._connections.append(secured)
            self.pass_on(secured, self._behind)


class Proxy(_GoBetween):
    """An HTTP proxy: whole addresses are passed on, and CONNECT is a tunnel; all of it to loopback.

    Attributes:
        asked: The first line of each request that came, without its headers.
    """

    def __init__(self, *, login: str | None = None, refuses: bool = False) -> None:
        super().__init__()
        self._login = login
        self._refuses = refuses
        self.asked: list[str] = []
        self.url = f"http://{login + '@' if login else ''}127.0.0.1:{self.port}"

    def serve(self, connection: socket.socket) -> None:
        """One request, then whatever goes through its connection."""
        data = b""
        while b"\r\n\r\n" not in data:
            if not (more := connection.recv(_ANY)):
                return
            data += more
        first = data.partition(b"\r\n")[0].decode()
        self.asked.append(first)
        method, address, _ = first.split()
        known = self._login is None or base64.b64encode(self._login.encode()) in data
        if self._refuses or not known:
            status = b"403 Forbidden" if known else b"407 Proxy Authentication Required"
            connection.sendall(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        elif method == "CONNECT":
            connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            self.pass_on(connection, int(address.rpartition(":")[2]))
        else:
            parts = urlsplit(address)
            direct = data.replace(address.encode(), parts.path.encode(), 1)
            self.pass_on(connection, parts.port or 80, direct)
