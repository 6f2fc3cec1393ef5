"""The documents on a host's disk."""

import hashlib
from pathlib import Path

from pipeline.cluster.document_store import DocumentStore


def arrive(store: DocumentStore, body: bytes, in_use: set[str] | None = None) -> str:
    sha256 = hashlib.sha256(body).hexdigest()
    arrival = store.arriving(sha256)
    store.make_room(len(body), in_use or set())
    for start in range(0, len(body), 10):
        arrival.add(body[start : start + 10])
    assert arrival.finish()
    store.keep(sha256, len(body))
    return sha256


def test_a_document_that_has_come_whole_is_found(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents", 1000)

    sha256 = arrive(store, b"x" * 95)

    path = store.find(sha256)
    assert path is not None
    assert path.read_bytes() == b"x" * 95
    assert path.stat().st_mode & 0o077 == 0
    assert store.find("0" * 64) is None


def test_a_damaged_document_is_not_kept(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents", 1000)
    arrival = store.arriving("0" * 64)
    arrival.add(b"other bytes")

    assert not arrival.finish()
    assert list((tmp_path / "documents").iterdir()) == []


def test_those_that_were_not_used_for_longest_go_first_but_none_in_use(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents", 300)
    first, second, third = (arrive(store, bytes([number]) * 100) for number in range(3))
    store.find(first)

    fourth = arrive(store, b"4" * 100, in_use={third})
    assert [store.find(each) is not None for each in (first, second, third, fourth)] == [True, False, True, True]

    large = arrive(store, b"5" * 900, in_use={third})
    assert [store.find(each) is not None for each in (first, third, fourth, large)] == [False, True, False, True]


def test_a_shared_file_is_used_where_it_is_if_its_bytes_are_the_documents(tmp_path: Path) -> None:
    store = DocumentStore(tmp_path / "documents", 300)
    shared = tmp_path / "original.pdf"
    shared.write_bytes(b"body")
    sha256 = hashlib.sha256(b"body").hexdigest()

    assert not store.adopt("0" * 64, shared)
    assert not store.adopt(sha256, tmp_path / "missing.pdf")
    assert store.adopt(sha256, shared)
    assert store.find(sha256) == shared


def test_what_an_earlier_process_left_is_removed(tmp_path: Path) -> None:
    arrive(DocumentStore(tmp_path / "documents", 300), b"old")

    DocumentStore(tmp_path / "documents", 300)

    assert list((tmp_path / "documents").iterdir()) == []
