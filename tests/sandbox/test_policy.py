"""What a worker may get at, and what that leaves open."""

import subprocess
from pathlib import Path

import pytest
from chaos.traces import is_possible
from daemons import COMMAND, PATIENCE_S, Place
from sandboxed import needs_landlock, needs_seccomp, worker_in

from pipeline.sandbox.policy import Part, Policy, gaps_of, policy_for, policy_to_text, text_to_policy, try_out


def test_workers_may_connect_to_the_ports_of_the_servers() -> None:
    policy = policy_for(["http://[::1]:8080/v1", "https://models.example/v1"], readable=[], writable=[])

    assert policy.ports == (443, 8080)


@pytest.mark.parametrize(
    ("parts", "abi", "said"),
    [
        ((), 0, {"Landlock", "seccomp"}),
        ((Part.SECCOMP,), 0, {"Landlock"}),
        ((Part.LANDLOCK, Part.SECCOMP), 1, {"6.7"}),
        ((Part.LANDLOCK, Part.SECCOMP), 4, set()),
        ((Part.LANDLOCK,), 2, {"6.7", "seccomp", "6.2", "6.12"}),
        ((Part.LANDLOCK,), 5, {"seccomp", "6.12"}),
        ((Part.LANDLOCK,), 6, {"seccomp"}),
    ],
)
def test_what_an_older_kernel_leaves_open_is_said(parts: tuple[Part, ...], abi: int, said: set[str]) -> None:
    gaps = list(gaps_of(policy_for(["http://127.0.0.1/v1"], readable=[], writable=[]), parts, abi))

    assert len(gaps) == len(said)
    assert all(any(word in gap for gap in gaps) for word in said)


@needs_seccomp
@needs_landlock
@pytest.mark.parametrize(
    ("limit_s", "trial"),
    [
        (0.001, "import time; time.sleep(60)"),
        (PATIENCE_S, "raise SystemExit('no module')"),
        (PATIENCE_S, "import os; print('seccomp', flush=True); os.kill(os.getpid(), 9)"),
    ],
    ids=["too slow", "failed", "killed"],
)
def test_a_trial_that_does_not_end_well_takes_nobody_out_of_the_sandbox(
    monkeypatch: pytest.MonkeyPatch, limit_s: float, trial: str
) -> None:
    monkeypatch.setattr("pipeline.sandbox.policy._TRIAL_S", limit_s)
    monkeypatch.setattr("pipeline.sandbox.policy._TRIAL", trial)

    assert try_out(policy_for([], readable=[], writable=[]))[1].parts == (Part.LANDLOCK, Part.SECCOMP)


def test_a_policy_survives_the_command_line() -> None:
    policy = policy_for(["http://localhost/v1"], readable=[Path("/a b")], writable=[Path("/c\n")])

    assert text_to_policy(policy_to_text(policy)) == policy


def test_doctor_says_how_workers_are_kept_in(tmp_path: Path) -> None:
    found = Place(tmp_path).run("doctor")

    assert "isolation: Workers are kept in by" in found.err.replace("\n", " ")


@needs_seccomp
@needs_landlock
@pytest.mark.parametrize(
    ("inject", "words"),
    [
        ("landlock_create_ruleset:error=ENOSYS", "files are not limited: the kernel has no Landlock"),
        ("landlock_create_ruleset:retval=1:when=1", "connections are not limited to the servers' ports"),
    ],
)
def test_doctor_says_what_an_older_kernel_leaves_open(tmp_path: Path, inject: str, words: str) -> None:
    """strace answers in place of the kernel; the first call of each process asks for the version of Landlock."""
    if not is_possible():
        pytest.skip("strace is not there or may not trace")
    place = Place(tmp_path, server="http://127.0.0.1:9")
    strace = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", f"inject={inject}", "-e", "trace=landlock_create_ruleset"]
    done = subprocess.run(
        [*strace, *COMMAND, "doctor", "--settings", str(place.file)],
        cwd=tmp_path,
        env=place.environment(COLUMNS="400"),
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )

    [said] = [line for line in done.stderr.splitlines() if "isolation:" in line]
    assert said.startswith("! isolation: Workers are kept in by ")
    assert words in said


@needs_seccomp
@needs_landlock
@pytest.mark.parametrize("part", list(Part))
def test_each_part_works_without_the_other(tmp_path: Path, part: Part) -> None:
    (tmp_path / "scratch").mkdir()
    policy = Policy(parts=(part,), writable=(str(tmp_path / "scratch"),))
    with worker_in(policy) as worker:
        assert worker.attempt("write and rename", tmp_path / "scratch") == "done"
        assert (worker.attempt("read", "/etc/passwd") == "done") is (part is Part.SECCOMP)
        assert worker.attempt("exec") == ("ENOSYS" if part is Part.SECCOMP else "EACCES")
