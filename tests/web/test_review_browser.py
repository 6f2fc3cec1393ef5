"""Doubts settled in a real Chromium, by mouse and by keyboard alone."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from browser_hands import TOO_WIDE, Watched, look, violations
from delivery import deliveries_in
from pdfs import numbered_pdf
from playwright.sync_api import Browser, expect
from review_hands import TABLE, TEXT, cells_of, publish, review_of
from vectors import VECTORS
from web_hands import RunningPage, needs_browser, page_alone

from pipeline.web.history import path_to_ident

pytestmark = [needs_browser, pytest.mark.timeout(120)]

EVIL = '<p>a <span data-unseen="">&lt;img src=x onerror=document.title="pwned"&gt;</span></p>'


# What is in sheets made of some HTML: names of elements and of attributes.
SHEETS = """async vectors => {
    const { htmlToSheet } = await import("/static/sheet.js");
    const found = new Set();
    for (const vector of vectors) {
        const sheet = htmlToSheet(`<body><main><section class="page">${vector}</section></main></body>`);
        document.body.append(sheet);
        for (const each of sheet.querySelectorAll("*")) {
            found.add(each.localName);
            for (const name of each.getAttributeNames()) found.add(`@${name}`);
        }
    }
    return [...found].sort();
}"""
_NAMES = (
    "p div span b i em strong u s sub sup code pre br hr ul li blockquote figure figcaption aside table caption tbody"
    " tr td th @class @colspan @dir @title"
)
SAFE = frozenset(_NAMES.split(" "))


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """The page, and a browser that looks at it; ``url`` is its address."""

    alone: RunningPage
    watched: Watched
    url: str


@pytest.fixture
def desk(chromium: Browser, tmp_path: Path) -> Iterator[Desk]:
    with page_alone(tmp_path) as alone, look(chromium) as watched:
        yield Desk(alone=alone, watched=watched, url=f"http://127.0.0.1:{alone.port}")
        assert watched.complaints == []
    deliveries_in(tmp_path / "outbox")


def test_a_queue_of_documents_is_settled_by_keyboard_alone(desk: Desk, tmp_path: Path) -> None:
    page = desk.watched.page
    first = publish(desk.alone.outbox, numbered_pdf(tmp_path / "a.pdf", 2), TABLE, TEXT)
    second = publish(desk.alone.outbox, numbered_pdf(tmp_path / "b.pdf", 1), EVIL + TABLE)

    page.goto(f"{desk.url}/review")
    focused = page.locator("#sheet :focus")
    expect(focused).to_have_text("21")
    expect(page.locator("#left")).to_have_text("1 to check on this page, 3 in this document.")
    assert violations(page) == []
    assert page.evaluate(TOO_WIDE) == []
    page.keyboard.press("e")
    page.locator("#sheet input:focus").wait_for()
    assert violations(page) == []
    page.keyboard.type("27")
    page.keyboard.press("Enter")
    expect(focused).to_have_text("51")  # of the next page
    page.keyboard.press("c")
    expect(focused).to_have_text("7")
    page.keyboard.press("p")
    page.keyboard.press("c")
    expect(focused).to_contain_text("onerror")  # of the next document
    page.keyboard.press("c")
    expect(focused).to_have_text("21")
    page.keyboard.press("c")
    expect(page.locator("h1")).to_have_text("Nothing is left to check")
    assert violations(page) == []

    assert [each["now"] for each in review_of(first)] == ["27", "51", "7"]
    assert len(review_of(second)) == 2
    assert cells_of(first)[1, 1]["correction"] == {"was": "21"}
    assert page.title() != "pwned"


def test_the_list_has_a_badge_and_leads_to_the_queue(desk: Desk, tmp_path: Path) -> None:
    page = desk.watched.page
    publish(desk.alone.outbox, numbered_pdf(tmp_path / "a.pdf", 1), TABLE + TEXT)
    publish(desk.alone.outbox, numbered_pdf(tmp_path / "b.pdf", 1), "<p>fine</p>")
    page.goto(desk.url)

    expect(page.locator("#history tr", has_text="a.pdf").locator(".badge.check")).to_have_text("3 to check")
    expect(page.locator("#history tr", has_text="b.pdf").locator(".badge.unchecked")).to_have_text("1 page unchecked")
    assert violations(page) == []
    page.click("text=Check doubts one by one")

    expect(page.locator("#sheet :focus")).to_have_text("21")


def test_a_cell_shows_its_place_on_the_picture_and_the_picture_its_cell(desk: Desk, tmp_path: Path) -> None:
    page = desk.watched.page
    publish(desk.alone.outbox, numbered_pdf(tmp_path / "r.pdf", 1), TABLE)
    page.goto(f"{desk.url}/documents/{path_to_ident('r.json')}")
    picture = page.locator("#picture")
    expect(page.locator("#picture")).not_to_have_js_property("naturalWidth", 0)

    page.click("#sheet td >> text=Elm")

    area, frame = picture.bounding_box(), page.locator("#place").bounding_box()
    assert area
    assert frame
    middle = (frame["x"] + frame["width"] / 2 - area["x"]) / area["width"] * 612
    assert middle == pytest.approx((72 + 162) / 2, abs=3)
    page.keyboard.press("ArrowUp")
    expect(page.locator("#sheet :focus")).to_have_text("Oak")

    picture.click(position={"x": 217 / 612 * area["width"], "y": 112 / 792 * area["height"]})

    expect(page.locator("#sheet :focus")).to_have_text("21")
    expect(page.locator("#sheet .current")).to_have_count(1)


def test_what_cannot_be_kept_is_said_and_the_doubt_stands_there_again(desk: Desk, tmp_path: Path) -> None:
    page = desk.watched.page
    manifest = publish(desk.alone.outbox, numbered_pdf(tmp_path / "r.pdf", 1), TABLE)
    page.goto(f"{desk.url}/documents/{path_to_ident('r.json')}")
    page.locator("#sheet").wait_for()
    with manifest.with_suffix(".html").open("a") as file:
        file.write(" ")

    page.keyboard.press("n")
    page.keyboard.press("c")

    expect(page.locator("#retried")).to_contain_text("has been changed")
    expect(page.locator("#sheet .doubted")).to_have_text("21")
    desk.watched.complaints.clear()  # the browser's line about the refusal
    manifest.with_suffix(".html").write_text(manifest.with_suffix(".html").read_text()[:-1])


def test_a_sheet_is_made_of_known_elements_only_whatever_the_html_holds(desk: Desk) -> None:
    page = desk.watched.page
    page.goto(desk.url)

    found = page.evaluate(SHEETS, list(VECTORS))

    assert {"p", "td"} <= set(found) <= SAFE
    assert page.title() == "Dropleaf"
    assert desk.watched.hosts == {desk.url.removeprefix("http://")}
    assert all("Content Security Policy" in each for each in desk.watched.complaints)
    desk.watched.complaints.clear()  # what is refused is said
