"""The page as people use it: a real Chromium, a real daemon, a simulated model server."""

import http.server
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from browser_hands import Watched, look, violations
from daemons import Daemon, Place
from pdfs import numbered_pdf
from playwright.sync_api import Browser, Page, expect
from simulator import Fault, Latency, Rule, Setup, Simulator
from web_hands import needs_browser

pytestmark = [needs_browser, pytest.mark.timeout(120)]

EVIL = "<img src=x onerror=document.title='pwned'>.pdf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """A daemon with its page, and what answers it.

    Attributes:
        url: Of the page.
    """

    place: Place
    daemon: Daemon
    sim: Simulator
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """Somebody else's web server, and what it was asked for."""

    port: int
    asked: list[str]


@pytest.fixture(scope="module")
def stage(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with Simulator(Setup(slots=2, latency=Latency(seconds=1.0))) as sim:
        place = Place(tmp_path_factory.mktemp("browser"), server=sim.url, workers=2, web={"port": 0})
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            yield Stage(place=place, daemon=daemon, sim=sim, url=url)
            assert daemon.stop() == 0
            assert not daemon.of("not_json")


@pytest.fixture
def watched(chromium: Browser, stage: Stage) -> Iterator[Watched]:
    with look(chromium) as found:
        yield found
    assert found.hosts <= {urlsplit(stage.url).netloc}
    assert found.complaints == []


def choose(page: Page, *files: Path) -> None:
    page.set_input_files("#files", list(files))


def test_a_dropped_file_is_followed_page_by_page_to_its_result(stage: Stage, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    stage.sim.set_rules(Rule(Fault.EMPTY, documents=(11,), pages=(2,)))
    pdf = numbered_pdf(tmp_path / "followed.pdf", 12, document=11)
    page.goto(stage.url)
    page.evaluate("window.sameOne = true")

    choose(page, pdf)

    card = page.locator("article.document", has_text="followed.pdf")
    expect(card.locator(".strip i")).to_have_count(12)
    expect(card.locator(".strip i.request, .strip i.answering").first).to_be_visible()
    expect(card.locator(".strip i.v").first).to_be_attached()
    expect(card.locator(".strip i.fell")).to_have_attribute("title", "page 2: fell back: the model gave no content")
    expect(card.locator(".steps")).to_contain_text("page 2 fell back: the model gave no content")
    expect(card.locator(".facts")).to_contain_text("pages a minute")
    expect(page.locator("#servers")).to_contain_text("of 2 slots in use")
    row = page.locator("#history tr", has_text="followed.pdf")
    expect(row).to_contain_text("with fallbacks")
    expect(card).to_have_count(0)
    assert page.evaluate("window.sameOne") is True  # never reloaded


def test_a_result_is_read_beside_its_page_and_the_fallen_page_asked_again(
    stage: Stage, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    stage.sim.set_rules(Rule(Fault.EMPTY, documents=(12,), pages=(2,)))
    page.goto(stage.url)
    choose(page, numbered_pdf(tmp_path / "again.pdf", 3, document=12))
    page.click("#history >> text=again.pdf")
    page.wait_for_url("**/documents/*")

    assert (
        page.evaluate(
            "new Promise(done => { const p = document.getElementById('picture'); "
            "p.complete ? done(p.naturalWidth) : p.onload = () => done(p.naturalWidth) })"
        )
        > 500
    )
    expect(page.locator("#sheet")).to_contain_text("Report 12, page 1")
    page.keyboard.press("ArrowRight")
    expect(page.locator("#viewer-title")).to_contain_text("Page 2")
    expect(page.locator(".note.fell").first).to_contain_text("the model gave no content")
    expect(page.get_by_text("Fell back: ")).to_have_count(1)
    expect(page.locator("#sheet aside.notice")).to_have_count(0)  # it is said once
    expect(page.locator("svg.chart rect.request").first).to_be_attached()

    stage.sim.set_rules()
    page.click("#retry")
    expect(page.locator("#retried")).to_contain_text("in work again")
    stage.daemon.wait_for("published", document="again.pdf", outcome="complete")
    page.goto(stage.url)
    expect(page.locator("#history tr", has_text="again.pdf")).to_contain_text("complete")


def test_many_files_are_dragged_in_and_read_by_the_engine_that_was_chosen(
    stage: Stage, watched: Watched, tmp_path: Path
) -> None:
    page = watched.page
    data = list(numbered_pdf(tmp_path / "x.pdf", 1, document=13).read_bytes())
    page.goto(stage.url)

    page.check("input[value=basic]")
    page.evaluate(
        """data => {
            const transfer = new DataTransfer();
            for (const name of ["one.pdf", "two.pdf", "three.pdf", "notes.txt"])
                transfer.items.add(new File([new Uint8Array(data)], name, { type: "application/pdf" }));
            const drop = new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer: transfer });
            document.getElementById("drop").dispatchEvent(drop);
        }""",
        data,
    )

    expect(page.locator("#uploads li", has_text="notes.txt")).to_contain_text("is no PDF")
    for name in ("one.pdf", "two.pdf", "three.pdf"):
        expect(page.locator("#history tr", has_text=name)).to_contain_text("complete")
    assert 13 not in {record.document for record in stage.sim.chats}
    page.fill("#query", "TWO")
    expect(page.locator("#history tr")).to_have_count(1)


def test_forty_files_at_once_are_sent_with_their_progress(stage: Stage, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    files = [numbered_pdf(tmp_path / f"batch {number}.pdf", 1, document=20) for number in range(40)]
    page.goto(stage.url)
    page.check("input[value=basic]")
    page.evaluate(
        """() => new MutationObserver(() => {
            const told = document.querySelector("#uploads .total span:last-child")?.textContent;
            if (told) (window.told ??= new Set()).add(told);
        }).observe(document.getElementById("uploads"), { childList: true, subtree: true, characterData: true })"""
    )

    choose(page, *files)
    for file in files:
        stage.daemon.wait_for("uploaded", file=file.name)

    expect(page.locator("#uploads li")).to_have_count(0)
    told = page.evaluate("[...window.told]")
    assert {"0 of 40", "20 of 40", "39 of 40"} <= set(told)
    page.fill("#query", "batch")
    expect(page.locator("#history-count")).to_have_text(re.compile(r"^40( of \d+)?$"))


def test_a_failed_document_says_why_and_can_be_tried_again(stage: Stage, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 no more\n%%EOF")
    page.goto(stage.url)
    choose(page, broken)

    page.click("#history >> text=broken.pdf")
    expect(page.locator(".note.trouble").first).to_contain_text("cannot be opened as a PDF")
    expect(page.locator(".note.trouble").first).to_contain_text("print it to a new PDF")
    page.click("#retry")

    expect(page.locator("#retried")).to_contain_text("in work again")
    stage.daemon.wait_for("failed", document="broken.pdf", count=2)


def test_markup_in_names_and_results_runs_nowhere(stage: Stage, chromium: Browser, tmp_path: Path) -> None:
    with foreign_site() as evil, look(chromium) as watched:
        page = watched.page
        page.goto(stage.url)
        page.check("input[value=basic]")
        choose(page, numbered_pdf(tmp_path / EVIL, 1, document=14))
        page.click(f"#history >> text={EVIL}")
        page.wait_for_url("**/documents/*")
        expect(page.locator("h1")).to_contain_text(EVIL)
        assert watched.complaints == []

        html = stage.place.outbox / EVIL.replace(".pdf", ".html")
        site = f"http://evil.example:{evil.port}"
        hostile = (
            f'<p id="hostile">here</p><script>top.document.title="pwned"</script><img src="{site}/img">'
            f'<iframe src="{site}/frame"></iframe><meta http-equiv="refresh" content="0;url={site}/refresh">'
            f'<link rel="stylesheet" href="{site}/css"><object data="{site}/object"></object>'
            f'<svg onload="top.document.title=1"></svg><img src="{stage.url}/nothing" onerror="top.document.title=1">'
        )
        html.write_text(html.read_text().replace("</section>", hostile + "\n</section>"))
        page.reload()
        expect(page.frame_locator("#result").locator("#hostile")).to_be_visible()
        page.goto(page.url.partition("?")[0] + "/result")
        expect(page.locator("#hostile")).to_be_visible()
        page.wait_for_timeout(500)  # there is no event for what must not come

        assert page.title() not in {"pwned", "1"}
        assert page.url.startswith(stage.url)
        assert evil.asked == []


def test_foreign_sites_can_neither_read_nor_change_anything(stage: Stage, chromium: Browser) -> None:
    port = urlsplit(stage.url).port
    before = sorted(stage.place.inbox.iterdir())
    attack = """async url => {
        const headers = { "Content-Type": "application/pdf", "X-Dropleaf": "1" };
        const tries = [];
        for (const [path, options] of [
            ["/api/status", {}], ["/", { mode: "no-cors" }],
            ["/api/documents?name=evil.pdf", { method: "POST", body: "%PDF", headers }],
            ["/api/documents?name=evil.pdf", { method: "POST", body: "%PDF", mode: "no-cors" }],
        ]) try { const r = await fetch(url + path, options); tries.push(r.type + (await r.text()).length); }
           catch (error) { tries.push("refused"); }
        const events = new EventSource(url + "/events");
        tries.push(await new Promise(done => {
            events.onopen = () => done("open");
            events.onerror = () => done("refused");
        }));
        return tries;
    }"""
    with foreign_site() as foreign, look(chromium) as watched:
        for site in (f"http://site.example:{foreign.port}/", f"http://127.0.0.1:{foreign.port}/"):
            watched.page.goto(site)

            results = watched.page.evaluate(attack, stage.url)

            assert set(results) <= {"refused", "opaque0"}
        rebound = watched.page.goto(f"http://rebound.example:{port}/")
        assert rebound is not None
        assert rebound.status == 403
    assert sorted(stage.place.inbox.iterdir()) == before
    assert not [line for line in stage.daemon.of("uploaded") if line["file"] == "evil.pdf"]


def test_a_page_in_work_has_no_violations_either(stage: Stage, watched: Watched, tmp_path: Path) -> None:
    page = watched.page
    stage.sim.set_rules(Rule(Fault.EMPTY, documents=(15,), pages=(1,)))
    page.goto(stage.url)
    choose(page, numbered_pdf(tmp_path / "long.pdf", 12, document=15))
    expect(page.locator("article .strip i.fell")).to_be_attached()

    assert violations(page) == []


@contextmanager
def foreign_site() -> Iterator[Foreign]:
    """A web server with an empty page."""
    asked: list[str] = []

    class Empty(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(b"<!DOCTYPE html><title>x</title>")

        def log_message(self, *arguments: object) -> None:
            del arguments

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Empty) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield Foreign(port=server.server_port, asked=asked)
        finally:
            server.shutdown()
            thread.join()
