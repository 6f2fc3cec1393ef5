"""A service of the machine inside, by the tools that its owner would use.  Runs in the trial's machine only."""

import json
import os
import pwd
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

UNIT = "dropleaf.service"
#: Of an emulated processor, on a machine that does other things.
PATIENCE_S = 600.0

Entry = dict[str, object]


def run(*command: str, check: bool = True) -> str:
    """What a command says; raises AssertionError with all of it where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout + done.stderr


def until(true: Callable[[], object], what: str, *, seconds: float = PATIENCE_S) -> None:
    """Wait for a state that nobody sends word of."""
    limit = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < limit, f"it did not come to pass: {what}"
        time.sleep(0.2)


class Service:
    """The unit of one account, with an inbox and an outbox.

    Args:
        root: Folder of inbox and outbox.
        account: Who owns them.
        own: Whether the account's own manager runs it, and not the system's.
    """

    def __init__(self, root: Path, account: str, *, own: bool = False) -> None:
        self.inbox, self.outbox = root / "inbox", root / "outbox"
        self.account = pwd.getpwnam(account)
        self.own = own
        self.settings = (
            Path(self.account.pw_dir, ".config/dropleaf/settings.yaml") if own else Path("/etc/dropleaf.yaml")
        )
        units = Path(self.account.pw_dir, ".config/systemd/user") if own else Path("/etc/systemd/system")
        self.file = units / UNIT
        for folder in (root, self.inbox, self.outbox, *self.settings.parents, units):
            if not folder.exists():
                folder.mkdir(parents=True)
                os.chown(folder, self.account.pw_uid, self.account.pw_gid)

    def as_account(self, *command: str) -> tuple[str, ...]:
        """The command, for the account and its manager."""
        manager = f"XDG_RUNTIME_DIR=/run/user/{self.account.pw_uid}"
        return ("runuser", "-u", self.account.pw_name, "--", "env", manager, *command)

    def systemctl(self, *words: str, check: bool = True) -> str:
        """What systemctl says."""
        if self.own:
            return run(*self.as_account("systemctl", "--user", *words), check=check)
        return run("systemctl", *words, check=check)

    def shown(self, name: str) -> str:
        """A property of the unit."""
        return self.systemctl("show", "--value", f"--property={name}", UNIT).strip()

    def set(self, **settings: object) -> None:
        """Write the settings file; JSON is YAML."""
        folders: Entry = {"inbox": str(self.inbox), "outbox": str(self.outbox)}
        self.settings.write_text(json.dumps(folders | settings))

    def install(self) -> None:
        """Print the unit and put it where it belongs; a process that does not end by SIGABRT is killed after 10 s."""
        words = ("unit", "--settings", str(self.settings), *(["--user"] if self.own else []))
        command = ("/opt/dropleaf/bin/dropleaf", *words)
        self.file.write_text(run(*(self.as_account(*command) if self.own else command)))
        hurried = Path(f"{self.file}.d/hurried.conf")
        hurried.parent.mkdir(exist_ok=True)
        hurried.write_text("[Service]\nTimeoutAbortSec=10\n")
        self.systemctl("daemon-reload")

    def drop(self, sample: Path, name: str) -> None:
        """Copy a sample into the inbox, as the account."""
        run(*self.as_account("cp", str(sample), str(self.inbox / f".{name}")))
        (self.inbox / f".{name}").rename(self.inbox / name)

    def delivered(self, name: str) -> Entry:
        """The manifest of a document, as soon as it is there."""
        path = (self.outbox / name).with_suffix(".json")
        until(path.exists, f"{path}; {self.systemctl('status', UNIT, check=False)}")
        manifest: Entry = json.loads(path.read_text())
        assert path.with_suffix(".html").exists()
        return manifest

    def methods(self, name: str) -> list[str]:
        """How each page of a document was read."""
        pages = self.delivered(name)["pages"]
        assert isinstance(pages, list)
        return [str(page["method"]) for page in pages]

    def journal(self, **fields: str) -> list[Entry]:
        """The entries with these fields that the unit's processes made."""
        unit = "USER_UNIT" if self.own else "UNIT"
        command = ["journalctl", "--quiet", "--output=json", f"_SYSTEMD_{unit}={UNIT}"]
        lines = run(*command, *(f"{name}={value}" for name, value in fields.items())).splitlines()
        return [json.loads(line) for line in lines]

    def wait_for(self, event: str, *, count: int = 1) -> Entry:
        """The ``count``-th entry of an event, as soon as it is there."""
        until(lambda: len(self.journal(EVENT=event)) >= count, f"{event} in the journal")
        return self.journal(EVENT=event)[count - 1]

    def status(self, words: str) -> None:
        """Wait until the manager has been told this."""
        until(lambda: words in self.shown("StatusText"), f"{words} as status; it is {self.shown('StatusText')}")

    def processes(self) -> list[int]:
        """Everything in the unit's control group and those in it; a unit that has ended has none."""
        return [int(word) for file in self.group.rglob("cgroup.procs") for word in file.read_text().split()]

    @property
    def group(self) -> Path:
        """The folder of the unit's control group; of a unit that has ended, one that is not there."""
        return Path("/sys/fs/cgroup", self.shown("ControlGroup").lstrip("/") or "none")

    def workers(self) -> list[int]:
        """The processes that convert pages."""
        return [pid for pid in self.processes() if Path(f"/proc/{pid}/comm").read_text().strip() == "dropleaf-worker"]
