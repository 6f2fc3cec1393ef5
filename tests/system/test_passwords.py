"""PDFs that open only with a password: from the settings, entered on the page, and never told to anybody."""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from daemons import Daemon, Place, until
from delivery import deliveries_in
from odd_pdfs import encrypted_pdf
from page_requests import get, ident_of, post
from simulator import Latency, Setup, Simulator

SECRETS = ("open-sesame-1", "open-sesame-2", "open-sesame-3")


def drop_locked(place: Place, name: str, password: str) -> None:
    place.drop(lambda path: encrypted_pdf(path, 2, password=password.encode()), name)


def enter(url: str, name: str, password: str) -> None:
    """Have the page take a password, as soon as it knows that the document has failed."""
    until(lambda: post(url, f"/api/documents/{ident_of(url, name, 'failed')}/password", password.encode())[0] == 202)


def files_of(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*"):
        if path.is_file() and path.name != "password":
            yield path.read_bytes()


def command_lines(daemon: Daemon) -> str:
    words = []
    for each in daemon.processes():
        with suppress(psutil.NoSuchProcess):
            words += [*each.cmdline(), *each.environ().values()]
    return " ".join([*words, *psutil.Process(daemon.pid).cmdline()])


@pytest.mark.parametrize("engine", ["lmstudio", "basic"])
def test_passwords_are_tried_in_order_and_nobody_gets_to_know_them(tmp_path: Path, engine: str) -> None:
    held = tmp_path / "held"
    held.write_text(SECRETS[1] + "\n")
    settings = {"engine": engine, "workers": 2, "web": {"port": 0}, "log": {"level": "debug", "format": "json"}}
    with Simulator(Setup(slots=2, latency=Latency(seconds=0.05))) as sim:
        known = ["wrong", SECRETS[0], f"${{file:{held}}}"]
        place = Place(tmp_path, **{"server": sim.url, "passwords": known, **settings})  # type: ignore[arg-type]  # fits
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            for secret in SECRETS:
                drop_locked(place, f"{secret[-1]}.pdf", secret)
            daemon.wait_for("published", document="1.pdf")
            daemon.wait_for("published", document="2.pdf")
            failed = str(daemon.wait_for("failed", document="3.pdf")["error"])
            assert "none of the 3 known ones" in failed
            assert json.loads((place.outbox / "failed" / "3.json").read_bytes())["error"]["code"] == "encrypted"
            assert get(url, f"/documents/{ident_of(url, '1.pdf', 'complete')}/pages/2/picture")[0] == 200

            enter(url, "3.pdf", "nonsense")
            daemon.wait_for("failed", document="3.pdf", count=2)
            enter(url, "3.pdf", SECRETS[2])
            daemon.wait_for("published", document="3.pdf")
            assert get(url, f"/documents/{ident_of(url, '3.pdf', 'complete')}/pages/1/picture")[0] == 200
            told = json.dumps(daemon.lines) + command_lines(daemon) + get(url, "/api/status")[1].decode()
            kept = b"".join(files_of(place.outbox))
            assert daemon.stop() == 0
    found = deliveries_in(place.outbox)
    method = "vision" if engine == "lmstudio" else "text_layer"
    assert {name: each.methods for name, each in found.items()} == {str(number): {method: 2} for number in (1, 2, 3)}
    assert not [secret for secret in (*SECRETS, "nonsense") if secret in told or secret.encode() in kept]
    assert place.left_behind() == []


def test_an_entered_password_outlives_a_kill_in_a_file_that_only_its_owner_can_read(tmp_path: Path) -> None:
    with Simulator(Setup(slots=1, latency=Latency(seconds=30.0))) as sim:
        place = Place(tmp_path, server=sim.url, workers=1, web={"port": 0})
        drop_locked(place, "a.pdf", "open-sesame")
        with Daemon(place) as daemon:
            url = str(daemon.wait_for("web_page")["url"])
            daemon.wait_for("failed", document="a.pdf")
            enter(url, "a.pdf", "open-sesame")
            daemon.wait_for("begun", document="a.pdf")
            (file,) = (place.outbox / ".dropleaf" / "work").glob("*/password")
            assert file.stat().st_mode & 0o777 == 0o600
        place.write_settings(engine="basic")
        assert place.watch_once() == 0
    assert deliveries_in(place.outbox)["a"].methods == {"text_layer": 2}
    assert place.left_behind() == []
