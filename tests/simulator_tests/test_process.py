"""The simulator as a process: one command, killed and started again, steered over HTTP."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from raw_http import RawClient, chat_body
from simulator import Fault, Mark, Rule, Simulator, SimulatorProcess, mark_to_png
from simulator.jsons import Json

PNG = mark_to_png(Mark(document=7, page=2))
TESTS = Path(__file__).resolve().parents[1]


@pytest.fixture
def process() -> Iterator[SimulatorProcess]:
    with SimulatorProcess("--dialect", "llama.cpp", "--latency", "0") as running:
        yield running


def ask(process: SimulatorProcess) -> int:
    with RawClient(process.root) as client:
        return client.chat(chat_body(PNG)).status


def test_a_killed_process_comes_back_on_its_port(process: SimulatorProcess) -> None:
    assert ask(process) == 200
    url = process.url

    process.kill()
    with pytest.raises(ConnectionRefusedError):
        RawClient(process.root)
    process.start()

    assert process.url == url
    assert ask(process) == 200


def test_rules_are_changed_and_the_log_is_read_over_http(process: SimulatorProcess) -> None:
    process.set_rules(Rule(Fault.SERVER_ERROR, pages=(2,), times=1))
    statuses = [ask(process), ask(process)]
    process.set_rules()

    requests = process.log()["requests"]
    assert isinstance(requests, list)
    chats = [request for request in requests if isinstance(request, dict) and request["chat"]][-2:]
    assert statuses == [500, 200]
    assert [(chat["page"], chat["fault"], chat["outcome"]) for chat in chats] == [
        (2, "server_error", "fault"),
        (2, "", "completed"),
    ]


WRONG: tuple[tuple[str, str, Json, int], ...] = (
    ("POST", "/simulator/rules", {"rules": [{"fault": "nonsense"}]}, 400),
    ("POST", "/simulator/rules", {"rules": 3}, 400),
    ("POST", "/simulator/rules", "{", 400),
    ("GET", "/simulator/rules", None, 200),
    ("GET", "/simulator/nothing", None, 404),
)


@pytest.mark.parametrize(("method", "path", "body", "status"), WRONG)
def test_a_wrong_control_request_is_refused(method: str, path: str, body: Json, status: int) -> None:
    with Simulator() as sim, RawClient(sim.root) as client:
        assert client.ask(method, path, body).status == status


def test_a_process_says_that_it_is_a_simulation_and_ends_on_interrupt() -> None:
    command = [sys.executable, "-m", "simulator", "--port", "0", "--latency", "0", "--fault", "empty:pages=9"]
    with subprocess.Popen(command, cwd=TESTS, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        with RawClient(process.stdout.readline().strip()) as client:
            assert client.chat(chat_body(PNG)).status == 200
        process.send_signal(2)
        told = process.stderr.read()

    assert process.returncode == 0
    assert "This is a SIMULATION of a model server" in told
    assert "page 2 of document 7, plain" in told


def test_a_port_in_use_is_reported(process: SimulatorProcess) -> None:
    port = process.root.rpartition(":")[2]

    second = subprocess.run(
        [sys.executable, "-m", "simulator", "--port", port], cwd=TESTS, capture_output=True, text=True, check=False
    )

    assert second.returncode == 1
    assert f"Port {port} cannot be used" in second.stderr


def test_a_process_that_does_not_start_is_reported() -> None:
    with pytest.raises(RuntimeError, match="did not start"):
        SimulatorProcess("--fault", "nonsense").start()


def test_a_page_can_kill_the_process() -> None:
    with SimulatorProcess("--latency", "0", "--fault", "die:pages=2") as process:
        with RawClient(process.root) as client:
            client.request("POST", "/v1/chat/completions", chat_body(PNG))
            assert client.receive().ended in {"closed", "reset"}
        process.wait()
        with pytest.raises(ConnectionRefusedError):
            RawClient(process.root)
