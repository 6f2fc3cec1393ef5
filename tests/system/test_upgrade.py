"""An outbox that release 0.1.0 has left when it was killed, in the hands of this release.

``outbox-0.1.0`` was made by that release with the simulator: three documents with results, of one of which a page fell
back and of one the name is no UTF-8; one that was rejected; and one of three pages in work (``state`` is its
``.dropleaf``), of which two were finished.
"""

import json
import shutil
from pathlib import Path

import pytest
from daemons import Place
from delivery import deliveries_in
from pdfs import numbered_pdf
from simulator import Setup, Simulator

from pipeline.results.published import read_published

_SAVED = Path(__file__).parents[1] / "results" / "outbox-0.1.0"
#: As it was then: finished pages are thrown away where the settings are others.
_SERVER = "http://127.0.0.1:47113/v1"


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path, server=_SERVER)
    shutil.copytree(_SAVED, place.outbox)
    (place.outbox / "state").rename(place.outbox / ".dropleaf")
    return place


def test_status_tells_of_all_of_it(place: Place) -> None:
    facts = json.loads(place.run("status", "--json").out)

    assert {each["manifest"]: each["outcome"] for each in facts["done"]} == {
        "bytes.json": "complete",
        "fell.json": "partial",
        "sub/whole.json": "complete",
    }
    assert [(each["manifest"], each["error"]["code"]) for each in facts["failed"]] == [
        ("failed/broken.json", "unreadable")
    ]
    assert [(each["name"], each["phase"]) for each in facts["running"]] == [("half.pdf", "waiting")]
    assert "\udcff.pdf" in {each["document"]["name"][5:] for each in facts["done"]}


def test_the_document_in_work_goes_on_and_its_finished_pages_stay(place: Place) -> None:
    (records,) = (place.outbox / ".dropleaf" / "work").glob("*/pages")
    finished = [path.read_text().partition("\n")[2] for path in sorted(records.iterdir())]

    assert place.watch_once() == 0

    assert deliveries_in(place.outbox)["half"].methods == {"vision": 2, "text_layer": 1}
    assert [record.html for record in read_published(place.outbox / "half.json").pages()][:2] == finished
    assert place.left_behind() == []


def test_retry_asks_for_the_page_that_fell_back(place: Place) -> None:
    with Simulator(Setup()) as sim:
        place.write_settings(servers=[{"url": sim.url}])

        done = place.run("retry", "fell")

        assert done.code == 0, done.err
        assert [record.page for record in sim.chats] == [2]
    assert deliveries_in(place.outbox)["fell"].methods == {"vision": 2}


def test_the_same_file_dropped_again_replaces_its_results(place: Place) -> None:
    place.drop(lambda path: numbered_pdf(path, 2, document=2), "fell.pdf")

    assert place.watch_once() == 0

    assert set(deliveries_in(place.outbox)) == {"bytes", "fell", "sub/whole", "half", "failed/broken"}
    assert deliveries_in(place.outbox)["fell"].methods == {"text_layer": 2}
