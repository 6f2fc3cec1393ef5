"""Makes the paths in settings absolute, and makes sure that files which are named exist."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from pipeline.errors import SettingsError
from pipeline.printable import printable
from pipeline.settings.cluster import Pool
from pipeline.settings.sections import Server


class WholePaths:
    """The paths of one settings file.

    Args:
        base: The folder of the settings file: relative paths in it begin there.

    Attributes:
        problems: What is wrong with the paths so far, each with its key.
    """

    def __init__(self, base: Path) -> None:
        self._base = base
        self.problems: list[str] = []

    def folder(self, key: str, path: Path, *, given: bool) -> Path:
        """The absolute path of a folder, which may be missing.

        Args:
            key: Its setting.
            path: As it was written.
            given: Whether it was written on the command line, where it begins at the working directory.

        Raises:
            SettingsError: The working directory is needed and was removed.
        """
        if not given:
            return self._absolute(key, path, self._base)
        return self._absolute(key, path, path if path.is_absolute() else existing_folder(Path.cwd))

    def server(self, number: int, server: Server) -> Server:
        """A server whose certificates have absolute paths.

        Without them every page would fall back, so a missing one is a problem.

        Args:
            number: Its place in the list of servers, from 0.
            server: As it was written.
        """
        named = {"ca": server.ca, "cert": server.cert and server.cert[0], "key": server.cert and server.cert[1]}
        whole = self._files(f"servers.{number}", {name: path for name, path in named.items() if path is not None})
        cert = (whole["cert"], whole["key"]) if server.cert is not None else None
        return server.model_copy(update={"ca": whole.get("ca"), "cert": cert})

    def pool(self, pool: Pool) -> Pool:
        """A pool whose certificates have absolute paths; a missing one is a problem."""
        if pool.tls is None:
            return pool
        whole = self._files("pool.tls", {"ca": pool.tls.ca, "cert": pool.tls.cert, "key": pool.tls.key})
        return pool.model_copy(update={"tls": pool.tls.model_copy(update=whole)})

    def _files(self, group: str, files: Mapping[str, Path]) -> dict[str, Path]:
        whole = {name: self._absolute(f"{group}.{name}", path, self._base) for name, path in files.items()}
        self.problems += [f"{group}.{name}: {path}: is not there" for name, path in whole.items() if not path.exists()]
        return whole

    def _absolute(self, key: str, path: Path, base: Path) -> Path:
        if "\0" in str(path):
            self.problems.append(f"{key}: {printable(str(path))}: no path has a character of the number 0")
            return base
        try:
            return Path(os.path.normpath(base / path.expanduser()))
        except RuntimeError:
            self.problems.append(f"{key}: {path}: this user has no home folder; write the whole path")
            return base


def existing_folder(find: Callable[[], Path]) -> Path:
    """A folder that relative paths begin at.

    Raises:
        SettingsError: It is the working directory, and was removed.
    """
    try:
        return find()
    except OSError:
        raise SettingsError("the working directory was removed; change to another one, or write whole paths") from None
