"""Decides which requests are allowed, before anything else is done with them.

The attacker is any web site that is open in the user's browser: it can make the browser send requests here, and it can
point its own host name at 127.0.0.1. So the Host header must be one of ours, requests that other sites cause are
refused, and a change needs a header that a page of another site cannot send without permission. No CORS header is ever
sent.

Accepted risks: without a token every user of this machine can use the page, as they can the model server. With one, a
browser that has signed in also sends its cookie to servers on other ports of this machine; but the cookie is valid only
for this port, and pages on other ports are refused like any other site.
"""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from pipeline.web.addresses import local_name
from pipeline.web.views import sign_in_page

SIGN_IN = "/api/session"
OPEN_PATHS = frozenset({"/healthz", SIGN_IN})

PAGE_POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; frame-src 'self'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)
#: For what a model or a PDF wrote: no scripts, no connections, no forms, and a separate origin.
RESULT_POLICY = "sandbox; default-src 'none'; img-src data:; style-src 'unsafe-inline'; frame-ancestors 'self'"

_HEADERS = {
    "content-security-policy": PAGE_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
    "cross-origin-opener-policy": "same-origin",
    "cache-control": "no-store",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class GuardSettings:
    """Which requests are allowed.

    Attributes:
        names: Host headers that are answered, with the port.
        port: On which we listen.
        any_local: Whether the address to which a client is connected is answered, too.
        token: None where everybody who can connect may use the page.
    """

    names: frozenset[str]
    port: int
    any_local: bool = False
    token: str | None = field(default=None, repr=False)


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: GuardSettings) -> None:
        self._app = app
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, or refuse it."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await self._guard(scope, receive, send)

    async def _guard(self, scope: Scope, receive: Receive, send: Send) -> None:

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> Response | None:
        headers = Headers(scope=scope)
        method = scope["method"]
        names = self._names(scope)
        if headers.get("host", "").lower() not in names:  # h11 has made sure that there is only one
            return _refuse(403, "This name is not one of this page's.")
        if "transfer-encoding" in headers:  # with a Content-Length too: request smuggling
            return _refuse(411, "The length must be said first (Content-Length).")
        if not _is_own_origin(headers, names) or not _is_own_site(headers, method):
            return _refuse(403, "Another site asks; only this page itself may.")
        if method == "POST" and headers.get("x-dropleaf") != "1":
            return _refuse(403, "Changes need the header X-Dropleaf: 1.")
        return self._token_refusal(scope["path"], headers)

    def _names(self, scope: Scope) -> frozenset[str]:
        settings = self._settings
        if settings.any_local and scope["server"] is not None:
            return settings.names | {local_name(scope["server"][0], settings.port)}
        return settings.names

    def _token_refusal(self, path: str, headers: Headers) -> Response | None:
        token = self._settings.token
        if token is None or path in OPEN_PATHS or path.startswith("/static/"):
            return None
        if _has_token(headers, token) or _has_cookie(headers, token, self._settings.port):
            return None
        if "text/html" in headers.get("accept", ""):
            return sign_in_page()
        return _refuse(401, "This needs the token of the settings (web.token), as a bearer token.")


def port_to_cookie_name(port: int) -> str:
    """The cookie's name, which has the port in it, since cookies are shared between the ports of a machine."""
    return f"dropleaf-{port}"


def token_to_cookie(token: str, port: int) -> str:
    """The cookie for a browser that has sent the token: valid for this port, and not the token itself."""
    return hmac.new(token.encode(), f"dropleaf session {port}".encode(), hashlib.sha256).hexdigest()


def is_same(one: str, other: str) -> bool:
    """Whether two secrets are the same, in a time that does not depend on them."""
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode("utf-8", "replace"))


def _has_token(headers: Mapping[str, str], token: str) -> bool:
    scheme, _, given = headers.get("authorization", "").partition(" ")
    return scheme.lower() == "bearer" and is_same(given, token)


def _has_cookie(headers: Mapping[str, str], token: str, port: int) -> bool:
    try:
        cookie = SimpleCookie(headers.get("cookie", "")).get(port_to_cookie_name(port))
    except CookieError:
        return False
    return cookie is not None and is_same(cookie.value, token_to_cookie(token, port))


def _is_own_origin(headers: Headers, names: frozenset[str]) -> bool:
    parts = (origin.lower().partition("://") for origin in headers.getlist("origin"))
    return all(scheme in {"http", "https"} and name in names for scheme, _, name in parts)


def _is_own_site(headers: Headers, method: str) -> bool:
    """Whether the request comes from this page, from a person, or from a program that is not a browser."""
    site = headers.get("sec-fetch-site", "none")
    if site in {"none", "same-origin"}:
        return True
    # A link on another site may lead here: that site can neither read nor change anything, nor show us in a frame.
    navigates = headers.get("sec-fetch-mode") == "navigate" and headers.get("sec-fetch-dest") == "document"
    return method == "GET" and navigates


def _refuse(status: int, sentence: str) -> Response:
    # The connection is closed for other sites; a client without the token may send its request to the end first.
    headers = {} if status == HTTPStatus.UNAUTHORIZED else {"connection": "close"}
    return PlainTextResponse(sentence + "\n", status_code=status, headers=headers)
