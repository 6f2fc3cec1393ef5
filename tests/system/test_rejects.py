import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import Place, names_below
from delivery import deliveries_in
from kills import other_file_system
from odd_pdfs import broken_page_pdf, cut_pdf, damaged_pdf, empty_file, encrypted_pdf, not_a_pdf, pageless_pdf
from pdfs import numbered_pdf


def test_what_cannot_be_converted_goes_to_failed_with_its_reason_and_the_rest_goes_on(tmp_path: Path) -> None:
    place = Place(tmp_path, limits={"pages": 5, "file_mib": 1})
    drops = {
        "encrypted": encrypted_pdf,
        "no pdf": not_a_pdf,
        "empty": empty_file,
        "pageless": pageless_pdf,
        "many pages": lambda path: numbered_pdf(path, 6),
        "large": lambda path: path.write_bytes(b"%PDF-1.4\n" + bytes(1 << 20)),
    }
    for name, draw in drops.items():
        place.drop(draw, f"sub/{name}.pdf")
    place.drop(lambda path: numbered_pdf(path, 5), "good.pdf")
    originals = {name: (place.inbox / "sub" / f"{name}.pdf").read_bytes() for name in drops}

    code = place.watch_once()

    assert code == 1
    found = deliveries_in(place.outbox)
    assert found["good"].outcome == "complete"
    codes = {name: found[f"failed/sub/{name}"].code for name in drops}
    assert codes == {
        "encrypted": "encrypted",
        "no pdf": "unreadable",
        "empty": "empty",
        "pageless": "empty",
        "many pages": "too_large",
        "large": "too_large",
    }
    kept = {name: (place.outbox / "failed" / "sub" / f"{name}.pdf").read_bytes() for name in drops}
    assert kept == originals
    assert names_below(place.inbox) == []
    assert place.left_behind() == []


@pytest.mark.parametrize("why", ["originals are kept", "the inbox is on another file system"])
def test_a_file_that_is_too_large_to_be_moved_is_told_of_once_and_converted_when_it_may_be_read(
    tmp_path: Path, why: str, elsewhere: Path
) -> None:
    keep = why == "originals are kept"
    place = Place(tmp_path, engine="basic", limits={"file_mib": 1}, originals="keep" if keep else "move")
    if not keep:
        place.move_inbox(elsewhere)
    (place.inbox / "sub").mkdir()
    numbered_pdf(place.inbox / "sub" / "large.pdf", 1)
    with (place.inbox / "sub" / "large.pdf").open("ab") as file:
        file.write(b"%" * (2 << 20) + b"\n%%EOF\n")

    assert place.watch_once() == 1
    failed = deliveries_in(place.outbox)["failed/sub/large"]
    assert failed.code == "too_large"
    told = (place.outbox / "failed" / "sub" / "large.json").read_text()
    assert "It stays where it was dropped" in told
    assert names_below(place.outbox / "failed") == ["sub/large.json"]
    assert names_below(place.inbox) == ["sub/large.pdf"]
    status = place.run("status", "--settings", str(place.file), COLUMNS="200")
    assert "1 failed" in status.err
    assert "It stays where it was dropped" in status.err

    (place.outbox / "failed" / "sub" / "large.json").unlink()
    assert place.watch_once() == 0  # it is not told of again
    assert names_below(place.outbox / "failed") == []

    place.write_settings(limits={"file_mib": 10})
    assert place.watch_once() == 0
    assert deliveries_in(place.outbox)["sub/large"].outcome == "complete"
    assert place.left_behind() == []


@pytest.fixture
def elsewhere(tmp_path: Path) -> Iterator[Path]:
    """An inbox on another file system."""
    folder = other_file_system(tmp_path) / f"dropleaf-{os.getpid()}-{tmp_path.name}"
    folder.mkdir()
    yield folder
    shutil.rmtree(folder)


def test_a_damaged_file_gives_what_can_be_had(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.drop(damaged_pdf, "damaged.pdf")
    place.drop(cut_pdf, "cut.pdf")
    place.drop(lambda path: broken_page_pdf(path, 3, 2), "broken page.pdf")

    place.watch_once()

    found = deliveries_in(place.outbox)
    assert found["damaged"].methods == {"text_layer": 3}
    assert found["broken page"].methods.get("text_layer") == 2
    assert {name.removeprefix("failed/") for name in found} == {"damaged", "cut", "broken page"}
