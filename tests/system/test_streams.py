"""Servers that end their streams in their own way: what ended in order is the model's page, and is asked for once."""

from pathlib import Path

import pytest
from daemons import Place
from delivery import delivery_of
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator


@pytest.mark.parametrize("fault", [Fault.NO_DONE, Fault.NO_FINISH])
def test_a_stream_without_one_of_its_ends_is_the_models_page(tmp_path: Path, fault: Fault) -> None:
    with Simulator(Setup(slots=2, rules=(Rule(fault),))) as sim:
        place = Place(tmp_path, server=sim.url)
        place.drop(lambda path: numbered_pdf(path, 3), "report.pdf")

        assert place.watch_once() == 0

        delivery = delivery_of(place.outbox / "report.json")
        assert (delivery.outcome, delivery.methods) == ("complete", {"vision": 3})
        assert sorted(record.mark.page for record in sim.chats if record.mark) == [1, 2, 3]
