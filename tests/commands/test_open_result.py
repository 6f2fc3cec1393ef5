"""``dropleaf open``."""

from pathlib import Path

from daemons import Place
from pdfs import blank_pdf


def test_a_browser_gets_the_result(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(blank_pdf, "report.pdf")
    assert place.watch_once() == 0
    browser = tmp_path / "browser"
    browser.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    browser.chmod(0o755)

    done = place.run("open", "report.pdf", BROWSER=str(browser))

    assert done.code == 0
    assert (tmp_path / "opened").read_text().strip() == (place.outbox / "report.html").as_uri()
    assert str(place.outbox / "report.html") in done.err


def test_without_a_browser_the_file_is_named(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(blank_pdf, "report.pdf")
    assert place.watch_once() == 0

    done = place.run("open", "report", BROWSER="/bin/false", PATH=str(tmp_path))

    assert done.code == 64
    assert str(place.outbox / "report.html") in done.err
    assert "no browser could be started" in done.err
    assert place.run("open", "no-such").code == 64
