"""The network route to each server of the settings, and what workers must reach to use it."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from pipeline.sandbox.policy import Policy, policy_for
from pipeline.server_target import Route
from pipeline.servers.routes import files_of, possible_urls
from pipeline.settings.sections import Server


def server_to_route(server: Server) -> Route:
    """What the settings say about the route to a server."""
    cert, key = server.cert or (None, None)
    return Route(ca=server.ca, cert=cert, key=key, verify=server.verify, proxy=server.proxy)


def servers_to_policy(servers: Sequence[Server], *, readable: Iterable[Path], writable: Iterable[Path]) -> Policy:
    """The policy of workers that may reach only these servers or their proxies, and the files of their certificates.

    Args:
        servers: Empty where no worker asks any.
        readable: What else they read.
        writable: Where they write.
    """
    routes = {server.url: server_to_route(server) for server in servers}
    return policy_for(
        [url for server, route in routes.items() for url in possible_urls(server, route)],
        readable=[*readable, *(path for route in routes.values() for path in files_of(route))],
        writable=writable,
    )
