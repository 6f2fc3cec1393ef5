"""Pictures that are dropped, uploaded or converted: documents like any other."""

import hashlib
import json
import signal
from pathlib import Path

import psutil
import pytest
from daemons import Daemon, Place, names_below
from delivery import deliveries_in
from made_pictures import bomb, drawn, saved, tiff
from pdfs import numbered_pdf
from simulator import Latency, Setup, Simulator

from pipeline.conditions import files_not_read, pictures_not_read

_FAX = tiff([drawn("1", word=str(number)) for number in range(3)], "group4")
_PHOTO = saved(drawn(size=(900, 1200)), "JPEG", orientation=6)
_LIBRARIES = ("PIL/", "pikepdf/", "libpdfium")


def _put(place: Place, name: str, data: bytes) -> None:
    place.drop(lambda path: path.write_bytes(data), name)


def _manifest(place: Place, name: str) -> dict[str, object]:
    found: dict[str, object] = json.loads((place.outbox / name).read_text())
    return found


_DROPPED = {
    "scan.jpg": _PHOTO,
    "sub/Fax.TIFF": _FAX,
    "bomb.png": bomb(),
    "odd.bmp": b"no picture",
    "letter.docx": b"PK",
    "book.epub": b"PK",
    "noending": b"anything",
}


def test_pictures_are_documents_and_what_is_none_of_a_kind_that_is_read_stays(tmp_path: Path) -> None:
    place = Place(tmp_path, ocr={"engine": "off"}, workers=2, watch={"settle": 0.1, "patience": 3600})
    place.drop(lambda path: numbered_pdf(path, 1), "scan.pdf")
    whole = saved(drawn(), "JPEG")
    with Daemon(place) as daemon:
        daemon.wait_for("published", document="scan.pdf")
        for name, data in _DROPPED.items():
            _put(place, name, data)
        (place.inbox / "slow.jpg").write_bytes(whole[:-50])  # closed, and without its end
        for event, name in (("published", "scan.jpg"), ("published", "Fax.TIFF"), ("failed", "bomb.png")):
            daemon.wait_for(event, document=name)
        daemon.wait_for("failed", document="odd.bmp")
        assert (place.inbox / "slow.jpg").exists()
        with (place.inbox / "slow.jpg").open("ab") as file:
            file.write(whole[-50:])
        daemon.wait_for("published", document="slow.jpg")
        maps = [each.path for each in psutil.Process(daemon.pid).memory_maps()]
        assert daemon.stop() == 0

    assert not [path for path in maps if any(library in path for library in _LIBRARIES)]
    assert names_below(place.inbox) == ["book.epub", "letter.docx", "noending"]
    told = place.run("status", "--settings", str(place.file))
    assert " ".join(told.err.split()).count(files_not_read(3, "book.epub, letter.docx, noending")) == 1
    _check_results(place)


def _check_results(place: Place) -> None:
    deliveries = deliveries_in(place.outbox)
    assert {"scan", "scan-2", "sub/Fax", "slow"} <= set(deliveries)
    assert [page.number for page in deliveries["sub/Fax"].pages] == [1, 2, 3]
    facts = {"name": "scan.jpg", "sha256": hashlib.sha256(_PHOTO).hexdigest(), "bytes": len(_PHOTO), "pages": 1}
    assert _manifest(place, "scan-2.json")["document"] == facts
    assert "60000 x 60000 pixels" in str(_manifest(place, "failed/bomb.json")["error"])
    for name, dropped in (("scan-2.jpg", "scan.jpg"), ("sub/Fax.tiff", "sub/Fax.TIFF"), ("failed/odd.bmp", "odd.bmp")):
        assert (place.outbox / name).read_bytes() == _DROPPED[dropped]
    assert (place.outbox / "scan.pdf").exists()
    assert place.left_behind() == []


def test_pictures_are_left_alone_where_the_settings_say_so_and_are_counted(tmp_path: Path) -> None:
    place = Place(tmp_path, watch={"kinds": ["pdf"]})
    for name in ("a.jpg", "b.png", "c.docx"):
        _put(place, name, b"anything")

    with Daemon(place, "--once") as daemon:
        said = [line["what"] for line in (daemon.wait_for("left_alone", count=number) for number in (1, 2))]
        assert daemon.wait() == 0
    doctor = place.run("doctor", "--json", "--settings", str(place.file))

    sentences = [files_not_read(1, "c.docx"), pictures_not_read(2, "a.jpg, b.png")]
    assert said == sentences
    assert all(sentence in doctor.out for sentence in sentences)
    assert names_below(place.inbox) == ["a.jpg", "b.png", "c.docx"]


@pytest.mark.slow
def test_a_picture_goes_on_after_a_kill_and_is_asked_again_as_a_whole(tmp_path: Path) -> None:
    with Simulator(Setup(latency=Latency(seconds=1.0))) as sim:
        place = Place(tmp_path, server=sim.url, workers=2, ocr={"engine": "off"})
        _put(place, "fax.tif", _FAX)
        with Daemon(place) as daemon:
            daemon.wait_for("page_done", document="fax.tif")
            daemon.send(signal.SIGKILL)
            daemon.wait()
        with Daemon(place) as daemon:
            daemon.wait_for("published", document="fax.tif")
            asked = len(sim.chats)
            assert place.run("redo", "fax.tif", "--settings", str(place.file)).code == 0
            assert daemon.stop() == 0

        assert asked < 6
        assert len(sim.chats) >= asked + 3
    manifest = _manifest(place, "fax.json")
    assert isinstance(manifest["pages"], list)
    assert [page["method"] for page in manifest["pages"]] == ["vision"] * 3
    assert (place.outbox / "fax.tif").read_bytes() == _FAX
    assert "fax-2.html" not in names_below(place.outbox)


def test_pictures_are_converted_in_the_foreground_and_stay_where_they_are(tmp_path: Path) -> None:
    place = Place(tmp_path, ocr={"engine": "off"})
    for name, data in (("photo.jpg", _PHOTO), ("fax.tif", _FAX)):
        (tmp_path / name).write_bytes(data)

    done = place.run("convert", "photo.jpg", "fax.tif", "-o", "made", "--settings", str(place.file))

    assert done.code == 3
    assert {"photo.html", "photo.json", "fax.html", "fax.json"} <= set(names_below(tmp_path / "made"))
    assert (tmp_path / "photo.jpg").read_bytes() == _PHOTO
