"""Where a page is sent to, with everything that a request needs."""

from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """The network route to a server.

    Attributes:
        ca: A file or folder with the certificates of trusted authorities; None for the usual ones.
        cert: The client's certificate, as PEM; None for none.
        key: Its private key; None where it is in the same file.
        verify: Whether the server's certificate is checked.
        proxy: Address of an HTTP proxy, with name and password if it needs them; None for none; never logged.
        addresses: IP addresses of the server, or of the proxy, from the last look-up; empty where they are not known.
    """

    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None
    verify: bool = True
    proxy: str | None = field(default=None, repr=False)
    addresses: tuple[str, ...] = ()


#: The route to a server for which nothing is set.
USUAL_ROUTE = Route()


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerTarget:
    """The server for a page, with everything that a request needs.

    Attributes:
        url: Base address up to and including ``/v1``.
        model: The model's id as the server spells it.
        origin: What else the server says about the model: its file, its architecture.
        api_key: Sent as a bearer token where it is not None; never logged.
        context: Tokens of one slot's context; None where the server does not say.
        answer_tokens: The longest answer for which its context has room; None where only the model's profile decides.
        route: The route to it.
        seen: The dialect of the model's answers so far; None while none has come.
    """

    url: str
    model: str
    origin: str = ""
    api_key: str | None = field(default=None, repr=False)
    context: int | None = None
    answer_tokens: int | None = None
    route: Route = USUAL_ROUTE
    seen: str | None = None
