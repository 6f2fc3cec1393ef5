"""The addresses on which the page listens, and the host names that it answers."""

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
    """The listening sockets of one port; empty before they are opened."""

    sockets: tuple[socket.socket, ...] = ()

    @property
    def port(self) -> int:
        """The port's number."""
        number: int = self.sockets[0].getsockname()[1]
        return number

    def close(self) -> None:
        """Stop listening."""
        for each in self.sockets:
            each.close()


def open_listeners(host: str, port: int) -> Listeners:
    """Listen on ``host``; for 127.0.0.1 also on ::1 if the machine has it.

    Args:
        host: A name or an address.
        port: 0 for any free one.

    Raises:
        OSError: The port is taken, or the address does not belong to this machine.
    """
    first = _listen(host, port)
    sockets = [first]
    if host in {"127.0.0.1", "localhost"}:
        with suppress(OSError):  # the machine may have no IPv6
            sockets.append(_listen("::1", first.getsockname()[1]))
    return Listeners(sockets=tuple(sockets))


def names_of(host: str, port: int) -> frozenset[str]:
    """The Host headers that are answered: an exact list, or any site could point a name of its own at us.

    The name is checked before anything else (DNS rebinding).
    """
    names = {*_OWN, _bracketed(host.lower()), socket.gethostname().lower()} if not is_loopback(host) else set(_OWN)
    return frozenset(f"{name}:{port}" for name in names) | (frozenset(names) if port == _HTTP else frozenset())


def local_name(address: str, port: int) -> str:
    """The Host header of a client that uses the address to which it is connected."""
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
