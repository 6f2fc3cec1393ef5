"""What filters were got round with, sent through the whole pipeline and opened in a real Chromium.

The result's own policy would stop most of it once more, so it is opened with the policy switched off as well; and the
same markup unfiltered must be seen to run, or the trap would be none.
"""

import re
import socket
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from daemons import Place
from delivery import delivery_of
from pdfs import Canvas, blank_pdf, numbered_pdf, objects_to_pdf, pages_to_objects
from playwright.sync_api import Browser, Page
from simulator import Latency, Setup, Simulator
from simulator.answers import default_answer
from simulator.chat import Ask
from vectors import ACTIONS, VECTORS
from web_hands import PATIENCE_S, browser, needs_browser

from pipeline.markup.tags import ALLOWED

pytestmark = [pytest.mark.slow, needs_browser, pytest.mark.timeout(300)]

#: What the trap catches of the vectors as they are, by itself; the others wait for a click, or are for other browsers,
#: for Markdown, or for filters that make something of them.
_CAUGHT, _ASTRAY = 45, 20
#: The names that Dropleaf itself gives; no model has a say in them.
_ID = re.compile(r"page-\d+-(table|heading)-\d+")
#: Vectors that are tables with text and without cells: an answer with one is refused, since a server has broken it.
_WITHOUT_CELLS = 5
#: What the result's own template puts around a page's contents, with its attributes.
_OWN: Mapping[str, set[str]] = {
    "aside": set(),
    "div": {"role", "tabindex", "aria-label"},
    "nav": {"lang", "aria-label"},
    "table": {"id", "data-continues"},
    **{f"h{level}": {"id"} for level in range(1, 7)},
}
_HARMLESS = {"href", "class", "colspan", "rowspan", "scope", "start", "value", "data-unseen", "data-was"}
#: Everything that a reader could do, to everything; real links are held, those that run a script are not.
_USE = """() => {
    addEventListener("click", event => {
        const link = event.target.closest("a");
        if (link && /^(https?|mailto):$/.test(link.protocol)) event.preventDefault();
    }, true);
    const kinds = ["mouseover", "focus", "mousedown", "mouseup", "click", "keydown", "toggle", "animationstart"];
    for (const element of document.querySelectorAll("main *"))
        for (const kind of kinds) element.dispatchEvent(new MouseEvent(kind, {bubbles: true, cancelable: true}));
    document.body.innerHTML = document.body.innerHTML;
}"""
_CENSUS = """() => [...document.querySelectorAll("main section *")].map(element => [
    element.localName, element.namespaceURI, ...[...element.attributes].map(each => each.name)])"""
_PROTOCOLS = "() => [...document.querySelectorAll('main a[href]')].map(link => link.protocol)"


@dataclass(slots=True)
class Trap:
    """A tab of a browser, and what it was made to do.

    Attributes:
        ran: Calls of ``alert``.
        asked: Addresses and windows.
    """

    page: Page
    ran: list[int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    @property
    def astray(self) -> set[str]:
        """Addresses in the network that were asked for."""
        return {address for address in self.asked if "evil.example" in address}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as opened:
        yield opened


@pytest.fixture(scope="module")
def evil() -> Iterator[socket.socket]:
    """Listens where ``evil.example`` leads to, and takes nobody: whoever came is still in its queue."""
    with socket.create_server(("127.0.0.1", 0), backlog=512) as listener:
        listener.settimeout(0)
        yield listener


@contextmanager
def trap(chromium: Browser, *, policy: bool) -> Iterator[Trap]:
    """A tab that notes what it is made to do, with or without the policy of what it shows."""
    context = chromium.new_context(bypass_csp=not policy)
    found = Trap(context.new_page())
    context.expose_binding("alert", lambda _, words=None: found.ran.append(words))
    context.on("request", lambda request: found.asked.append(request.url))
    context.on("page", lambda page: found.asked.append(f"a window: {page.url}"))
    try:
        yield found
    finally:
        context.close()


def aimed(vectors: Iterable[str], evil: socket.socket) -> list[str]:
    """The vectors, leading to where they are waited for."""
    return [vector.replace("//evil.example", f"http://evil.example:{evil.getsockname()[1]}") for vector in vectors]


def check_harmless(chromium: Browser, evil: socket.socket, results: Sequence[Path]) -> None:
    """Open results with and without their policy, do all that a reader could do, and look at what the browser made."""
    for policy in (True, False):
        with trap(chromium, policy=policy) as found:
            for path in results:
                found.page.goto(path.as_uri())
                found.page.evaluate(_USE)
                for tag, space, *attributes in found.page.evaluate(_CENSUS):
                    assert tag in ALLOWED | _OWN.keys(), (path, tag)
                    assert space == "http://www.w3.org/1999/xhtml", (path, tag)
                    assert set(attributes) <= _HARMLESS | _OWN.get(tag, set()), (path, tag, attributes)
                names = found.page.eval_on_selector_all("section [id]", "named => named.map(each => each.id)")
                assert all(_ID.fullmatch(name) for name in names), (path, names)
                assert set(found.page.evaluate(_PROTOCOLS)) <= {"http:", "https:", "mailto:", "file:"}, path
            found.page.wait_for_timeout(300)  # there is no event for what must not come
            assert (found.ran, found.asked) == ([], [path.as_uri() for path in results])
    with pytest.raises(BlockingIOError):
        evil.accept()


def test_the_trap_catches_what_is_not_filtered(chromium: Browser, tmp_path: Path) -> None:
    frames = tmp_path / "frames.html"
    with socket.create_server(("127.0.0.1", 0), backlog=512) as own, trap(chromium, policy=False) as found:
        for number, vector in enumerate(aimed(VECTORS, own)):
            words = vector.replace("alert(1)", f"alert({number})")
            (tmp_path / f"{number}.html").write_text(f"<!DOCTYPE html><meta charset=utf-8>{words}", "utf-8", "replace")
        frames.write_text("".join(f"<iframe src={number}.html></iframe>" for number in range(len(VECTORS))))

        found.page.goto(frames.as_uri(), wait_until="commit")

        limit = time.monotonic() + PATIENCE_S
        while len(set(found.ran)) < _CAUGHT or len(found.astray) < _ASTRAY:
            assert time.monotonic() < limit, (len(set(found.ran)), len(found.astray))
            found.page.wait_for_timeout(50)
        own.settimeout(PATIENCE_S)
        own.accept()[0].close()


def test_vectors_that_a_model_answers_do_nothing(chromium: Browser, evil: socket.socket, tmp_path: Path) -> None:
    vectors = aimed(VECTORS, evil)

    def answer(ask: Ask) -> str:
        number = ask.mark.page - 1 if ask.mark else 0
        wrapped = "<p>before</p>{}<p>after</p>" if number >= len(vectors) else "before\n\n{}\n\nafter"
        return default_answer(ask) + "\n\n" + wrapped.format(vectors[number % len(vectors)])

    with Simulator(Setup(slots=5, latency=Latency(seconds=0), answer=answer)) as sim:
        place = Place(tmp_path, server=sim.url, faithful="off", limits={"page_pixels": 300_000})
        place.drop(lambda path: numbered_pdf(path, 2 * len(vectors)), "vectors.pdf")
        assert place.watch_once(timeout=200) == 0
    assert delivery_of(place.outbox / "vectors.json").methods["vision"] >= 2 * (len(vectors) - _WITHOUT_CELLS)

    check_harmless(chromium, evil, [place.outbox / "vectors.html"])


def test_vectors_in_text_and_links_of_a_pdf_do_nothing(chromium: Browser, evil: socket.socket, tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(lambda path: path.write_bytes(pdf_of(aimed(VECTORS, evil), aimed(ACTIONS, evil))), "vectors.pdf")

    assert place.watch_once() == 0

    assert delivery_of(place.outbox / "vectors.json").methods == {"text_layer": len(VECTORS)}
    check_harmless(chromium, evil, [place.outbox / "vectors.html"])


def test_vectors_as_names_of_files_do_nothing(chromium: Browser, evil: socket.socket, tmp_path: Path) -> None:
    place = Place(tmp_path)
    names = [f"{vector}.pdf" for vector in VECTORS if not {"/", "\0"} & set(vector) and len(vector.encode()) < 200]
    place.drop(blank_pdf, *names)

    assert place.watch_once() == 0

    results = sorted(place.outbox.glob("*.html"))
    assert len(results) == len(names) >= 40
    check_harmless(chromium, evil, results)


def pdf_of(vectors: Sequence[str], actions: Sequence[str]) -> bytes:
    """A page for each vector, which shows it and has links that lead to all the actions."""
    pages = [Canvas() for _ in vectors]
    for page, vector in zip(pages, vectors, strict=True):
        page.paragraph(72, 72, f"The page says {vector} and no more.")
    boxes = ((72, 710 - 4 * number, 400, 722 - 4 * number) for number in range(len(actions)))
    links = b" ".join(
        b"<< /Type /Annot /Subtype /Link /Rect [%d %d %d %d] /A << %s >> >>" % (*box, action.encode())
        for box, action in zip(boxes, actions, strict=True)
    )
    objects = pages_to_objects(pages)
    for number, body in objects.items():
        objects[number] = body.replace(b"<< /Type /Page /", b"<< /Type /Page /Annots [%s] /" % links, 1)
    return objects_to_pdf(objects)
