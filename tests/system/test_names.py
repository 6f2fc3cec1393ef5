from pathlib import Path

import pytest
from daemons import Daemon, Place, names_below, until
from delivery import deliveries_in, delivery_of, manifests_in, result_files
from pdfs import numbered_pdf


def draw(pages: int, path: Path) -> bytes:
    return numbered_pdf(path, pages).read_bytes()


def test_the_same_bytes_under_the_same_name_replace_their_results(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(lambda path: draw(1, path), "r.pdf")
    assert place.watch_once() == 0
    first = (place.outbox / "r.json").read_bytes()

    place.drop(lambda path: draw(1, path), "r.pdf")
    assert place.watch_once() == 0

    assert names_below(place.outbox) == sorted(result_files("r"))
    assert (place.outbox / "r.json").read_bytes() != first


def test_other_bytes_under_the_same_name_get_a_name_of_their_own(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for pages in (1, 2, 3, 2):
        place.drop(lambda path, pages=pages: draw(pages, path), "r.pdf")  # type: ignore[misc]  # bound at once
        assert place.watch_once() == 0

    found = deliveries_in(place.outbox)

    assert {name: each.page_count for name, each in found.items()} == {"r": 1, "r-2": 2, "r-3": 3}
    assert {each.name for each in found.values()} == {"r.pdf"}


def test_a_strangers_file_in_the_outbox_is_never_overwritten(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.outbox.mkdir()
    for name in ("r.html", "s.pdf"):
        (place.outbox / name).write_text("a stranger's")
    place.drop(lambda path: draw(1, path), "r.pdf", "s.pdf")

    assert place.watch_once() == 0

    assert (place.outbox / "r.html").read_text() == "a stranger's"
    assert (place.outbox / "s.pdf").read_text() == "a stranger's"
    assert sorted(path.stem for path in manifests_in(place.outbox)) == ["r-2", "s-2"]


def test_originals_are_kept_and_not_converted_again_until_their_bytes_change(tmp_path: Path) -> None:
    place = Place(tmp_path, originals="keep")
    place.drop(lambda path: draw(1, path), "r.pdf")
    assert place.watch_once() == 0
    manifest = (place.outbox / "r.json").read_bytes()

    assert place.watch_once() == 0
    assert (place.outbox / "r.json").read_bytes() == manifest
    place.drop(lambda path: draw(2, path), "r.pdf")
    assert place.watch_once() == 0

    assert names_below(place.inbox) == ["r.pdf"]
    assert names_below(place.outbox) == sorted(result_files("r", "r-2", original=False))


def test_a_running_daemon_that_keeps_originals_converts_each_state_once(tmp_path: Path) -> None:
    place = Place(tmp_path, originals="keep", watch={"rescan": 0.2}, workers=1)
    with Daemon(place) as daemon:
        place.drop(lambda path: draw(1, path), "r.pdf")
        daemon.wait_for("published", document="r.pdf")
        place.drop(lambda path: draw(1, path), "later.pdf")
        daemon.wait_for("published", document="later.pdf")
        place.drop(lambda path: draw(2, path), "r.pdf")
        daemon.wait_for("published", document="r.pdf", count=2)

        assert daemon.stop() == 0

        assert len(daemon.of("claimed")) == 3
    assert deliveries_in(place.outbox)["r-2"].page_count == 2


def test_originals_are_deleted_where_that_is_asked_for(tmp_path: Path) -> None:
    place = Place(tmp_path, originals="delete")
    place.drop(lambda path: draw(1, path), "r.pdf")

    assert place.watch_once() == 0

    assert names_below(place.inbox) == []
    assert names_below(place.outbox) == sorted(result_files("r", original=False))


@pytest.mark.parametrize("name", ["x" * 251 + ".pdf", "é" * 120 + ".PDF"])
def test_the_longest_names_are_delivered(tmp_path: Path, name: str) -> None:
    place = Place(tmp_path)
    (place.inbox / name).write_bytes(draw(1, tmp_path / "short.pdf"))

    assert place.watch_once() == 0

    [found] = deliveries_in(place.outbox).values()
    assert found.name == name


def test_names_that_are_not_utf_8_are_delivered(tmp_path: Path) -> None:
    place = Place(tmp_path)
    name = b"caf\xe9.pdf".decode("utf-8", "surrogateescape")
    (place.inbox / name).write_bytes(draw(1, tmp_path / "short.pdf"))

    with Daemon(place) as daemon:
        until(lambda: len(list(manifests_in(place.outbox))) == 1)
        assert daemon.stop() == 0
        assert not daemon.of("not_json")

    [manifest] = manifests_in(place.outbox)
    assert delivery_of(manifest).outcome == "complete"
