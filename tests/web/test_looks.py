"""The page without a daemon, in a real Chromium: who can use it, and on what."""

from functools import partial
from pathlib import Path
from typing import Literal

import pytest
from browser_hands import TOO_WIDE, look, violations
from outbox_hands import deliver, entry, reject
from pdfs import numbered_pdf
from playwright.sync_api import Browser, expect
from web_hands import needs_browser, page_alone, snapshot

from pipeline.errors import EncryptedError
from pipeline.status.snapshot import DocumentStatus, PageStatus
from pipeline.web.history import History

pytestmark = [needs_browser, pytest.mark.timeout(120)]

FOCUSED = "(a => a.id || a.name || a.textContent.trim())(document.activeElement)"


@pytest.mark.parametrize(("scheme", "width"), [("light", 1280), ("dark", 390)])
def test_accessibility_has_no_violations(
    chromium: Browser, tmp_path: Path, scheme: Literal["dark", "light"], width: int
) -> None:
    with page_alone(tmp_path) as alone, look(chromium, scheme=scheme, width=width) as watched:
        reject(alone.outbox, "locked", EncryptedError("It asks for a password."))
        deliver(alone.outbox, "report", pdf=numbered_pdf(alone.outbox / "report.pdf", 1))
        page = watched.page
        page.goto(f"http://127.0.0.1:{alone.port}/")
        expect(page.locator("#history tr")).to_have_count(2)
        assert violations(page) == []
        page.click("text=report.pdf")
        page.wait_for_url("**/documents/*")
        assert violations(page) == []
        page.goto(f"http://127.0.0.1:{alone.port}/")
        page.click("text=locked.pdf")
        page.wait_for_url("**/documents/*")
        assert violations(page) == []
        page.goto(f"http://127.0.0.1:{alone.port}/nothing")
        assert violations(page) == []


def test_everything_is_reached_by_keyboard(chromium: Browser, tmp_path: Path) -> None:
    with page_alone(tmp_path) as alone, look(chromium) as watched:
        deliver(alone.outbox, "report")
        page = watched.page
        page.goto(f"http://127.0.0.1:{alone.port}/")
        expect(page.locator("#history tr")).to_have_count(1)

        reached = []
        for _ in range(30):
            page.keyboard.press("Tab")
            reached.append(page.evaluate(FOCUSED))

    assert reached[:3] == ["To the content", "Dropleaf", "files"]
    assert {"engine", "query", "outcome", "report.pdf"} <= set(reached)


def test_a_long_history_is_turned_by_keyboard_and_the_way_back_leads_to_the_same_place(
    chromium: Browser, tmp_path: Path
) -> None:
    with page_alone(tmp_path) as alone, look(chromium) as watched:
        for number in range(230):
            deliver(alone.outbox, f"report {number}", finished_at=1e9 + number)
        page = watched.page
        page.goto(f"http://127.0.0.1:{alone.port}/")
        expect(page.locator("#range")).to_have_text("1\N{EN DASH}50 of 230")

        page.focus("#older")
        for begin in (51, 101, 151):
            page.keyboard.press("Enter")
            expect(page.locator("#range")).to_contain_text(f"{begin}\N{EN DASH}{begin + 49}")
        page.keyboard.press("Enter")
        expect(page.locator("#range")).to_have_text("201\N{EN DASH}230 of 230")
        page.keyboard.press("Enter")  # there are no older ones
        assert page.evaluate(FOCUSED) == "older"
        expect(page.locator("#history tr").last).to_contain_text("report 0.pdf")

        page.click("text=report 0.pdf")
        page.wait_for_url("**/documents/*")
        page.go_back()
        expect(page.locator("#range")).to_have_text("201\N{EN DASH}230 of 230")
        page.fill("#query", "report 22")
        expect(page.locator("#history-count")).to_have_text("12 of 230")
        expect(page.locator("#history tr").first).to_contain_text("report 229.pdf")


def test_a_list_that_is_not_the_whole_says_so(
    chromium: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.web.app.History", partial(History, most=3))
    with page_alone(tmp_path) as alone, look(chromium) as watched:
        for number in range(5):
            deliver(alone.outbox, f"report {number}", finished_at=1e9 + number)
        page = watched.page
        page.goto(f"http://127.0.0.1:{alone.port}/")

        said = "The newest 3 documents are listed and searched; 2 older ones are in the outbox."
        expect(page.locator("#older-ones")).to_have_text(said)
        for number in (0, 1):
            (alone.outbox / f"report {number}.json").unlink()
        expect(page.locator("#older-ones")).to_be_hidden()


@pytest.mark.slow
def test_sixty_documents_and_a_book_fit_onto_a_phone(chromium: Browser, tmp_path: Path) -> None:
    with page_alone(tmp_path) as alone, look(chromium, width=360) as watched:
        reject(alone.outbox, "x" * 190, EncryptedError("It asks for a password."))
        deliver(alone.outbox, "report", *[entry(number) for number in range(1, 400)])
        crowd = [in_work(number, pages=500 if number == 0 else 1 + number) for number in range(70)]
        alone.page.show(snapshot(documents=tuple(crowd), troubles=("the disk is full " + "y" * 300,)))
        page = watched.page
        page.goto(f"http://127.0.0.1:{alone.port}/")

        expect(page.locator("article.document")).to_have_count(60)
        expect(page.locator("#more-running")).to_have_text("and 10 more documents")
        expect(page.locator("article.document").first.locator(".strip i")).to_have_count(500)
        expect(page.locator("#history tr")).to_have_count(2)
        assert page.evaluate(TOO_WIDE) == []
        assert violations(page) == []
        for name in ("report.pdf", "xxx"):
            page.goto(f"http://127.0.0.1:{alone.port}/")
            page.click(f"#history >> text={name}")
            page.wait_for_url("**/documents/*")
            assert page.evaluate(TOO_WIDE) == []
            assert violations(page) == []


def test_a_daemon_that_goes_is_said_to_have_gone_and_a_token_is_asked_for(chromium: Browser, tmp_path: Path) -> None:
    token = "a token of sixteen letters"
    with look(chromium) as watched:
        page = watched.page
        with page_alone(tmp_path, host="0.0.0.0", token=token) as alone:
            page.goto(f"http://127.0.0.1:{alone.port}/")
            assert violations(page) == []
            page.fill("#token", "something else of that length")
            page.keyboard.press("Enter")
            expect(page.locator("#refused")).to_contain_text("not the token")
            page.fill("#token", token)
            page.keyboard.press("Enter")
            expect(page.locator("#pulse")).to_have_text("live")

        expect(page.locator("#pulse")).to_contain_text("does not answer")


def in_work(number: int, *, pages: int) -> DocumentStatus:
    """A document of which one page is being answered, or none where the number is odd."""
    answering = PageStatus(number=1, step="request", since=1.0, tokens=7, server="http://s/v1")
    return DocumentStatus(
        ident=f"{number}",
        name=f"A document with a rather long name that tells much of what is in it, number {number}.pdf",
        folder=".",
        phase="converting",
        claimed_at=0.0,
        began_at=1.0,
        pages=pages,
        finished=0,
        fallbacks=(),
        running=() if number % 2 else (answering,),
        strip="." * pages,
    )
