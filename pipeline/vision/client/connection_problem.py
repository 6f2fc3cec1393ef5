"""Explains why no connection can be made although something answers: certificates and proxies."""

import ssl
from pathlib import Path
from urllib.parse import urlsplit

import urllib3.exceptions

from pipeline.server_target import Route

# OpenSSL's words for a server that requires a client certificate.
_WANTS_CERTIFICATE = ("certificate required", "certificate_required", "handshake failure", "handshake_failure")


def connection_problem(error: BaseException, url: str, route: Route) -> str | None:
    """A sentence that says what to do about a certificate or a proxy; None for any other error.

    Args:
        error: As an HTTP library raised it; its causes are searched, too.
        url: Of the server.
        route: The route that was tried.
    """
    causes = list(_causes(error))
    proxied = any(isinstance(cause, urllib3.exceptions.ProxyError) for cause in causes)
    for cause in reversed(causes):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return (
                f"The certificate of {url} is not trusted ({cause.verify_message.rstrip('.')}). "
                "Set ca of this server in settings.yaml to the file of the authority that has signed it."
            )
        if isinstance(cause, ssl.SSLError):
            return _tls_problem(cause, url, route)
    if proxied or (route.proxy is not None and any("Tunnel connection failed" in str(cause) for cause in causes)):
        return f"The proxy {proxy_to_words(route)} refuses the connection to {url}: {_last_words(causes)}."
    files = [path for path in (route.ca, route.cert, route.key) if path is not None]
    unread = [cause for cause in causes if isinstance(cause, OSError) and _names_one_of(cause, files)]
    if unread:
        return f"The certificates for {url} cannot be read: {str(unread[0]).rstrip('.')}."
    return None


def proxy_to_words(route: Route) -> str:
    """The proxy's address without the name and password in it."""
    parts = urlsplit(route.proxy or "")
    return f"{parts.hostname}:{parts.port}" if parts.port else str(parts.hostname)


def _tls_problem(error: ssl.SSLError, url: str, route: Route) -> str:
    words = (error.reason or type(error).__name__).replace("_", " ").lower()
    if any(phrase.replace("_", " ") in words for phrase in _WANTS_CERTIFICATE):
        shown = "does not accept the certificate that is shown" if route.cert else "wants a certificate"
        return f"The server at {url} {shown} ({words}). Set cert of this server in settings.yaml."
    if "wrong version number" in words or "record layer failure" in words:
        return f"What answers at {url} does not speak TLS ({words}). Does its url begin with http:// instead?"
    hint = "" if route.cert else " If the server wants to see a certificate, set cert of this server in settings.yaml."
    return f"No TLS connection to {url} ({words}).{hint}"


def _causes(error: BaseException | None) -> list[BaseException]:
    """The error and its causes, outermost first; urllib3 keeps some of them in ``reason`` or the arguments."""
    found: list[BaseException] = []
    waiting = [error]
    while waiting:
        each = waiting.pop(0)
        if each is None or each in found:
            continue
        found.append(each)
        inner = [getattr(each, name, None) for name in ("__cause__", "__context__", "reason", "original_error")]
        waiting += [cause for cause in (*inner, *each.args) if isinstance(cause, BaseException)]
    return found


def _last_words(causes: list[BaseException]) -> str:
    words = next((str(cause) for cause in causes if "Tunnel connection failed" in str(cause.args[:1])), "")
    return words.removeprefix("Tunnel connection failed: ").rstrip(".") or type(causes[-1]).__name__


def _names_one_of(error: OSError, files: list[Path]) -> bool:
    return any(str(path) in str(error) for path in files)
