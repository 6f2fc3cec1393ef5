"""Pages on other machines: a real scheduler, real hosts and a real gateway, all on this machine."""

import json
import re
import shutil
import signal
import socket
from collections import Counter
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from cluster_hands import Cluster
from daemons import Daemon, Place, until
from delivery import deliveries_in
from made_pictures import drawn, saved, tiff
from namespaces import Namespaces, why_not
from ocr_hands import needs_tesseract
from odd_pdfs import encrypted_pdf
from pdfs import numbered_pdf
from shared_files import TABLES, needs_shared
from simulator import Latency, Setup, Simulator

from pipeline.cluster.keys import Authority, issue_all, revoke_all

#: What differs between two runs on one machine: times, and the names of this run.
_OF_A_RUN = {"started_at", "finished_at", "timings", "html_sha256", "files"}


def without_times(value: object) -> object:
    if isinstance(value, dict):
        return {key: without_times(each) for key, each in value.items() if key not in _OF_A_RUN}
    return [without_times(each) for each in value] if isinstance(value, list) else value


def results(place: Place, name: str) -> tuple[bytes, bytes, object]:
    manifest = json.loads((place.outbox / f"{name}.json").read_text())
    html = (place.outbox / f"{name}.html").read_bytes()
    return html, (place.outbox / f"{name}.tables.json").read_bytes(), without_times(manifest)


def folder(path: Path) -> Path:
    path.mkdir()
    return path


def convert(place: Place, samples: list[Path]) -> None:
    for sample in samples:
        shutil.copy(sample, place.inbox / sample.name)
    with Daemon(place, "--once") as daemon:
        assert daemon.wait(600) == 0
        assert daemon.of("sent_again") == daemon.of("worker_lost") == daemon.of("not_json") == []


def assert_same_results(tmp_path: Path, samples: list[Path]) -> None:
    here, there = Place(folder(tmp_path / "here")), folder(tmp_path / "there")
    with Cluster(tmp_path) as cluster:
        host = cluster.start_host("one")
        convert(here, samples)
        place = Place(there, pool=cluster.pool())
        convert(place, samples)

        assert host.says("page_done"), "its workers did the work"
        for sample in samples:
            assert results(place, sample.stem) == results(here, sample.stem), sample.name
        assert place.left_behind() == []


@needs_shared
def test_a_hosts_pages_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    assert_same_results(tmp_path, [min(TABLES.glob("*.pdf"), key=lambda path: path.stat().st_size)])


@needs_shared
@pytest.mark.slow
@pytest.mark.timeout(1300)
def test_many_samples_are_the_same_byte_for_byte(tmp_path: Path) -> None:
    assert_same_results(tmp_path, sorted(TABLES.glob("*.pdf"))[::3])


@needs_tesseract
@pytest.mark.slow
def test_pictures_passwords_folders_settings_and_saved_answers_are_a_hosts_too(tmp_path: Path) -> None:
    answers = folder(tmp_path / "answers")
    with Simulator(Setup(slots=2)) as sim, Cluster(tmp_path) as cluster:
        host = cluster.start_host("one")
        settings = {"passwords": ["wrong", "sesame"], "folders": {"plain/": {"engine": "basic"}}}
        place = Place(folder(tmp_path / "place"), server=sim.url, pool=cluster.pool(), **settings)
        place.drop(lambda path: path.write_bytes(saved(drawn(word="HARBOUR", size=(900, 1200)), "JPEG")), "plain/a.jpg")
        place.drop(lambda path: path.write_bytes(tiff([drawn("1", word="CRANE")] * 3, "group4")), "plain/b.tiff")
        place.drop(lambda path: encrypted_pdf(path, 2, password=b"sesame"), "c.pdf")
        place.drop(lambda path: path.write_bytes(saved(drawn(), "PNG")), "d.png")
        with Daemon(place, "--save-answers", str(answers)) as daemon:
            for name in ("a.jpg", "b.tiff", "c.pdf", "d.png"):
                daemon.wait_for("published", document=name)
            assert daemon.of("page_done") == daemon.of("worker_lost") == []
            assert daemon.stop() == 0
        done = [json.loads(line) for line in host.log.read_text().splitlines() if '"page_done"' in line]
    assert Counter(line["document"] for line in done) == {"a.jpg": 1, "b.tiff": 3, "c.pdf": 2, "d.png": 1}
    found = deliveries_in(place.outbox)
    assert [found[name].methods for name in ("plain/a", "plain/b", "c", "d")] == [
        {"ocr": 1},
        {"ocr": 3},
        {"vision": 2},
        {"vision": 1},
    ]
    assert "HARBOUR" in (place.outbox / "plain" / "a.html").read_text()
    assert sorted(path.name for path in answers.iterdir()) == [
        "c.page-0001.answer-1.txt",
        "c.page-0002.answer-1.txt",
        "d.page-0001.answer-1.txt",
    ]
    assert all(path.read_text() for path in answers.iterdir())
    assert "sesame" not in host.log.read_text() + json.dumps(daemon.lines)
    assert place.left_behind() == []


@pytest.mark.slow
def test_a_host_that_is_killed_costs_its_pages_in_work_an_attempt_and_nothing_else(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, latency=Latency(seconds=1.0))) as sim, Cluster(tmp_path) as cluster:
        one = cluster.start_host("one")
        cluster.start_host("two")
        place = Place(folder(tmp_path / "place"), server=sim.url, pool=cluster.pool())
        place.drop(lambda path: numbered_pdf(path, 8), "a.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined", count=2)
            until(lambda: sim.in_flight == 4)
            one.kill()
            daemon.wait_for("host_lost", host="one")
            daemon.wait_for("published")

            assert len(daemon.of("sent_again")) <= 2
            assert daemon.stop() == 0
        (found,) = deliveries_in(place.outbox).values()
        assert (found.outcome, set(found.methods)) == ("complete", {"vision"})
        assert len(sim.chats) <= 8 + 2


@pytest.mark.slow
def test_a_scheduler_that_hangs_costs_nothing_and_without_one_local_pages_go_on(tmp_path: Path) -> None:
    with Cluster(tmp_path) as cluster:
        cluster.start_host("one")
        place = Place(folder(tmp_path / "place"), pool=cluster.pool(local_too=True), workers=1)
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined")
            cluster.scheduler.send(signal.SIGSTOP)
            place.drop(lambda path: numbered_pdf(path, 3), "0.pdf")
            daemon.wait_for("no_cluster")
            daemon.wait_for("published", document="0.pdf")
            assert daemon.of("host_lost") == daemon.of("sent_again") == []
            cluster.scheduler.kill()
            daemon.wait_for("host_lost")
            place.drop(lambda path: numbered_pdf(path, 3), "a.pdf")
            daemon.wait_for("published", document="a.pdf")

            cluster.scheduler = cluster.start_scheduler()
            daemon.wait_for("host_joined", count=2)
            place.write_settings(pool=cluster.pool(local_too=False))
            daemon.send(signal.SIGHUP)
            daemon.wait_for("host_joined", count=3)
            place.drop(lambda path: numbered_pdf(path, 3), "b.pdf")
            daemon.wait_for("published", document="b.pdf")
            assert daemon.stop() == 0


@pytest.mark.slow
def test_the_death_of_the_gateway_costs_attempts_and_no_results(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, latency=Latency(seconds=1.0))) as sim, Cluster(tmp_path) as cluster:
        cluster.start_host("one")
        place = Place(folder(tmp_path / "place"), server=sim.url, pool=cluster.pool())
        place.drop(lambda path: numbered_pdf(path, 6), "a.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined")
            until(lambda: sim.in_flight == 2)
            (gateway,) = (each for each in daemon.workers() if each.ppid() == daemon.pid)
            gateway.kill()
            daemon.wait_for("published")
            assert daemon.stop() == 0
        (found,) = deliveries_in(place.outbox).values()
        assert (found.outcome, set(found.methods)) == ("complete", {"vision"})


@pytest.mark.slow
def test_a_host_that_stands_still_loses_its_pages_to_another_and_publishes_nothing_late(tmp_path: Path) -> None:
    with Simulator(Setup(slots=8, latency=Latency(seconds=1.0))) as sim, Cluster(tmp_path) as cluster:
        one = cluster.start_host("one")
        beat = {"silent": 1, "host": 2, "lost": 3}
        place = Place(folder(tmp_path / "place"), server=sim.url, pool=cluster.pool(beat=beat))
        place.drop(lambda path: numbered_pdf(path, 4), "a.pdf")
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined")
            until(lambda: sim.in_flight == 2)
            one.send(signal.SIGSTOP)
            daemon.wait_for("host_lost", host="one")
            cluster.start_host("two")
            daemon.wait_for("published")
            one.send(signal.SIGCONT)
            daemon.wait_for("host_joined", host="one", count=2)
            assert daemon.stop() == 0
        (found,) = deliveries_in(place.outbox).values()
        assert (found.outcome, set(found.methods)) == ("complete", {"vision"})
        assert not any(psutil.pid_exists(each.pid) for each in daemon.processes())


def assert_shown(place: Place, *hosts: str) -> None:
    """By status, with its table, and by doctor, which finds nothing wrong."""
    status = json.loads(place.run("status", "--json").out)
    assert [(each["slots"], each["state"]) for each in status["hosts"]] == [(2, "ready")] * len(hosts)
    shown = place.run("status", COLUMNS="120").err
    assert all(re.search(rf"{name} +│ 0 of 2 +│ ready", shown) for name in hosts), shown
    found = {each["subject"]: each["health"] for each in json.loads(place.run("doctor", "--json").out)}
    of_cluster = {"certificate", "scheduler", *(f"host {name}" for name in hosts)}
    assert {found.get(subject) for subject in of_cluster} == {"ok"}


@pytest.mark.slow
def test_only_machines_with_a_valid_certificate_take_part_and_a_revoked_one_is_shut_out(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    issue_all(keys, ["scheduler", "daemon", "one", "two"])
    expired = Authority(keys).issue("expired", days=-1)
    (foreign,) = issue_all(tmp_path / "others", ["foreign"])
    with Cluster(tmp_path, keys=keys) as cluster:
        refused = [cluster.start_host(each.name, folder=each, ready=False) for each in (expired, foreign)]
        cluster.start_host("one")
        # As on another machine: it keeps its old files, whatever the authority does.
        two = cluster.start_host("two", folder=shutil.copytree(keys / "two", tmp_path / "files of two"))
        place = Place(folder(tmp_path / "place"), pool=cluster.pool())
        with Daemon(place) as daemon:
            daemon.wait_for("host_joined", count=2)
            place.drop(lambda path: numbered_pdf(path, 3), "a.pdf")
            daemon.wait_for("published")
            for host in refused:
                host.wait_for("no_scheduler")
            assert {line["host"] for line in daemon.of("host_joined")} == {"one", "two"}
            assert_shown(place, "one", "two")

            revoke_all(keys, ["two"])
            daemon.wait_for("host_lost", host="two")
            two.wait_for("scheduler_lost")
            daemon.wait_for("host_joined", host="one", count=2)
            two.wait_for("no_scheduler")
            place.drop(lambda path: numbered_pdf(path, 3), "b.pdf")
            daemon.wait_for("published", document="b.pdf")
            assert len(daemon.of("host_joined")) == 3
            assert daemon.stop() == 0


@pytest.mark.slow
def test_without_a_certificate_nobody_is_heard_and_without_tls_only_this_machine_is(tmp_path: Path) -> None:
    keys = tmp_path / "keys"
    issue_all(keys, ["scheduler"])
    with Cluster(tmp_path, keys=keys) as cluster, socket.create_connection(("127.0.0.1", cluster.port)) as plain:
        plain.settimeout(20)
        plain.sendall(bytes(64))
        said = b""
        with suppress(ConnectionResetError):
            said = plain.recv(100)
        assert said[:1] in {b"", b"\x15"}, "the connection ends, with an alert of TLS at most"

    place = Place(folder(tmp_path / "place"))
    for command in (["scheduler", "--listen", "0.0.0.0"], ["worker", "--scheduler", "tcp://10.0.0.1:8786"]):
        done = place.run(*command)
        assert done.code == 64
        assert "without TLS" in done.err


@pytest.mark.slow
def test_a_host_whose_cable_is_out_loses_its_pages_and_works_again_when_it_is_back(tmp_path: Path) -> None:
    if problem := why_not():
        pytest.skip(problem)
    keys = tmp_path / "keys"
    issue_all(keys, ["scheduler", "daemon", "one", "two"])
    beat = {"silent": 1, "host": 2, "lost": 3}
    with Namespaces("one", "two") as network, Cluster(tmp_path, keys=keys, listen=network.here) as cluster:
        for name in ("one", "two"):
            cluster.start_host(name, within=network.within(name))
        with Simulator(Setup(slots=4, latency=Latency(seconds=1.0), host=network.here)) as sim:
            place = Place(folder(tmp_path / "place"), server=sim.url, pool=cluster.pool(beat=beat))
            place.drop(lambda path: numbered_pdf(path, 8), "a.pdf")
            with Daemon(place) as daemon:
                daemon.wait_for("host_joined", count=2)
                until(lambda: sim.in_flight == 4)
                network.unplug("one")
                daemon.wait_for("host_lost", host="one")
                daemon.wait_for("published")
                network.plug("one")
                daemon.wait_for("host_joined", host="one", count=2)
                assert daemon.stop() == 0
            (found,) = deliveries_in(place.outbox).values()
            assert (found.outcome, set(found.methods)) == ("complete", {"vision"})
