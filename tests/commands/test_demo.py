"""``dropleaf demo``: a first result from an empty folder."""

import json
from pathlib import Path

from daemons import Daemon, Place
from ocr_hands import needs_tesseract
from simulator import Setup, Simulator

NOBODY = "http://127.0.0.1:9/v1"
SAMPLE = "census-disability-2010"


def test_without_a_server_the_built_in_engine_reads_the_sample_and_the_demo_says_so(tmp_path: Path) -> None:
    place = Place(tmp_path, server=NOBODY, ocr={"engine": "off"})

    done = place.run("demo")

    assert done.code == 0, done.err
    assert "The built-in engine reads the pages." in done.err
    manifest = json.loads((place.outbox / f"{SAMPLE}.json").read_bytes())
    assert manifest["outcome"] == "complete"
    assert manifest["counts"]["text_layer"] == 3
    assert "<table" in (place.outbox / f"{SAMPLE}.html").read_text()
    assert str(place.outbox / f"{SAMPLE}.html") in done.err
    assert str(place.outbox / f"{SAMPLE}.json") in done.err
    assert not (place.outbox / f"{SAMPLE}-scan.json").exists(), "nobody could read it"


@needs_tesseract
def test_where_text_recognition_is_installed_a_scan_is_read_beside_it(tmp_path: Path) -> None:
    place = Place(tmp_path, server=NOBODY)

    done = place.run("demo")

    assert done.code == 0, done.err
    manifest = json.loads((place.outbox / f"{SAMPLE}-scan.json").read_bytes())
    (page,) = manifest["pages"]
    assert (manifest["outcome"], page["method"], page["tables"]) == ("complete", "ocr", 1)


def test_with_a_server_its_model_reads_the_sample(tmp_path: Path) -> None:
    with Simulator(Setup()) as simulator:
        place = Place(tmp_path, server=simulator.url, ocr={"engine": "off"})
        done = place.run("demo")

    assert "reads the pages." in done.err
    assert "The built-in engine" not in done.err
    manifest = json.loads((place.outbox / f"{SAMPLE}.json").read_bytes())
    assert all(page["attempts"] for page in manifest["pages"])


def test_beside_a_daemon_the_sample_is_a_drop_like_any_other(tmp_path: Path) -> None:
    place = Place(tmp_path, server=NOBODY)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")
        done = place.run("demo")
        assert done.code == 0, done.err
        assert "A daemon is at work here" in done.err
        daemon.wait_for("published", document=f"{SAMPLE}.pdf")
