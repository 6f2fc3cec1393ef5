import random
import shutil
from pathlib import Path
from string import ascii_lowercase

import pytest
from daemons import Daemon, Place, names_below
from delivery import Delivery, deliveries_in
from shared_files import TABLES, needs_shared
from simulator import Ask, Setup, Simulator

from pipeline.pictures.render import PdfFile

pytestmark = [needs_shared, pytest.mark.timeout(300)]


def page_counts() -> dict[str, int]:
    """Pages of every sample by its name without ending."""
    counts = {}
    for path in TABLES.glob("*.pdf"):
        with PdfFile(path) as pdf:
            counts[path.stem] = pdf.page_count
    return counts


def convert_all(place: Place) -> dict[str, Delivery]:
    """Every sample, through one run over a full inbox; each is checked, and nothing is left of the run."""
    for path in TABLES.glob("*.pdf"):
        shutil.copy(path, place.inbox / path.name)
    with Daemon(place, "--once") as daemon:
        assert daemon.wait(240) == 0
        assert not daemon.of("not_json")
        assert not daemon.of("worker_lost")
    assert names_below(place.inbox) == []
    assert place.left_behind() == []
    return deliveries_in(place.outbox)


@pytest.mark.slow
def test_every_sample_is_delivered_whole_by_basic_extraction(tmp_path: Path) -> None:
    found = convert_all(Place(tmp_path))

    assert {name: each.page_count for name, each in found.items()} == page_counts()
    assert {each.outcome for each in found.values()} == {"complete"}
    assert {method for each in found.values() for method in each.methods} <= {"text_layer", "ocr", "blank", "none"}
    assert sum(page.tables for each in found.values() for page in each.pages) >= len(found)


def long_answer(ask: Ask) -> str:
    """As much text as any sample page has, since less is not believed; another one for every picture."""
    dice = random.Random(ask.pictures[0].name)
    words = " ".join("".join(dice.choices(ascii_lowercase, k=dice.randint(3, 9))) for _ in range(900))
    return f"<p>{words}</p><table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>"


@pytest.mark.slow
def test_every_sample_is_delivered_whole_by_a_simulated_server(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, answer=long_answer)) as sim:
        found = convert_all(Place(tmp_path, server=sim.url, faithful="off"))

        assert sim.peak_in_flight <= 5
    assert {name: each.page_count for name, each in found.items()} == page_counts()
    assert {each.outcome for each in found.values()} == {"complete"}
    assert {method for each in found.values() for method in each.methods} <= {"vision", "blank"}
