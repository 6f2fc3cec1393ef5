"""Where the page listens, and by which names it may be asked for."""

import ipaddress
import socket
from contextlib import suppress
from dataclasses import dataclass

_OWN = ("127.0.0.1", "localhost", "[::1]")
_HTTP = 80


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    with suppress(ValueError):
        return ipaddress.ip_address(host).is_loopback
    return host.lower() == "localhost"


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Listening sockets of one port, none before they are opened."""

    sockets: tuple[socket.socket, ...] = ()

    @property
    def port(self) -> int:
        """The port's number."""
        number: int = self.sockets[0].getsockname()[1]
        return number

    def close(self) -> None:
        """Listen no longer."""
        for each in self.sockets:
            each.close()


def open_listeners(host: str, port: int) -> Listeners:
    """Listen on ``host``, and for 127.0.0.1 on ::1 too where the machine has it.

    Args:
        host: A name or an address.
        port: 0 for any free one.

    Raises:
        OSError: The port is taken, or the address is none of this machine's.
    """
    first = _listen(host, port)
    sockets = [first]
    if host in {"127.0.0.1", "localhost"}:
        with suppress(OSError):  # a machine without IPv6
            sockets.append(_listen("::1", first.getsockname()[1]))
    return Listeners(sockets=tuple(sockets))


def names_of(host: str, port: int) -> frozenset[str]:
    """The Host headers that are answered: an exact list, or any site could point a name of its own at us.

    The name is checked before anything else (DNS rebinding).
    """
    names = {*_OWN, _bracketed(host.lower()), socket.gethostname().lower()} if not is_loopback(host) else set(_OWN)
    return frozenset(f"{name}:{port}" for name in names) | (frozenset(names) if port == _HTTP else frozenset())


def local_name(address: str, port: int) -> str:
    """The Host header of somebody who asks for us by the very address that the connection came to."""
    return f"{_bracketed(address)}:{port}"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def _listen(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listener = socket.socket(family, kind, protocol)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(128)
    except BaseException:
        listener.close()
        raise
    return listener
