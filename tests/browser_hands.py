"""A real Chromium for tests, whose every request and complaint is noted."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit

from playwright.sync_api import Browser, Page

AXE = (Path(__file__).parent / "web" / "axe" / "axe.min.js").read_text()
WAIT_MS = 30_000
# What reaches beyond the right edge, though not inside of something that scrolls by itself.
TOO_WIDE = """[...document.querySelectorAll("body *")]
    .filter(each => each.getBoundingClientRect().right > document.documentElement.clientWidth + 1)
    .filter(each => !each.closest(".table-box, .chart-box, .paper, .quiet .strip, .page-strip"))
    .map(each => each.outerHTML.slice(0, 80))"""


@dataclass(slots=True, kw_only=True)
class Watched:
    """A page of the browser whose every request and complaint is noted."""

    page: Page
    hosts: set[str] = field(default_factory=set)
    complaints: list[str] = field(default_factory=list)


@contextmanager
def look(chromium: Browser, *, scheme: Literal["dark", "light"] = "light", width: int = 1280) -> Iterator[Watched]:
    context = chromium.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.set_default_timeout(WAIT_MS)
    found = Watched(page=context.new_page())
    context.on("request", lambda request: found.hosts.add(urlsplit(request.url).netloc))
    found.page.on("console", lambda message: found.complaints.append(message.text) if message.type == "error" else None)
    found.page.on("pageerror", lambda error: found.complaints.append(str(error)))
    try:
        yield found
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe-core finds; the sandboxed frame runs no script, so axe cannot look into it."""
    page.evaluate(AXE)
    found = page.evaluate("axe.run(document, { iframes: false })")
    return [f"{each['id']}: {node['html']}" for each in found["violations"] for node in each["nodes"]]
