"""What a user should know is said in the same words by the log, status, the page and /metrics."""

import json
import re
import sys
from pathlib import Path

import requests
from daemons import Daemon, Place, until
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator

from pipeline.conditions import PAUSED, files_not_read, inbox_deaf, is_of_other_model, only_model, other_model

# A daemon to which the system tells nothing of new files, as on a network share.
_NOTHING_TOLD = """
import runpy, sys
from pipeline.inbox import events, inbox
events._Hints.on_any_event = lambda *_: None
inbox._TOLD_WITHIN_S = 0.3
sys.argv[:] = sys.argv[3:]
runpy.run_module("pipeline", run_name="__main__", alter_sys=True)
"""
_DEAF = (sys.executable, "-c", _NOTHING_TOLD)


def test_both_sentences_about_another_model_are_told_apart_from_others() -> None:
    assert is_of_other_model(other_model("a", "b"))
    assert is_of_other_model(only_model("a", "b"))
    assert not is_of_other_model(PAUSED)


def test_what_is_not_right_is_told_everywhere_in_the_same_words(tmp_path: Path) -> None:
    with Simulator(Setup(dialect="llama.cpp")) as sim:
        servers = [{"url": sim.url, "model": "wanted"}]
        place = Place(
            tmp_path, servers=servers, engine="lmstudio", web={"port": 0}, workers=1, watch={"settle": 0.1, "rescan": 1}
        )
        place.drop(lambda path: path.write_bytes(b"words"), "letter.docx")
        with Daemon(place, within=_DEAF) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            other, unread = (
                only_model("qwen2.5-vl-7b-instruct", "wanted"),
                files_not_read(1, "letter.docx"),
            )
            notes = [
                str(daemon.wait_for("note", words=f"{sim.url}: {other}")["words"]),
                str(daemon.wait_for("left_alone", what=unread)["what"]),
            ]
            place.run("pause")
            notes.append(str(daemon.wait_for("note", words=PAUSED)["words"]))
            daemon.wait_for("paused", document="all")
            place.drop(lambda path: numbered_pdf(path, 1), "unheard.pdf")
            trouble = str(daemon.wait_for("inbox_deaf")["error"])
            until(lambda: {*notes, trouble} <= {*notes_of(place), *troubles_of(place)})

            metrics = requests.get(f"{url}/metrics", timeout=20).text
            shown = re.sub(r"\s+", " ", place.run("status").err)
            page = _first_event(url)
            place.run("resume")
            daemon.wait_for("note_over", words=PAUSED)
            assert daemon.stop() == 0

    assert trouble == inbox_deaf(str(place.inbox))
    assert {*notes} <= {*page["notes"]}
    assert page["troubles"] == [trouble]
    assert [words for words in (*notes, trouble) if words not in shown] == []
    assert all(f'kind="note",words="{words}"' in metrics for words in notes)
    assert f'kind="trouble",words="{trouble}"' in metrics
    assert 'dropleaf_batch_documents{state="all"} 1.0' in metrics
    assert 'dropleaf_batch_pages{state="finished"} 0.0' in metrics


def _first_event(url: str) -> dict[str, list[str]]:
    """The state as a browser gets it."""
    with requests.get(f"{url}/events", stream=True, timeout=20) as stream:
        line = next(line for line in stream.iter_lines() if line.startswith(b"data: "))
        found: dict[str, list[str]] = json.loads(line.removeprefix(b"data: "))
        return found


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


def troubles_of(place: Place) -> list[str]:
    """The troubles that status shows."""
    return list(json.loads(place.run("status", "--json").out)["troubles"])


def notes_of(place: Place) -> list[str]:
    """The notes that status shows."""
    return list(json.loads(place.run("status", "--json").out)["notes"])
