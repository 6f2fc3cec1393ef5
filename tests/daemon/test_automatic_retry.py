"""Pages for which no server could be reached, asked again when one is back."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from claims import journal_of
from daemons import Daemon, Place, until
from delivery import delivery_of
from outbox_hands import deliver, entry
from pdfs import numbered_pdf
from simulator import Setup, Simulator
from structlog.testing import capture_logs

from pipeline.daemon.automatic_retry import AutomaticRetry
from pipeline.document import Document
from pipeline.page_result import FallbackReason
from pipeline.threads.mailbox import Fault


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """A server that is away."""
    with Simulator(Setup()) as server:
        server.die()
        yield server


def test_pages_of_delivered_documents_are_asked_again_when_the_server_is_back(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url)
    place.drop(lambda path: numbered_pdf(path, 2), "kept.pdf", "changed.pdf", "sub/deep.pdf")
    with Daemon(place) as daemon:
        daemon.wait_for("published", count=3)
        changed = place.outbox / "changed.html"
        changed.write_text(changed.read_text() + "<!-- mine -->")
        before = (place.outbox / "changed.json").read_bytes()

        sim.revive()

        daemon.wait_for("published", count=5)
        assert daemon.wait_for("left_as_it_is")["document"] == "changed.pdf"
        assert daemon.stop() == 0
    assert delivery_of(place.outbox / "kept.json").methods == {"vision": 2}
    assert delivery_of(place.outbox / "sub" / "deep.json").methods == {"vision": 2}
    assert (place.outbox / "changed.json").read_bytes() == before
    assert place.left_behind() == []


def test_nothing_is_asked_again_where_that_is_not_wanted(tmp_path: Path, sim: Simulator) -> None:
    place = Place(tmp_path, server=sim.url, retry={"automatic": False})
    place.drop(lambda path: numbered_pdf(path, 1), "r.pdf")
    with Daemon(place) as daemon:
        daemon.wait_for("published")
        sim.revive()
        daemon.wait_for("server_ready")
        place.drop(lambda path: numbered_pdf(path, 1), "next.pdf")
        daemon.wait_for("published", count=2)

    assert json.loads((place.outbox / "r.json").read_text())["fallbacks"][0]["reason"] == "unreachable"
    assert daemon.of("asked_again") == []


@pytest.mark.parametrize("originals", ["move", "delete"])
def test_only_the_newest_are_looked_at_and_what_was_left_is_left_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, originals: str
) -> None:
    monkeypatch.setattr("pipeline.daemon.automatic_retry._MOST", 2)
    outbox, journal = tmp_path / "outbox", journal_of(tmp_path / "outbox")
    for number in range(3):
        pdf = numbered_pdf(tmp_path / f"{number}.pdf", 1)
        manifest = deliver(outbox, str(number), entry(reason=FallbackReason.UNREACHABLE), pdf=pdf)
        os.utime(manifest, (number, number))
        if originals == "move":
            pdf.rename(outbox / pdf.name)
    taken: list[Document] = []

    def publish(document: Document | Fault) -> None:
        assert isinstance(document, Document)
        taken.append(document)
        journal.discard(document)

    retry = AutomaticRetry(outbox, tmp_path / "inbox", journal, fingerprint_of=lambda _folder, _name: "", post=publish)
    with capture_logs() as lines:
        retry.start()
        for times in (1, 2):
            retry.server_returned()
            until(lambda times=times: len(lines) >= (2 * times if originals == "move" else 2))  # type: ignore[misc]
        retry.stop()

    expected = ["2.pdf", "1.pdf"]
    assert [document.name for document in taken] == (2 * expected if originals == "move" else [])
    assert [line["document"] for line in lines] == (2 * expected if originals == "move" else expected)
