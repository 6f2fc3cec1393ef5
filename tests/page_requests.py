"""Requests to the page of a daemon, as a program sends them."""

import http.client
import json
from contextlib import closing
from urllib.parse import urlsplit

from daemons import until

_PATIENCE_S = 60


def get(url: str, path: str) -> tuple[int, bytes]:
    """Status and body."""
    return _request(url, "GET", path, None)


def post(url: str, path: str, body: bytes = b"", *, content_type: str = "") -> tuple[int, bytes]:
    """Status and body of the answer to a change."""
    return _request(url, "POST", path, body, content_type)


def ident_of(url: str, name: str, outcome: str) -> str:
    """The page's ident of a delivered document, as soon as it is listed."""
    found: list[str] = []

    def listed() -> bool:
        rows = json.loads(get(url, "/api/history")[1])["rows"]
        found.extend(row["ident"] for row in rows if (row["name"], row["outcome"]) == (name, outcome))
        return bool(found)

    until(listed)
    return found[-1]


def _request(url: str, method: str, path: str, body: bytes | None, content_type: str = "") -> tuple[int, bytes]:
    with closing(http.client.HTTPConnection(urlsplit(url).netloc, timeout=_PATIENCE_S)) as connection:
        kind = {"Content-Type": content_type} if content_type else {}
        connection.request(method, path, body, {"X-Dropleaf": "1", **kind})
        with connection.getresponse() as answer:
            return answer.status, answer.read()
