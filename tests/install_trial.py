"""``make install-trial``: every way to install Dropleaf, each in an empty home and an empty folder, then its demo.

The demo runs in a network of its own where that is allowed, so that a result shows that nothing was fetched for it.
uv and pipx are tried where they are installed, and so is every Python that is named or found.  A demo that takes longer
than a minute is said to be a fault; the time of the downloads is shown beside it.
"""

import argparse
import json
import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

ROOT = Path(__file__).resolve().parents[1]
_VERSIONS = ("python3.11", "python3.12", "python3.13", "python3.14")
_LONGEST_S = 900
_LONGEST_DEMO_S = 60
_EXTRAS = "[cluster,ocr]"


class TrialError(Exception):
    """A step of a trial ended with an error; the message has the end of what it said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """An empty home and an empty folder to work in.

    Attributes:
        root: Holds both, and whatever is installed.
    """

    root: Path

    @property
    def home(self) -> Path:
        """The home of the user."""
        return self.root / "home"

    @property
    def place(self) -> Path:
        """Where the demo runs: inbox and outbox come here."""
        return self.root / "place"

    def run(self, *command: str | Path) -> None:
        """Run a command to its end.

        Raises:
            TrialError: It failed.
        """
        others = ("DROPLEAF_", "PYTHON", "VIRTUAL", "XDG_")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(others)}
        words = [str(word) for word in command]
        try:
            done = subprocess.run(
                words,
                cwd=self.place,
                env={**kept, "HOME": str(self.home), "PATH": f"{self.home}/.local/bin:{kept['PATH']}"},
                capture_output=True,
                text=True,
                timeout=_LONGEST_S,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise TrialError(f"{shlex.join(words)}: no end after {_LONGEST_S} s") from None
        if done.returncode:
            raise TrialError(f"{shlex.join(words)}: exit code {done.returncode}\n{done.stderr[-2000:]}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """One way to install.

    Attributes:
        name: For the table.
        install: Installs into the surroundings and gives the path of the command.
        extras: Whether text recognition and the cluster come with it; then the demo's scan is read, too.
    """

    name: str
    install: Callable[[Surroundings], Path]
    extras: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """How one way went.

    Attributes:
        way: Its name.
        install_s: Seconds of installing.
        result_s: Seconds from the call of the demo to its end.
        problem: What went wrong, else empty.
    """

    way: str
    install_s: float = 0.0
    result_s: float = 0.0
    problem: str = ""


def main() -> int:
    """Try all ways and print a table; 0 where each gave a result."""
    parser = argparse.ArgumentParser(prog="install_trial", description=__doc__)
    parser.add_argument("pythons", nargs="*", help=f"interpreters; those of {', '.join(_VERSIONS)} that are here else")
    parser.add_argument("--dist", type=Path, default=ROOT / "dist", help="folder of wheel and sdist")
    parser.add_argument("--only", default="", help="only ways whose name has this in it")
    arguments = parser.parse_args()
    ((wheel,), (sdist,)) = (sorted(arguments.dist.glob(kind)) for kind in ("*.whl", "*.tar.gz"))
    pythons = [python for python in arguments.pythons or _VERSIONS if _runs(python)]
    console = Console()
    trials = []
    for way in ways(wheel, sdist, pythons):
        if arguments.only in way.name:
            console.print(f"{way.name} ...")
            trials.append(try_way(way))
    table = Table("way", "installing", "demo", "", title="From nothing to a first result, without any cache")
    for trial in trials:
        table.add_row(trial.way, f"{trial.install_s:.1f} s", f"{trial.result_s:.1f} s", trial.problem or "ok")
    console.print(table)
    return int(any(trial.problem for trial in trials))


def ways(wheel: Path, sdist: Path, pythons: Sequence[str]) -> Iterator[Way]:
    """All that can be tried here."""
    uv, pipx = _tool("uv"), _tool("pipx")
    for python in pythons:
        yield Way(name=f"pip, {_version(python)}", install=_into_environment(python, str(wheel)))
        if uv:
            yield Way(name=f"uv tool, {_version(python)}", install=_by_uv_tool(uv, python, wheel))
    for python in pythons[:1]:
        extras = _into_environment(python, f"{wheel}{_EXTRAS}")
        yield Way(name=f"pip with all extras, {_version(python)}", install=extras, extras=True)
        yield Way(name=f"pip from the sdist, {_version(python)}", install=_into_environment(python, str(sdist)))
        if uv:
            yield Way(name=f"uv tool from the sdist, {_version(python)}", install=_by_uv_tool(uv, python, sdist))
            oldest = _oldest(uv, python, f"{wheel}{_EXTRAS}")
            yield Way(name=f"oldest dependencies, all extras, {_version(python)}", install=oldest, extras=True)
    if pipx:
        yield Way(name="pipx", install=_by_pipx(pipx, wheel))
        yield Way(name="pipx from the sdist", install=_by_pipx(pipx, sdist))


def try_way(way: Way) -> Trial:
    """Install, run the demo, and look at what came out."""
    with tempfile.TemporaryDirectory(prefix="dropleaf-install-") as folder:
        there = Surroundings(root=Path(folder))
        there.home.mkdir()
        there.place.mkdir()
        begun = time.monotonic()
        try:
            command = way.install(there)
            installed = time.monotonic()
            there.run(*_alone(), command, "demo")
            result_s = time.monotonic() - installed
            _check(there.place / "outbox", documents=2 if way.extras else 1)
            if way.extras:
                there.run(command, "cluster-keys", "scheduler")
        except TrialError as error:
            return Trial(way=way.name, problem=str(error))
        problem = f"longer than {_LONGEST_DEMO_S} s" if result_s > _LONGEST_DEMO_S else ""
        return Trial(way=way.name, install_s=installed - begun, result_s=result_s, problem=problem)


def _into_environment(python: str, package: str) -> Callable[[Surroundings], Path]:
    def install(there: Surroundings) -> Path:
        made = there.root / "environment"
        there.run(python, "-m", "venv", made)
        there.run(made / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-cache-dir", package)
        return made / "bin" / "dropleaf"

    return install


def _by_uv_tool(uv: str, python: str, package: Path) -> Callable[[Surroundings], Path]:
    def install(there: Surroundings) -> Path:
        there.run(uv, "tool", "install", "--quiet", "--python", _path(python), package)
        return there.home / ".local" / "bin" / "dropleaf"

    return install


def _by_pipx(pipx: str, package: Path) -> Callable[[Surroundings], Path]:
    def install(there: Surroundings) -> Path:
        there.run(pipx, "install", "--quiet", package)
        return there.home / ".local" / "bin" / "dropleaf"

    return install


def _oldest(uv: str, python: str, package: str) -> Callable[[Surroundings], Path]:
    """The lowest version of each of our own dependencies that its bound allows."""

    def install(there: Surroundings) -> Path:
        made = there.root / "environment"
        there.run(uv, "venv", "--quiet", "--python", _path(python), made)
        lowest = ("--resolution", "lowest-direct", "--python", made / "bin" / "python")
        there.run(uv, "pip", "install", "--quiet", *lowest, package)
        return made / "bin" / "dropleaf"

    return install


def _check(outbox: Path, *, documents: int) -> None:
    manifests = [path for path in outbox.glob("*.json") if not path.name.endswith(".tables.json")]
    if len(manifests) != documents:
        raise TrialError(f"the demo delivered {len(manifests)} documents, not {documents}")
    for path in manifests:
        outcome = json.loads(path.read_bytes())["outcome"]
        if outcome != "complete" or "<table" not in path.with_suffix(".html").read_text():
            raise TrialError(f"{path.name}: {outcome}")


def _alone() -> tuple[str, ...]:
    """What runs a command without a network; where that is not allowed, without asking a model that may be there."""
    command = ("unshare", "--net", *(() if os.geteuid() == 0 else ("--map-root-user",)))
    if shutil.which("unshare") and subprocess.run([*command, "true"], check=False, capture_output=True).returncode == 0:
        return command
    return ("env", "DROPLEAF_ENGINE=basic")


def _tool(name: str) -> str | None:
    return shutil.which(name, path=f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")


def _runs(python: str) -> bool:
    with suppress(OSError):
        return subprocess.run([python, "-c", ""], check=False, capture_output=True).returncode == 0
    return False


def _version(python: str) -> str:
    said = subprocess.run([python, "--version"], check=True, capture_output=True, text=True)
    return said.stdout.strip()


def _path(python: str) -> str:
    return shutil.which(python) or python


if __name__ == "__main__":
    sys.exit(main())
