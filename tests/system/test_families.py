"""What a model's first answers show of its family, remembered for all workers and shown to the user."""

import json
import re
import signal
from pathlib import Path

import pytest
from daemons import Daemon, Place, until
from pdfs import numbered_pdf
from simulator import Ask, Model, Record, Setup, Simulator
from simulator.answers import default_answer

from pipeline.status.snapshot import read_snapshot
from pipeline.vision.profiles.profiles import GENERAL

#: An id that says nothing of the model's family.
RENAMED = Setup(dialect="plain", models=(Model(id="our-vlm"),), slots=1, keep_bodies=True)


def answer_in_otsl(ask: Ask) -> str:
    """The simulator's answer, its table in special tokens."""
    html = re.sub(r"</t[dh]>|</?t(?:head|body)>|</?table>|<tr>", "", default_answer(ask))
    return re.sub(r"<t[dh]>", "<fcel>", html).replace("</tr>", "<nl>")


def asked_for_tokens(chats: tuple[Record, ...]) -> list[bool]:
    """Of each request with a picture whether it asks for special tokens, in order."""
    bodies = [json.loads(chat.received) for chat in chats if chat.page is not None]
    return [body.get("skip_special_tokens") is False for body in bodies]


def shows_family(outbox: Path) -> bool:
    """Whether the daemon shows what its server's answers are in."""
    snapshot = read_snapshot(outbox)
    return snapshot is not None and any(server.dialect for server in snapshot.servers)


def place_for(folder: Path, sim: Simulator, **settings: object) -> Place:
    return Place(folder, server=sim.url, workers=1, faithful="off", **settings)


@pytest.mark.slow
def test_a_family_that_the_first_answer_shows_is_kept_in_mind_through_a_reload_and_shown(tmp_path: Path) -> None:
    with Simulator(RENAMED) as sim:
        sim.set_answer(answer_in_otsl)
        place = place_for(tmp_path, sim)
        place.drop(lambda path: numbered_pdf(path, 3), "r.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("published")
            assert asked_for_tokens(sim.chats) == [False, True, True]
            place.write_settings(workers=2)
            daemon.send(signal.SIGHUP)
            daemon.wait_for("reloaded")
            daemon.wait_for("server_ready", count=2)
            until(lambda: shows_family(place.outbox))  # it shows its state a moment after it has logged it
            found = place.run("doctor")

            place.drop(lambda path: numbered_pdf(path, 1, document=2), "next.pdf")
            daemon.wait_for("published", count=2)

            assert asked_for_tokens(sim.chats)[-1:] == [True]
            state = json.loads(place.run("status", "--json").out)
    assert state["servers"][0]["family"] == f"{GENERAL.name}: answers in otsl, as seen"
    assert "answers in otsl, as the daemon has seen" in " ".join(found.err.split())


def test_the_dialect_of_the_settings_is_stronger_than_what_answers_show(tmp_path: Path) -> None:
    with Simulator(RENAMED) as sim:
        sim.set_answer(answer_in_otsl)
        place = place_for(tmp_path, sim, profiles={"ours": {"match": "our-vlm", "dialect": "html"}})
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")

        assert place.watch_once() == 0

        assert True not in asked_for_tokens(sim.chats)


def test_a_dialect_of_tokens_in_the_settings_asks_for_them_from_the_first_page_on(tmp_path: Path) -> None:
    with Simulator(RENAMED) as sim:
        sim.set_answer(answer_in_otsl)
        place = place_for(tmp_path, sim, profiles={"ours": {"match": "our-vlm", "dialect": "otsl"}})
        place.drop(lambda path: numbered_pdf(path, 2), "r.pdf")

        assert place.watch_once() == 0

        assert asked_for_tokens(sim.chats) == [True, True]
