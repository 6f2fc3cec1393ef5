"""Documents on their way to a host."""

import hashlib
from pathlib import Path

import pytest

from pipeline.cluster.arrivals import Arrivals
from pipeline.cluster.document_store import DocumentStore
from pipeline.cluster.messages import Piece, Wanted

BODY = b"%PDF-1.7 " + b"x" * 91
SHA = hashlib.sha256(BODY).hexdigest()


class Stage:
    """A host's store, and what was asked for."""

    def __init__(self, folder: Path, shared: str = "") -> None:
        self.asked: list[Wanted] = []
        self.store = DocumentStore(folder / "documents", 1000)
        self.arrivals = Arrivals(self.store, shared=shared, ask=self.asked.append)

    def take(self, offset: int, data: bytes) -> str:
        return self.arrivals.take(Piece(sha256=SHA, offset=offset, size=len(BODY), data=data), in_use=())


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    return Stage(tmp_path)


def test_a_document_travels_once_however_many_pages_of_it_come(stage: Stage) -> None:
    for _ in range(3):
        stage.arrivals.fetch(SHA, Path("/not/here.pdf"))
    assert stage.asked == [Wanted(sha256=SHA, offset=0)]

    assert stage.take(0, BODY[:60]) == ""
    assert stage.take(0, BODY[:60]) == "", "what comes twice is taken once"
    assert stage.take(60, BODY[60:]) == ""
    stage.arrivals.fetch(SHA, Path("/not/here.pdf"))

    assert stage.asked == [Wanted(sha256=SHA, offset=0), Wanted(sha256=SHA, offset=60)]
    found = stage.store.find(SHA)
    assert found is not None
    assert found.read_bytes() == BODY


def test_bytes_that_are_not_the_documents_are_refused_and_asked_for_anew(stage: Stage) -> None:
    stage.arrivals.fetch(SHA, Path("/not/here.pdf"))

    assert "did not arrive as it was sent" in stage.take(0, BODY[:-1] + b"?")
    assert stage.store.find(SHA) is None
    stage.arrivals.fetch(SHA, Path("/not/here.pdf"))
    assert len(stage.asked) == 2


def test_what_both_machines_see_does_not_travel(tmp_path: Path) -> None:
    original = tmp_path / "work" / "original.pdf"
    original.parent.mkdir()
    original.write_bytes(BODY)
    stage = Stage(tmp_path, shared=str(original.parent))

    stage.arrivals.fetch(SHA, original)

    assert (stage.asked, stage.store.find(SHA)) == ([], original)
