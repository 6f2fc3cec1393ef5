"""The commands of a cluster, as far as they end by themselves."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.commands import cluster_commands  # noqa: F401 — enters its commands into the program
from pipeline.commands.application import app


def run(*arguments: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, list(arguments))
    return done.exit_code, done.output + done.stderr


def test_certificates_are_made_and_taken_back_by_one_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)

    code, said = run("cluster-keys", "scheduler", "alpha", "10.0.0.7")
    assert code == 0
    assert all(f"cluster-keys/{name}\n" in said for name in ("scheduler", "alpha", "10.0.0.7"))
    assert "ca.key goes" in said
    assert sorted(path.name for path in Path("cluster-keys/alpha").iterdir()) == ["ca.pem", "cert.pem", "key.pem"]

    before = Path("cluster-keys/scheduler/ca.pem").read_bytes()
    code, said = run("cluster-keys", "alpha", "--revoke")
    assert code == 0
    assert "cluster-keys/scheduler/ca.pem" in said
    assert Path("cluster-keys/scheduler/ca.pem").read_bytes() != before
