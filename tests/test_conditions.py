"""What a user should know is said in the same words by the log, status, the page and /metrics."""

import json
import re
from pathlib import Path

import requests
from daemons import Daemon, Place, until
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator

from pipeline.conditions import PAUSED, is_of_other_model, only_model, other_model


def test_both_sentences_about_another_model_are_told_apart_from_others() -> None:
    assert is_of_other_model(other_model("a", "b"))
    assert is_of_other_model(only_model("a", "b"))
    assert not is_of_other_model(PAUSED)


def test_a_paused_queue_and_a_server_with_another_model_are_told_everywhere_in_the_same_words(tmp_path: Path) -> None:
    with Simulator(Setup(dialect="llama.cpp")) as sim:
        servers = [{"url": sim.url, "model": "wanted"}]
        place = Place(tmp_path, servers=servers, engine="lmstudio", web={"port": 0}, workers=1)
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            there = only_model("qwen2.5-vl-7b-instruct", "wanted")
            told = [str(daemon.wait_for("note", words=f"{sim.url}: {there}")["words"])]
            place.run("pause")
            told.append(str(daemon.wait_for("note", words=PAUSED)["words"]))
            until(lambda: set(told) <= set(notes_of(place)))

            metrics = requests.get(f"{url}/metrics", timeout=20).text
            shown = place.run("status").err
            on_page = requests.get(f"{url}/api/status", timeout=20).json()["notes"]
            place.run("resume")
            daemon.wait_for("note_over", words=PAUSED)
            assert daemon.stop() == 0

    assert set(told) <= set(on_page)
    assert all(words in re.sub(r"\s+", " ", shown) for words in told)
    assert all(f'kind="note",words="{words}"' in metrics for words in told)


def test_a_model_that_answers_in_place_of_another_is_told_until_the_right_one_answers(tmp_path: Path) -> None:
    with Simulator(Setup(rules=(Rule(Fault.OTHER_MODEL),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1)
        with Daemon(place) as daemon:
            place.drop(lambda path: numbered_pdf(path, 1), "first.pdf")
            daemon.wait_for("published", document="first.pdf")
            words = str(daemon.wait_for("note")["words"])
            sim.set_rules()
            place.drop(lambda path: numbered_pdf(path, 1), "second.pdf")
            daemon.wait_for("note_over", words=words)
            daemon.wait_for("published", document="second.pdf")
            assert daemon.stop() == 0

    assert words.startswith(f"{sim.url}: ")
    assert is_of_other_model(words)


def notes_of(place: Place) -> list[str]:
    """The notes that status shows."""
    return list(json.loads(place.run("status", "--json").out)["notes"])
