import json
import re
import signal
import subprocess
import sys
import time
from importlib.metadata import version
from pathlib import Path

import pytest
from daemons import COMMAND, PATIENCE_S, Daemon, Place, names_below, until
from delivery import delivery_of, html_to_sections, result_files
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf
from simulator import Fault, Latency, Model, Rule, Setup, Simulator
from terminals import run_on_a_terminal, without_escapes

UNREACHABLE = "http://127.0.0.1:9/v1"


# -- convert --------------------------------------------------------------------------------------------------------


def test_convert_leaves_originals_and_no_working_state(tmp_path: Path) -> None:
    place = Place(tmp_path)
    first, second = (numbered_pdf(tmp_path / f"{name}.pdf", 3) for name in "ab")
    before = first.read_bytes()

    done = place.run("convert", str(first), str(second), "-o", "results")

    assert done.code == 0
    assert done.out == ""
    assert "a.pdf: 3 of 3 pages" in done.err
    assert "complete" in done.err
    assert first.read_bytes() == before
    assert names_below(tmp_path / "results") == sorted(result_files("a", "b", original=False))
    assert sorted(path.name for path in (tmp_path / "results").iterdir()) == names_below(tmp_path / "results")
    assert delivery_of(tmp_path / "results" / "a.json").methods == {"text_layer": 3}
    assert not place.outbox.exists()
    assert list(place.temporary.iterdir()) == []


def test_convert_takes_the_pages_that_are_asked_for(tmp_path: Path) -> None:
    place = Place(tmp_path)
    numbered_pdf(tmp_path / "r.pdf", 9)

    done = place.run("convert", "r.pdf", "--pages", "1-3,7,20")

    assert done.code == 0
    found = delivery_of(place.outbox / "r.json", only=(1, 2, 3, 7))
    assert found.page_count == 9


def test_pages_that_are_not_there_are_a_mistake_of_the_command_and_leave_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    numbered_pdf(tmp_path / "short.pdf", 3)
    numbered_pdf(tmp_path / "long.pdf", 10)

    alone = place.run("convert", "short.pdf", "--pages", "9-12")
    left = place.outbox.exists()
    both = place.run("convert", "short.pdf", "long.pdf", "--pages", "9-12")

    assert (alone.code, left) == (64, False)
    assert "short.pdf: It has 3 pages; none of those that are asked for is among them." in alone.err
    assert both.code == 64
    assert "long.pdf has 10 pages; the others that were asked for are not there." in both.err
    assert names_below(place.outbox) == sorted(result_files("long", original=False))


def test_convert_of_a_file_that_is_no_pdf_leaves_nothing(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "README.md").write_text("# Not a PDF\n")
    before = sorted(tmp_path.rglob("*"))

    done = place.run("convert", "README.md", "--save-answers", "answers")

    assert (done.code, "README.md: is neither a PDF nor a picture" in done.err) == (64, True)
    assert sorted(tmp_path.rglob("*")) == before


def test_convert_by_another_engine_than_the_settings(tmp_path: Path) -> None:
    place = Place(tmp_path, server=UNREACHABLE)
    numbered_pdf(tmp_path / "r.pdf", 2)

    done = place.run("convert", "r.pdf", "--engine", "basic")

    assert done.code == 0
    assert delivery_of(place.outbox / "r.json").outcome == "complete"


def test_convert_shows_pages_fallbacks_and_time_on_a_terminal(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, latency=Latency(seconds=0.4), rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        numbered_pdf(tmp_path / "r.pdf", 12)

        code, shown = run_on_a_terminal(place, "convert", "r.pdf")

    assert code == 3
    plain = without_escapes(shown)
    assert "r.pdf" in plain
    assert re.search(r"[1-9]/12 pages", plain)
    assert re.search(r"✓ 1 of 1 documents · 12 pages .*1 fell back", plain)
    assert "partial" in plain
    assert shown.count("\x1b[?25h") == shown.count("\x1b[?25l")  # the cursor is back


def test_convert_says_plain_lines_where_there_is_no_terminal(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url)
        numbered_pdf(tmp_path / "r.pdf", 4)

        done = place.run("convert", "r.pdf")

    assert done.code == 3
    assert "r.pdf: 4 of 4 pages, 1 fell back" in done.err
    assert "\x1b" not in done.err
    assert delivery_of(place.outbox / "r.json").reasons == {2: "empty"}


def test_convert_tells_what_failed_by_its_exit_code(tmp_path: Path) -> None:
    place = Place(tmp_path)
    not_a_pdf(tmp_path / "page.pdf")
    numbered_pdf(tmp_path / "good.pdf", 1)

    done = place.run("convert", "page.pdf", "good.pdf")

    assert done.code == 1
    assert delivery_of(place.outbox / "good.json").outcome == "complete"
    assert delivery_of(place.outbox / "failed" / "page.json").code == "unreadable"
    assert (tmp_path / "page.pdf").exists()


def test_convert_of_two_files_of_one_name_gives_two_results(tmp_path: Path) -> None:
    place = Place(tmp_path)
    for number in (1, 2):
        (tmp_path / str(number)).mkdir()
        numbered_pdf(tmp_path / str(number) / "r.pdf", number)

    done = place.run("convert", "1/r.pdf", "2/r.pdf")

    assert done.code == 0
    assert names_below(place.outbox) == sorted(result_files("r", "r-2", original=False))


def test_convert_works_beside_a_running_daemon_on_the_same_outbox(tmp_path: Path) -> None:
    place = Place(tmp_path)
    numbered_pdf(tmp_path / "r.pdf", 2)
    with Daemon(place) as daemon:
        daemon.wait_for("inbox_watched")

        done = place.run("convert", "r.pdf")

        assert done.code == 0
        assert daemon.stop() == 0
    assert delivery_of(place.outbox / "r.json").outcome == "complete"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_convert_ends_at_once_and_leaves_nothing(tmp_path: Path, number: signal.Signals) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url)
        numbered_pdf(tmp_path / "r.pdf", 5)
        process = subprocess.Popen(
            [*COMMAND, "convert", "r.pdf"], cwd=tmp_path, env=place.environment(), stderr=subprocess.PIPE
        )
        sim.wait_until(lambda sim: sim.in_flight == 5)

        process.send_signal(number)
        _, shown = process.communicate(timeout=PATIENCE_S)

    assert process.returncode == 130
    assert b"Interrupted: 1 of 1 documents are not converted; they are where they were." in shown
    assert b"Traceback" not in shown
    assert not (place.outbox / ".dropleaf").exists()
    assert names_below(place.outbox) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_convert_that_is_interrupted_ten_times_ends_and_leaves_nothing(
    tmp_path: Path, number: signal.Signals
) -> None:
    with Simulator(Setup(slots=5, rules=(Rule(Fault.HANG),))) as sim:
        place = Place(tmp_path, server=sim.url)
        numbered_pdf(tmp_path / "r.pdf", 5)
        command = [*COMMAND, "convert", "r.pdf"]
        process = subprocess.Popen(command, cwd=tmp_path, env=place.environment(), stderr=subprocess.DEVNULL)
        sim.wait_until(lambda sim: sim.in_flight == 5)

        try:
            for _ in range(10):
                process.send_signal(number)
                time.sleep(0.005)
            code = process.wait(PATIENCE_S)
        finally:
            process.kill()

    assert code in {130, -number}
    assert not (place.outbox / ".dropleaf").exists()
    assert names_below(place.outbox) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_comes_while_a_convert_closes_interrupts_nothing(tmp_path: Path, number: signal.Signals) -> None:
    place = Place(tmp_path, engine="basic")
    numbered_pdf(tmp_path / "r.pdf", 1)
    program = f"""
import os, sys
from pipeline.commands.main import main
from pipeline.dispatch.converter import Converter

def interrupted(converter, close=Converter.close):
    os.kill(os.getpid(), {int(number)})
    close(converter)

if __name__ == "__main__":
    Converter.close = interrupted
    sys.argv = ["dropleaf", "convert", "r.pdf", "-o", "out", "--settings", {str(place.file)!r}]
    main()
"""
    command = [sys.executable, "-c", program]
    process = subprocess.Popen(command, cwd=tmp_path, env=place.environment(), stderr=subprocess.DEVNULL)
    try:
        code = process.wait(PATIENCE_S)
    finally:
        process.kill()

    assert code == 0
    assert not (tmp_path / "out" / ".dropleaf").exists()
    assert delivery_of(tmp_path / "out" / "r.json").outcome == "complete"


# -- usage and settings -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("convert",),
        ("convert", "missing.pdf"),
        ("convert", "inbox"),
        ("convert", "r.pdf", "--pages", "3-1"),
        ("convert", "r.pdf", "--pages", "x"),
        ("convert", "r.pdf", "--engine", "magic"),
        ("watch", "--unknown"),
        ("dance",),
        ("watch", "--inbox", "one", "--outbox", "one/two"),
    ],
)
def test_a_command_that_makes_no_sense_ends_with_64(tmp_path: Path, arguments: tuple[str, ...]) -> None:
    place = Place(tmp_path)
    numbered_pdf(tmp_path / "r.pdf", 1)

    done = place.run(*arguments)

    assert done.code in ({64} if "--outbox" not in arguments else {64, 78})
    assert done.out == ""
    assert done.err
    assert "Traceback" not in done.err


def test_every_problem_of_the_settings_is_told_at_once(tmp_path: Path) -> None:
    place = Place(tmp_path)
    place.write_settings(workers=0, engin="basic", timeouts={"page": "soon"}, servers=[{"url": "ftp://x"}])

    done = place.run("watch", "--once")

    assert done.code == 78
    assert done.out == ""
    for words in ("workers", "engin", "did you mean engine?", "timeouts.page", "servers.0.url"):
        assert words in done.err


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    place = Place(tmp_path, server=UNREACHABLE)
    numbered_pdf(tmp_path / "r.pdf", 1)

    done = place.run("convert", "r.pdf", DROPLEAF_ENGINE="basic", DROPLEAF_TIMEOUTS__PAGE="61", DROPLEAF_WORKERS="2")

    assert done.code == 0
    settings = json.loads((place.outbox / "r.json").read_bytes())["settings"]
    assert settings == {"engine": "basic", "workers": 2, "page_timeout_s": 61, "document_timeout_s": 300}


def test_a_misspelt_variable_of_the_environment_is_told(tmp_path: Path) -> None:
    done = Place(tmp_path).run("status", DROPLEAF_TIMEOUT__PAGE="61")

    assert done.code == 78
    assert "DROPLEAF_TIMEOUT__PAGE" in done.err


def test_folders_of_the_command_line_come_before_those_of_the_settings(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "in").mkdir()
    numbered_pdf(tmp_path / "in" / "r.pdf", 1)

    done = place.run("watch", "--once", "--inbox", "in", "--outbox", "out")

    assert done.code == 0
    assert names_below(tmp_path / "out") == sorted(result_files("r"))


def test_the_version_is_printed(tmp_path: Path) -> None:
    done = Place(tmp_path).run("--version")

    assert (done.code, done.out.strip(), done.err) == (0, version("dropleaf"), "")


# -- status -----------------------------------------------------------------------------------------------------------


def test_status_tells_page_by_page_what_is_going_on(tmp_path: Path) -> None:
    with Simulator(Setup(slots=3, rules=(Rule(Fault.HANG, documents=(2,)),))) as sim:
        place = Place(tmp_path, server=sim.url, workers=3, timeouts={"stop": 0.2})
        with Daemon(place) as daemon:
            place.drop(lambda path: numbered_pdf(path, 1), "done.pdf")
            place.drop(not_a_pdf, "bad.pdf")
            daemon.wait_for("published", document="done.pdf")
            daemon.wait_for("failed", document="bad.pdf")
            (place.inbox / "late.pdf.part").write_bytes(b"")
            place.drop(lambda path: numbered_pdf(path, 4, document=2), "hangs.pdf")
            sim.wait_until(lambda sim: sim.in_flight == 3)
            daemon.wait_for("begun", document="hangs.pdf")

            until(lambda: has_three_pages_in_work(place))
            told = place.run("status", "--json")
            shown = place.run("status")

            assert daemon.stop() == 0
    assert (told.code, told.err) == (0, "")
    facts = json.loads(told.out)
    assert facts["daemon"]["running"] is True
    assert facts["daemon"]["pid"] == daemon.pid
    [document] = facts["running"]
    assert (document["name"], document["phase"], document["pages"]) == ("hangs.pdf", "converting", 4)
    assert {page["number"] for page in document["running"]} == {1, 2, 3}
    assert {page["step"] for page in document["running"]} == {"request"}
    assert {page["server"] for page in document["running"]} == {sim.url}
    assert [each["document"]["name"] for each in facts["done"]] == ["done.pdf"]
    assert [each["error"]["code"] for each in facts["failed"]] == ["unreadable"]
    assert shown.code == 0
    assert shown.out == ""
    for words in ("running", "hangs.pdf", "done.pdf", "bad.pdf", "1 done", "1 failed"):
        assert words in shown.err


def has_three_pages_in_work(place: Place) -> bool:
    """Whether the daemon's snapshot has caught up with the server."""
    documents = json.loads((place.outbox / ".dropleaf" / "status.json").read_bytes())["documents"]
    return bool(documents) and [page["step"] for page in documents[0]["running"]] == ["request"] * 3


def test_status_without_a_daemon_tells_what_was_left(tmp_path: Path) -> None:
    place = Place(tmp_path)
    numbered_pdf(place.inbox / "waits.pdf", 1)

    done = place.run("status", "--json")

    facts = json.loads(done.out)
    assert facts["daemon"]["running"] is False
    assert facts["waiting"] == ["waits.pdf"]
    assert (facts["running"], facts["done"], facts["failed"]) == ([], [], [])
    assert not place.outbox.exists()


@pytest.mark.parametrize("command", ["status", "doctor"])
def test_output_that_cannot_be_written_is_said_to_be_so(tmp_path: Path, command: str) -> None:
    place = Place(tmp_path)
    words = [*COMMAND, command, "--json", "--settings", str(place.file)]
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            words, cwd=tmp_path, stdout=full, stderr=subprocess.PIPE, text=True, timeout=PATIENCE_S, check=False
        )

    assert done.returncode == 70
    assert done.stderr == "dropleaf: the output cannot be written: No space left on device\n"


# -- doctor -----------------------------------------------------------------------------------------------------------


def findings(place: Place) -> tuple[int, dict[str, list[dict[str, str]]]]:
    """Exit code and what was found, by subject."""
    done = place.run("doctor", "--json")
    assert done.err == ""
    found: dict[str, list[dict[str, str]]] = {}
    for each in json.loads(done.out):
        found.setdefault(each["subject"], []).append(each)
    return done.code, found


def test_doctor_finds_a_good_server_good(tmp_path: Path) -> None:
    with Simulator(Setup(slots=5)) as sim:
        place = Place(tmp_path, server=sim.url)

        code, found = findings(place)
        shown = place.run("doctor")

        assert [record.page for record in sim.chats] == [None, None]  # a picture of its own each time, no page
    assert code == 0
    server = found[f"server {sim.url}"]
    assert server[0]["health"] == "ok"
    assert "qwen2.5-vl-7b-instruct" in server[0]["detail"]
    assert any("takes a picture" in each["detail"] for each in server)
    assert {"inbox", "outbox", "disk", "daemon", "inotify", "text recognition"} <= found.keys()
    assert shown.code == 0
    assert shown.out == ""
    assert "✓" in shown.err
    assert list(place.inbox.iterdir()) == []
    assert not place.outbox.exists()


@pytest.mark.parametrize(
    ("setup", "words"),
    [
        (Setup(models=(Model(id="text-only", vision=False),)), "vision"),
        (Setup(models=()), "model"),
        (Setup(api_key="secret"), "key"),
    ],
)
def test_doctor_says_what_is_wrong_with_a_server_and_what_to_do(tmp_path: Path, setup: Setup, words: str) -> None:
    with Simulator(setup) as sim:
        code, found = findings(Place(tmp_path, server=sim.url))

    assert code == 1
    [server] = found[f"server {sim.url}"]
    assert server["health"] == "fault"
    assert words in server["detail"]
    assert server["advice"]


def test_doctor_finds_a_server_that_is_not_there(tmp_path: Path) -> None:
    code, found = findings(Place(tmp_path, server=UNREACHABLE))

    assert code == 1
    assert found[f"server {UNREACHABLE}"][0]["health"] == "fault"
    assert "Start the server" in found[f"server {UNREACHABLE}"][0]["detail"]


@pytest.mark.linux
def test_doctor_says_how_many_workers_fit_the_server_and_all_is_green(tmp_path: Path) -> None:
    with Simulator(Setup(dialect="llama.cpp", slots=4)) as sim:
        code, found = findings(Place(tmp_path, server=sim.url, web={"port": 0}))

    assert code == 0
    assert "There are 5 workers, and the server can take 4 pages at once." in found["workers"][0]["detail"]
    assert {each["health"] for all_of_one in found.values() for each in all_of_one} == {"ok"}


def test_doctor_finds_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    place = Place(tmp_path)
    (tmp_path / "file").write_text("")
    place.write_settings(outbox="file/outbox")

    code, found = findings(place)

    assert code == 1
    assert found["outbox"][0]["health"] == "fault"


def test_html_sections_are_found_in_what_convert_writes(tmp_path: Path) -> None:
    place = Place(tmp_path)
    numbered_pdf(tmp_path / "r.pdf", 2)
    place.run("convert", "r.pdf")

    sections = html_to_sections((place.outbox / "r.html").read_text())

    assert [head for head, _ in sections] == [
        f'<section class="page" id="page-{number}" data-page="{number}" data-method="text_layer">' for number in (1, 2)
    ]
