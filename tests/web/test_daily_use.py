"""The page in daily use, in a real Chromium: many documents, selected and searched, and one page enlarged."""

from collections.abc import Iterator
from typing import Literal

import pytest
from browser_hands import TOO_WIDE, Watched, look, violations
from outbox_hands import deliver, entry
from pdfs import numbered_pdf
from playwright.sync_api import Browser, Page, expect
from web_hands import RunningPage, needs_browser, page_alone, snapshot

from pipeline.pool.interface import HostFacts
from pipeline.status.snapshot import BatchStatus, ServerStatus

pytestmark = [needs_browser, pytest.mark.timeout(120)]

FOCUSED = "(a => a.id || a.ariaLabel || a.textContent.trim())(document.activeElement)"
BOOK = 600
EVIL = "<img src=x onerror=document.title=1>"


@pytest.fixture(scope="module")
def alone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningPage]:
    with page_alone(tmp_path_factory.mktemp("daily")) as running:
        for number in range(60):
            deliver(running.outbox, f"{number % 3}/report {number}", finished_at=1e9 + number)
        deliver(running.outbox, "book", *[entry(number) for number in range(1, BOOK + 1)], finished_at=1.1e9)
        deliver(running.outbox, "one", pdf=numbered_pdf(running.outbox / "one.pdf", 1), finished_at=1.2e9)
        deliver(running.outbox, "evil", finished_at=1.3e9)
        html = running.outbox / "evil.html"
        said = f"the quarterly figures of {EVIL.replace('<', '&lt;')} leapfrog"
        html.write_text(html.read_text().replace("text of page 1", said))
        yield running


@pytest.fixture
def page(chromium: Browser, alone: RunningPage) -> Iterator[Page]:
    with look(chromium) as found:
        found.page.goto(url(alone))
        yield found.page
        assert found.complaints == []


def url(alone: RunningPage, path: str = "/") -> str:
    return f"http://127.0.0.1:{alone.port}{path}"


def rows(page: Page) -> list[str]:
    return page.locator("#history th a").all_text_contents()


def test_the_list_is_sorted_by_its_columns_and_filtered_by_folder(page: Page, alone: RunningPage) -> None:
    expect(page.locator("#range")).to_have_text("1\N{EN DASH}50 of 63")
    column = page.locator("th", has=page.get_by_role("button", name="Document", exact=True))

    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "ascending")
    expect(page.locator("#history th a").first).to_have_text("book.pdf")
    column.get_by_role("button").click()
    expect(column).to_have_attribute("aria-sort", "descending")
    expect(page.locator("#history th a").first).to_have_text("report 9.pdf")

    page.select_option("#folder-filter", "2")
    expect(page.locator("#history-count")).to_have_text("20 of 63")
    assert page.url == url(alone, "/?folder=2&sort=-name")
    page.reload()
    expect(page.locator("#history tr")).to_have_count(20)
    assert rows(page)[0] == "report 8.pdf"
    page.get_by_role("button", name="Pages", exact=True).click()
    expect(page.locator("th[aria-sort=descending]")).to_have_text("Pages")


def test_a_selection_is_removed_and_returned_by_keyboard_alone(page: Page, alone: RunningPage) -> None:
    page.fill("#query", "report 5")
    expect(page.locator("#history tr")).to_have_count(15)
    page.focus("#select-page")
    page.keyboard.press("Space")
    expect(page.locator("#selected-count")).to_have_text("15 documents selected")
    page.fill("#query", "report 40")
    expect(page.locator("#history tr")).to_have_count(1)
    expect(page.locator("#selected-count")).to_have_text("15 documents selected")
    page.focus("#history input")
    page.keyboard.press("Space")
    expect(page.locator("#selected-count")).to_have_text("16 documents selected")

    page.focus("#remove")
    page.keyboard.press("Enter")
    expect(page.locator("#outcome-of-action")).to_contain_text("16 documents moved to removed/ in the outbox.")
    expect(page.locator("#history tr")).to_have_count(0)
    assert len(list(alone.outbox.glob("removed/*/report *.json"))) == 16
    page.click("#removed-box summary")
    expect(page.locator("#removed li")).to_have_count(16)

    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#outcome-of-action")).to_contain_text("16 documents put back.")
    assert page.evaluate(FOCUSED) == "history-title"
    page.fill("#query", "report 5")
    expect(page.locator("#history tr")).to_have_count(15)
    assert not (alone.outbox / "removed").exists()


def test_all_that_are_found_are_selected_and_sent_as_one_zip(page: Page) -> None:
    page.select_option("#folder-filter", "1")
    expect(page.locator("#history-count")).to_have_text("20 of 63")
    page.check("#history tr:first-child input")
    page.get_by_role("button", name="Select all 20").click()
    expect(page.locator("#selected-count")).to_have_text("20 documents selected")

    page.select_option("#content", "markdown")
    with page.expect_download() as coming:
        page.click("#download")

    assert coming.value.suggested_filename == "dropleaf-markdown.zip"
    expect(page.locator("#outcome-of-action")).to_contain_text("20 documents on the way as one ZIP.")
    page.get_by_role("button", name="Ask again").click()
    expect(page.locator("#outcome-of-action")).to_contain_text("20 documents left out: engine: basic asks no model")


def test_words_in_the_text_are_found_and_shown_as_text(page: Page) -> None:
    page.fill("#query", "leapfr")
    hit = page.locator("#hits li")
    while not hit.count():  # the index is being made
        page.wait_for_timeout(200)
        page.fill("#query", "leapfro")
        page.fill("#query", "leapfr")
    expect(hit.locator("a")).to_have_text("evil.pdf, page 1")
    expect(hit.locator("mark")).to_have_text("leapfrog")
    expect(hit.locator(".snippet")).to_contain_text(EVIL)
    assert page.title() == "Dropleaf"
    page.fill("#query", '"unbalanced AND NOT (')
    expect(page.locator("#hits-said")).to_contain_text("No page has these words.")


def test_all_documents_together_are_shown_and_a_dead_server_asks_what_to_do(page: Page, alone: RunningPage) -> None:
    batch = BatchStatus(
        began_at=0.0,
        ended_at=None,
        documents=400,
        ended=12,
        pages=9000,
        finished=310,
        uncounted=3,
        fallbacks=2,
        pages_a_minute=85.5,
        left_s=6100.0,
    )
    ready = ServerStatus(url="http://s/v1", model="m", slots=4, in_flight=0, state="ready")
    hosts = (
        HostFacts(name="alpha", slots=4, in_work=3, heard_s=0.1, state="ready"),
        HostFacts(name=EVIL, slots=4, in_work=0, heard_s=5.0, state="silent: it gets no pages"),
    )
    alone.page.show(snapshot(batch=batch, servers=(ready,), hosts=hosts))
    expect(page.locator("#hosts li")).to_have_text(
        ["alpha3 of 4 slots in use", f"{EVIL}silent: it gets no pages"], use_inner_text=False
    )
    expect(page.locator("#hosts li:first-child i.used")).to_have_count(3)
    expect(page.locator("#batch-words")).to_have_text(
        "12 of 400 documents · 310 of about 9,000 pages · 85.5 pages a minute · about 1 h 41 min left"
        " · 2 pages fell back"
    )
    assert page.locator("#batch-bar").evaluate("bar => bar.value / bar.max") == pytest.approx(310 / 9000)
    expect(page.locator("#unanswered")).to_be_hidden()

    dead = ServerStatus(url="http://s/v1", model="m", slots=4, in_flight=0, state="Nothing answers at http://s/v1.")
    alone.page.show(snapshot(batch=batch, servers=(dead,)))
    expect(page.locator("#unanswered")).to_be_visible()
    page.check("#unanswered input[value=wait]")
    with page.expect_request("**/api/documents?*") as asked:
        page.set_input_files("#files", {"name": "w.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7\n%%EOF"})
    assert "when_unreachable=wait" in asked.value.url
    assert violations(page) == []


def test_a_picture_is_zoomed_and_enlarged_by_keyboard_and_the_result_is_reached(page: Page) -> None:
    page.click("#history >> text=one.pdf")
    page.wait_for_url("**/documents/*")
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0)
    width = page.locator("#picture").bounding_box()

    page.focus(".paper")
    page.keyboard.press("+")
    expect(page.locator("#zoom-said")).to_have_text("150 %")
    larger = page.locator("#picture").bounding_box()
    assert width
    assert larger
    assert larger["width"] == pytest.approx(1.5 * width["width"], rel=0.02)
    page.keyboard.press("0")
    expect(page.locator("#zoom-said")).to_have_text("100 %")

    page.focus("#enlarge")
    page.keyboard.press("Enter")
    expect(page.locator("dialog#enlarged")).to_be_visible()
    assert violations(page) == []
    page.keyboard.press("ArrowRight")  # scrolls, and turns no page
    page.keyboard.press("Escape")
    expect(page.locator("dialog#enlarged")).to_be_hidden()
    expect(page.locator("#enlarge")).to_be_focused()

    reached = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate(FOCUSED))
    assert {"result", "sheet"} & set(reached)


def test_in_a_book_of_600_pages_the_strip_is_always_in_view(page: Page) -> None:
    page.click("#history >> text=book.pdf")
    page.wait_for_url("**/documents/*")
    page.goto(f"{page.url}?page=300#viewer")
    strip = page.locator("nav.pages")

    for share in (0, 0.5, 1):
        page.evaluate("share => scrollTo(0, share * document.documentElement.scrollHeight)", share)
        expect(strip).to_be_in_viewport(ratio=0.9)
    expect(page.locator("#strip a[aria-current]")).to_be_in_viewport()
    page.fill("#go-to", "599")
    page.keyboard.press("Enter")
    expect(page.locator("#viewer-title")).to_contain_text("Page 599 of 600")


def test_times_are_those_of_the_browser_everywhere(chromium: Browser, alone: RunningPage) -> None:
    context = chromium.new_context(timezone_id="Asia/Tokyo", locale="en-GB")
    page = context.new_page()
    page.goto(url(alone))

    expect(page.locator("#history tr", has_text="one.pdf").locator("time")).to_have_text("11 Jan 2008, 06:20")
    page.click("#history >> text=one.pdf")
    page.wait_for_url("**/documents/*")
    expect(page.locator("time")).to_have_text("11 Jan 2008, 06:20")
    context.close()


@pytest.mark.slow
@pytest.mark.parametrize(("scheme", "width"), [("light", 320), ("dark", 768), ("light", 1920)])
def test_everything_fits_and_has_no_violations(
    chromium: Browser, alone: RunningPage, scheme: Literal["dark", "light"], width: int
) -> None:
    with look(chromium, scheme=scheme, width=width) as watched:
        check_everything(watched, alone)


def check_everything(watched: Watched, alone: RunningPage) -> None:
    page = watched.page
    page.goto(url(alone, "/?query=report"))
    page.locator("#history input").first.check()
    expect(page.locator("#selected")).to_be_visible()
    page.click("#removed-box summary")
    assert page.evaluate(TOO_WIDE) == []
    assert violations(page) == []
    for name in ("book.pdf", "one.pdf"):
        page.goto(url(alone, f"/?query={name}"))
        page.click(f"#history >> text={name}")
        page.wait_for_url("**/documents/*")
        assert page.evaluate(TOO_WIDE) == []
        assert violations(page) == []
