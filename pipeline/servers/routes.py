"""The route to a server: trusted certificates, own certificate, proxy; from the settings, then the environment."""

import ipaddress
import os
import socket
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from requests.utils import get_environ_proxies, select_proxy

from pipeline.server_target import Route

#: The value of ``proxy`` that means no proxy, whatever the environment says.
NO_PROXY = "none"

# Each names a file or a folder of certificates; the first that is set is used, as requests and OpenSSL do.
_AUTHORITIES = ("REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "SSL_CERT_FILE", "SSL_CERT_DIR")
# Ends of host names that are always local (RFC 6761, 6762, 8375, 9476 and ICANN's ``internal``).
_NEAR_ENDS = (".localhost", ".local", ".internal", ".home.arpa", ".lan")


def resolve_route(url: str, wanted: Route) -> Route:
    """The route to use now; it resolves names, so that workers need neither a name server nor UDP.

    Args:
        url: Of the server.
        wanted: What the settings say about it.
    """
    proxy = _proxy_of(url, wanted)
    addresses = _addresses_of(urlsplit(proxy or url).hostname or "")
    return replace(wanted, ca=wanted.ca or _authorities(), proxy=proxy, addresses=addresses)


def possible_urls(url: str, wanted: Route) -> tuple[str, ...]:
    """Where a worker may have to connect for this server; no name is resolved."""
    if wanted.proxy is not None:
        return (url,) if wanted.proxy == NO_PROXY else (wanted.proxy,)
    proxy = _proxy_of_environment(url)
    return (url,) if proxy is None else (url, proxy)


def files_of(wanted: Route) -> tuple[Path, ...]:
    """The files that a worker must read for this route."""
    route = replace(wanted, ca=wanted.ca or _authorities())
    return tuple(path for path in (route.ca, route.cert, route.key) if path is not None)


def is_near(host: str) -> bool:
    """Whether a host is this machine or one of its own network, where no proxy has any business.

    Asks for the addresses of a name; one that has none is taken by its form.
    """
    try:
        return not ipaddress.ip_address(host.partition("%")[0]).is_global
    except ValueError:
        pass
    found = _addresses_of(host)
    if not found:
        return "." not in host or host.lower().endswith(_NEAR_ENDS)
    return not any(ipaddress.ip_address(address.partition("%")[0]).is_global for address in found)


def _addresses_of(host: str) -> tuple[str, ...]:
    """In the order in which they are to be tried; none where the name is not known."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return ()
    return tuple(dict.fromkeys(str(address) for *_, (address, *_) in found))


def _authorities() -> Path | None:
    return next((Path(os.environ[name]) for name in _AUTHORITIES if os.environ.get(name)), None)


def _proxy_of(url: str, wanted: Route) -> str | None:
    if wanted.proxy is not None:
        return None if wanted.proxy == NO_PROXY else wanted.proxy
    proxy = _proxy_of_environment(url)
    return proxy if proxy is not None and not is_near(urlsplit(url).hostname or "") else None


def _proxy_of_environment(url: str) -> str | None:
    """The one that the environment names for such an address, but for those in its ``NO_PROXY``."""
    proxy: str | None = select_proxy(url, get_environ_proxies(url))
    if proxy is None:
        return None
    return proxy if "://" in proxy else f"http://{proxy}"
