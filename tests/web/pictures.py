"""Draw the pictures of the page anew, from a real run against a simulated model server: a simulation of its answers.

``python tests/web/pictures.py [FOLDER]``, also a part of ``make pictures``.
"""

import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from daemons import Daemon, Place  # noqa: E402 — after the search path
from pdfs import numbered_pdf  # noqa: E402 — as above
from playwright.sync_api import Browser, expect  # noqa: E402 — as above
from simulator import Ask, Fault, Latency, Mark, Rule, Setup, Simulator, mark_to_sheet  # noqa: E402 — as above
from simulator.answers import default_answer  # noqa: E402 — as above
from web_hands import browser  # noqa: E402 — as above

FOLDER = ROOT / "docs" / "pictures"
WIDE, PHONE = (1280, 900), (390, 844)
RULES = (
    Rule(Fault.EMPTY, documents=(1,), pages=(2,)),
    Rule(Fault.EMPTY, documents=(2,), pages=(4, 11)),
)


#: On this page the model misreads one figure.
MISREAD = Mark(document=1, page=3)


def answer(ask: Ask) -> str:
    """The page's own words, without the name of the picture that tests look for, and one figure that is wrong."""
    text = default_answer(ask).rpartition("\nPicture ")[0]
    if ask.mark != MISREAD:
        return text
    price = mark_to_sheet(MISREAD).rows[2][2]
    return text.replace(price, f"{price[:-1]}{(int(price[-1]) + 5) % 10}", 1)


def main(folder: Path) -> None:
    """Run a daemon over a few documents, and look at it."""
    with tempfile.TemporaryDirectory() as name, browser() as chromium:
        setup = Setup(slots=5, latency=Latency(seconds=1.4), rules=RULES, answer=answer)
        with Simulator(setup) as sim:
            place = Place(Path(name), server=sim.url, web={"port": 0})
            with Daemon(place) as daemon:
                url = str(daemon.wait_for("web_page")["url"])
                place.drop(lambda path: numbered_pdf(path, 6, document=1), "Annual report 2025.pdf")
                (place.inbox / "locked.pdf").write_bytes(b"%PDF-1.7 this is none\n%%EOF")
                daemon.wait_for("published", document="Annual report 2025.pdf")
                draw_documents(chromium, url, folder)
                place.drop(lambda path: numbered_pdf(path, 34, document=2), "Minutes of the council.pdf")
                place.drop(lambda path: numbered_pdf(path, 12, document=3), "Price list.pdf")
                daemon.wait_for("begun", document="Price list.pdf")
                draw_work(chromium, url, folder)
                daemon.stop()


def draw_work(chromium: Browser, url: str, folder: Path) -> None:
    for name, size, scheme in (("page", WIDE, "light"), ("page-dark", WIDE, "dark"), ("page-phone", PHONE, "light")):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # type: ignore[arg-type]  # both are
        page = context.new_page()
        page.goto(url)
        page.wait_for_selector("article .strip .fell")
        page.wait_for_selector("#history tr")
        page.screenshot(path=folder / f"{name}.png")
        context.close()


def draw_documents(chromium: Browser, url: str, folder: Path) -> None:
    for name, size, scheme in (
        ("document", WIDE, "light"),
        ("document-dark", WIDE, "dark"),
        ("document-phone", PHONE, "light"),
    ):
        context = chromium.new_context(viewport={"width": size[0], "height": size[1]}, color_scheme=scheme)  # type: ignore[arg-type]  # both are
        page = context.new_page()
        page.goto(url)
        page.click("#history >> text=Annual report 2025.pdf")
        page.wait_for_url("**/documents/*")
        page.goto(f"{page.url}?page=2")
        expect(page.locator("#picture")).to_have_js_property("complete", value=True)
        page.locator("#sheet table").first.wait_for()
        page.screenshot(path=folder / f"{name}.png", full_page=True)
        context.close()


if __name__ == "__main__":
    target = Path(sys.argv[1]) if len(sys.argv) > 1 else FOLDER
    target.mkdir(parents=True, exist_ok=True)
    main(target)
