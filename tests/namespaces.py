"""Network namespaces: each a machine of its own as far as the network goes, on one bridge; needs root and iproute2.

with Namespaces("one", "two") as network:
    process = Popen([*network.within("one"), "program"])
    network.unplug("one")
"""

import os
import shutil
import subprocess
from types import TracebackType
from typing import Self


class Namespaces:
    """A bridge, and a namespace for each name; a context manager that removes them again.

    Attributes:
        here: The address of this machine on the bridge.
    """

    def __init__(self, *names: str) -> None:
        number = os.getpid() % 200 + 1
        self._mark = f"dl{os.getpid() % 100_000}"
        self._bridge = f"{self._mark}b"
        self._net = f"10.213.{number}"
        self.here = f"{self._net}.1"
        self._names = names

    def __enter__(self) -> Self:
        _ip("link", "add", self._bridge, "type", "bridge")
        _ip("addr", "add", f"{self.here}/24", "dev", self._bridge)
        _ip("link", "set", self._bridge, "up")
        for number, name in enumerate(self._names):
            space, ours, theirs = self._space(name), self._link(name), f"{self._mark}p{number}"
            _ip("netns", "add", space)
            _ip("link", "add", ours, "type", "veth", "peer", "name", theirs)
            _ip("link", "set", theirs, "netns", space)
            _ip("link", "set", ours, "master", self._bridge, "up")
            _ip("-n", space, "addr", "add", f"{self.address(name)}/24", "dev", theirs)
            _ip("-n", space, "link", "set", theirs, "up")
            _ip("-n", space, "link", "set", "lo", "up")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for name in self._names:
            _ip("netns", "del", self._space(name), check=False)
            _ip("link", "del", self._link(name), check=False)
        _ip("link", "del", self._bridge, check=False)

    def address(self, name: str) -> str:
        """Of a namespace."""
        return f"{self._net}.{10 + self._names.index(name)}"

    def within(self, name: str) -> list[str]:
        """What comes before a command that is to run there."""
        return ["ip", "netns", "exec", self._space(name)]

    def unplug(self, name: str) -> None:
        """Take its cable out: nothing that is sent arrives, and nobody is told."""
        _ip("link", "set", self._link(name), "down")

    def plug(self, name: str) -> None:
        """Put it back."""
        _ip("link", "set", self._link(name), "up")

    def _space(self, name: str) -> str:
        return f"{self._mark}-{name}"

    def _link(self, name: str) -> str:
        return f"{self._mark}v{self._names.index(name)}"


def why_not() -> str:
    """Why there can be no namespaces here; empty where there can."""
    if os.name != "posix" or os.geteuid() != 0:
        return "network namespaces need root"
    if shutil.which("ip") is None:
        return "network namespaces need `ip` of iproute2"
    try:
        with Namespaces("probe"):
            return ""
    except subprocess.CalledProcessError as error:
        return f"network namespaces are not allowed here: {error.stderr.decode(errors='replace').strip()}"


def _ip(*words: str, check: bool = True) -> None:
    subprocess.run(["ip", *words], check=check, capture_output=True)
