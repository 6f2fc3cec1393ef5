"""The servers of the settings as the way to them, and as what workers must get at to go it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.document import Route
from pipeline.sandbox.policy import Policy, policy_for
from pipeline.servers.routes import files_of, possible_urls
from pipeline.settings.settings import Server


def server_to_route(server: Server) -> Route:
    """What the settings say of the way to a server."""
    cert, key = server.cert or (None, None)
    return Route(ca=server.ca, cert=cert, key=key, verify=server.verify, proxy=server.proxy)


def servers_to_policy(servers: Sequence[Server], *, readable: Iterable[Path], writable: Iterable[Path]) -> Policy:
    """The policy of workers that ask these servers: them or their proxies, and the files of their certificates.

    Args:
        servers: None where no worker asks any.
        readable: What they read besides.
        writable: Where they write.
    """
    routes = {server.url: server_to_route(server) for server in servers}
    return policy_for(
        [url for server, route in routes.items() for url in possible_urls(server, route)],
        readable=[*readable, *(path for route in routes.values() for path in files_of(route))],
        writable=writable,
    )
