"""What the tests rest on: a daemon that starts warm is one that starts cold, but for the time that it takes."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import yaml
from warm_start import HAS_WARM_START, WarmInterpreter, WarmProcess

pytestmark = pytest.mark.skipif(not HAS_WARM_START, reason="daemons start cold here")


@pytest.fixture(scope="module")
def interpreter() -> Iterator[WarmInterpreter]:
    interpreter = WarmInterpreter()
    yield interpreter
    interpreter.close()


def started(interpreter: WarmInterpreter, root: Path, **settings: object) -> WarmProcess:
    (root / "inbox").mkdir()
    (root / "settings.yaml").write_text(
        yaml.safe_dump({"engine": "basic", "web": {"enabled": False}, "workers": 1, **settings})
    )
    environment = {**os.environ, "DROPLEAF_LOG__FORMAT": "json"}
    return interpreter.start(["watch"], folder=root, environment=environment)


def test_it_has_a_session_a_folder_an_environment_a_log_and_an_end_of_its_own(
    interpreter: WarmInterpreter, tmp_path: Path
) -> None:
    process = started(interpreter, tmp_path)
    with process.stderr as log:
        started_line = next(line for line in log if b'"started"' in line)

        assert json.loads(started_line)["inbox"] == str(tmp_path / "inbox")
        assert os.getsid(process.pid) == process.pid
        assert psutil.Process(process.pid).cwd() == str(tmp_path)
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        assert [json.loads(line)["event"] for line in log][-1] == "stopped"


def test_a_killed_one_says_so_and_one_that_runs_is_waited_for(interpreter: WarmInterpreter, tmp_path: Path) -> None:
    process = started(interpreter, tmp_path)
    with process.stderr as log:
        log.readline()
        with pytest.raises(subprocess.TimeoutExpired):
            process.wait(0.01)

        process.kill()

        assert process.wait(60) == -signal.SIGKILL
        process.kill()  # as of any process that has ended: nothing


def test_settings_that_are_wrong_end_it_with_their_exit_code(interpreter: WarmInterpreter, tmp_path: Path) -> None:
    process = started(interpreter, tmp_path, engin="basic")
    with process.stderr as log:
        assert process.wait(60) == 78
        assert b"engin: is not a setting" in log.read()
