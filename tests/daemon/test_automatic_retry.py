"""Pages for which no server could be reached, asked again when one is back."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import Daemon, Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Setup, Simulator


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
