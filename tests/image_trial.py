"""``make image-trial``: the image is built, run as compose.yaml would run it, and reads a PDF and a scan.

No engine such as Docker is needed: debootstrap makes the base image, buildah builds (chroot isolation), runc runs the
result with a root that nobody may write, without capabilities, as the image's user.  Needs root, and the packages
buildah, debootstrap and runc.  What only an engine has is not tried, and said at the end.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from rich.console import Console
from rich.table import Table
from scans import scan_of

ROOT = Path(__file__).resolve().parents[1]
_SAMPLE = ROOT / "pipeline" / "commands" / "samples" / "census-disability-2010.pdf"
_BASE, _IMAGE = "localhost/dropleaf-base", "localhost/dropleaf"
_MIRROR, _RELEASE = "http://deb.debian.org/debian", "bookworm"
_SOMEBODY = "1000:1000"
_PATIENCE_S = 120
_NOT_TRIED = (
    "an engine (Docker, Podman): its health checks, its own seccomp profile, `docker compose` itself",
    "host.docker.internal, and the port on 127.0.0.1 of the host: the container's network reaches nothing here",
    "folders of a Windows or macOS host; compose.yaml has polling on for them",
    f"the base image of compose.yaml (python:3.12-slim): here it is Debian {_RELEASE} with its own Python 3.11",
)
Spec: TypeAlias = dict[str, Any]  # type: ignore[explicit-any]  # the runtime's own form
console = Console()


class TrialError(Exception):
    """Something that was tried did not hold."""


def main() -> None:
    """Try all of it.

    Raises:
        TrialError: Something does not hold.
    """
    missing = [name for name in ("buildah", "debootstrap", "runc") if shutil.which(name) is None]
    if missing or os.geteuid() != 0:
        sys.exit(f"needs root, and these programs: {', '.join(missing) or 'all are here'}")
    with tempfile.TemporaryDirectory(prefix="image-trial-") as name:
        place = Path(name)
        table = Table("tried", "seen", title="The image")
        buildah = Buildah(place / "storage")
        table.add_row("base by debootstrap", _timed(lambda: buildah.import_base(place / "base")))
        table.add_row("image built", _timed(buildah.build))
        table.add_row("size", f"{buildah.size_of(_IMAGE)}, of which the base {buildah.size_of(_BASE)}")
        with buildah.mounted(_IMAGE) as (root, image):
            with running(place / "own", root, image) as container:
                for tried, seen in (*container.trials(), *container.documents()):
                    table.add_row(tried, seen)
                table.add_row("SIGTERM", container.stop())
            with running(place / "other", root, replace(image, user=_SOMEBODY)) as container:
                for tried, seen in container.documents():
                    table.add_row(f"as user {_SOMEBODY}: {tried}", seen)
        console.print(table)
    console.print("Not tried here:", *(f"- {each}" for each in _NOT_TRIED), sep="\n")


def _timed(step: Callable[[], None]) -> str:
    began = time.monotonic()
    step()
    return f"{time.monotonic() - began:.0f} s"


def _run(*command: str | Path, environment: dict[str, str] | None = None) -> str:
    done = subprocess.run(
        [str(word) for word in command],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **(environment or {})},
    )
    if done.returncode:
        raise TrialError(f"{command[0]}: {(done.stderr or done.stdout)[-2000:]}")
    return done.stdout.strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What an image says of itself.

    Attributes:
        user: Numbers of user and group, with a colon.
        health: The command that says whether it is well.
    """

    user: str
    command: tuple[str, ...]
    environment: tuple[str, ...]
    health: tuple[str, ...]
    folder: str

    @property
    def owner(self) -> int:
        """The number of the user, whose the results are."""
        return int(self.user.partition(":")[0])


class Buildah:
    """Images in a storage of their own, which goes with the trial."""

    def __init__(self, storage: Path) -> None:
        self._options = ("--root", str(storage), "--runroot", f"{storage}-run", "--storage-driver", "vfs")

    def __call__(self, command: str, *words: str | Path) -> str:
        return _run("buildah", *self._options, command, *words, environment={"BUILDAH_ISOLATION": "chroot"})

    def import_base(self, folder: Path) -> None:
        packages = "--include=python3,python3-venv,ca-certificates"
        _run("debootstrap", "--variant=minbase", packages, _RELEASE, folder, _MIRROR)
        container = self("from", "scratch")
        self("add", "--quiet", container, folder, "/")
        self("commit", "--quiet", container, _BASE)
        self("rm", container)

    def build(self) -> None:
        # The machine's own certificates, for the way to the package index.
        certificates = "/etc/ssl/certs:/etc/ssl/certs:ro"
        base = f"BASE={_BASE}"
        self(
            "bud",
            "--format",
            "docker",
            "--build-arg",
            base,
            "-v",
            certificates,
            "-f",
            ROOT / "Containerfile",
            "-t",
            _IMAGE,
            ROOT,
        )

    def size_of(self, image: str) -> str:
        """As buildah says it."""
        images = json.loads(self("images", "--json"))
        return next(str(each["size"]) for each in images if f"{image}:latest" in (each["names"] or ()))

    @contextmanager
    def mounted(self, image: str) -> Iterator[tuple[Path, ImageFacts]]:
        """The image's files, and what it says of itself."""
        container = self("from", image)
        config = json.loads(self("inspect", "--type", "image", image))["Docker"]["config"]
        facts = ImageFacts(
            user=config["User"],
            command=(*config["Entrypoint"], *config["Cmd"]),
            environment=tuple(config["Env"]),
            health=tuple(config["Healthcheck"]["Test"][1:]),
            folder=config["WorkingDir"],
        )
        try:
            yield Path(self("mount", container)), facts
        finally:
            self("umount", container)


@dataclass(frozen=True, slots=True, kw_only=True)
class Container:
    """The image at work, in a network of its own that reaches nothing."""

    name: str
    place: Path
    log: Path
    process: subprocess.Popen[bytes]
    facts: ImageFacts

    def trials(self) -> Iterator[tuple[str, str]]:
        """What is tried of the container, and what was seen."""
        self._until(lambda: bool(self._logged("web_token")))
        yield "first token, in the log", f"{len(str(self._logged('web_token')['token']))} characters"
        yield "workers kept in by", str(self._logged("workers_isolated")["by"])
        self._until(lambda: self._inside(*self.facts.health).returncode == 0)
        yield "the image's own health check", "answers"
        yield "the page without and with the token", self._page()
        yield "writing outside of the volumes and /tmp", self._refused()

    def documents(self) -> Iterator[tuple[str, str]]:
        """What becomes of a PDF and a scan, and whose the results are."""
        shutil.copy(_SAMPLE, self.place / "inbox" / "sample.pdf")
        scan_of(_SAMPLE, self.place / "aside.pdf", [1])
        (self.place / "aside.pdf").replace(self.place / "inbox" / "scan.pdf")
        yield "a PDF", self._delivered("sample")
        yield "a scan", self._delivered("scan")
        owners = {path.stat().st_uid for path in (self.place / "outbox").rglob("*")}
        yield "owners of the results", f"{owners}"
        _hold(owners == {self.facts.owner}, f"results belong to {owners}")

    def stop(self) -> str:
        """End it in order; how long that took."""
        began = time.monotonic()
        _run("runc", "kill", self.name, "TERM")
        code = self.process.wait(_PATIENCE_S)
        _hold(code == 0, f"exit code {code}")
        return f"exit code 0 after {time.monotonic() - began:.1f} s"

    def _page(self) -> str:
        program = (
            "import sys, urllib.request as u, urllib.error as e\n"
            "def ask(**h):\n"
            "    try: return u.urlopen(u.Request('http://127.0.0.1:62162/api/status', headers=h)).status\n"
            "    except e.HTTPError as r: return r.code\n"
            "print(ask(), ask(Authorization='Bearer ' + sys.argv[1]))"
        )
        said = self._inside("python3", "-c", program, str(self._logged("web_token")["token"])).stdout.decode().strip()
        _hold(said == "401 200", said)
        return said

    def _refused(self) -> str:
        wrote = [place for place in ("/app/x", "/etc/x", "/x") if self._inside("touch", place).returncode == 0]
        _hold(not wrote, f"could write {wrote}")
        return "refused"

    def _delivered(self, stem: str) -> str:
        manifest = self.place / "outbox" / f"{stem}.json"
        self._until(manifest.exists)
        facts = json.loads(manifest.read_text())
        counts = {method: count for method, count in facts["counts"].items() if count}
        tables = sum(page["tables"] for page in facts["pages"])
        _hold("none" not in counts and tables > 0, f"{stem}: {counts}, {tables} tables")
        return f"{facts['outcome']}, pages {counts}, {tables} tables, {facts['timings']['total_s']:.1f} s"

    def _inside(self, *command: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(["runc", "exec", self.name, *command], capture_output=True, check=False)

    def _logged(self, event: str) -> dict[str, object]:
        for line in self.log.read_bytes().splitlines():
            if line.startswith(b"{") and (entry := json.loads(line))["event"] == event:
                return dict(entry)
        return {}

    def _until(self, true: Callable[[], bool]) -> None:
        limit = time.monotonic() + _PATIENCE_S
        while not true():
            _hold(self.process.poll() is None and time.monotonic() < limit, self.log.read_text()[-2000:])
            time.sleep(0.2)


def _hold(true: bool, words: str) -> None:  # noqa: FBT001 — what is held
    if not true:
        raise TrialError(words)


@contextmanager
def running(place: Path, root: Path, facts: ImageFacts) -> Iterator[Container]:
    """Run the image as compose.yaml does, with folders in a new place that belong to its user."""
    for name in ("inbox", "outbox"):
        (place / name).mkdir(parents=True)
        os.chown(place / name, facts.owner, facts.owner)
    bundle, log = place / "bundle", place / "log"
    bundle.mkdir()
    _run("runc", "spec", "--bundle", bundle)
    config = bundle / "config.json"
    config.write_text(json.dumps(_with_image(json.loads(config.read_text()), place, root, facts)))
    name = f"dropleaf-image-trial-{os.getpid()}-{facts.owner}"
    with log.open("wb") as file:
        process = subprocess.Popen(["runc", "run", "--bundle", str(bundle), name], stdout=file, stderr=file)
    try:
        yield Container(name=name, place=place, log=log, process=process, facts=facts)
    finally:
        if process.poll() is None:
            subprocess.run(["runc", "kill", name, "KILL"], check=False)
            process.wait()


def _with_image(config: Spec, place: Path, root: Path, facts: ImageFacts) -> Spec:
    user, group = facts.user.split(":")
    program = config["process"] | {
        "terminal": False,
        "user": {"uid": int(user), "gid": int(group)},
        "cwd": facts.folder,
        "args": list(facts.command),
        "env": [*facts.environment, "DROPLEAF_WATCH__POLLING=true"],
        "noNewPrivileges": True,
        "capabilities": {kind: [] for kind in config["process"]["capabilities"]},
    }
    folders = [
        {"destination": f"/{name}", "type": "bind", "source": str(place / name), "options": ["rbind", "rw"]}
        for name in ("inbox", "outbox")
    ]
    memory = {"destination": "/tmp", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=1777"]}
    mounts = [each for each in config["mounts"] if each["type"] != "cgroup"]
    return config | {
        "process": program,
        "root": {"path": str(root), "readonly": True},
        "mounts": [*mounts, memory, *folders],
    }


if __name__ == "__main__":
    main()
