"""Bad PDFs and hostile names beside a daemon: each must end delivered, or in failed/ with a sentence.

Run by both Pythons.  What the inbox cannot hold under its name is uploaded to the page under that name.
"""

import argparse
import hashlib
import json
import os
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from hostile_names import hostile_names
from pdfs import numbered_pdf

SETTINGS = """\
engine: basic
workers: 2
limits:
  pages: 20
log:
  format: json
watch:
  settle: 0.2
web:
  port: 0
"""
#: Without news for so long, something is stuck.
_PATIENCE_S = 240.0
_CREATED = 201
#: Bytes of a name that Linux takes; Wine cuts off what is longer, with the ending.
_LONGEST = 255


class Book:
    """What was given, and a daemon that has it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.given: dict[str, str] = {}
        self.ways: Counter[str] = Counter()
        self.wrong: list[str] = []
        self.inbox.mkdir(parents=True)
        (folder / "settings.yaml").write_text(SETTINGS, encoding="utf-8")
        self.daemon = self._program("watch")
        self.page = self._find_page()
        threading.Thread(target=self.daemon.communicate, daemon=True).start()

    def _program(self, command: str) -> "subprocess.Popen[bytes]":
        return subprocess.Popen(
            [sys.executable, "-m", "pipeline", command],
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )

    def _find_page(self) -> str:
        assert self.daemon.stderr is not None
        for line in self.daemon.stderr:
            said = json.loads(line)
            if said["event"] == "web_page":
                return str(said["url"])
        raise AssertionError("the daemon has ended")

    def give(self, name: str, data: bytes) -> None:
        """Drop a file, or upload it."""
        sha256 = hashlib.sha256(data).hexdigest()
        if sha256 in self.given:
            return
        self.given[sha256] = name
        if self._drop(name, data):
            self.ways["dropped"] += 1
            return
        address = f"{self.page}/api/documents?name={urllib.parse.quote(name, errors='surrogateescape')}"
        headers = {"content-type": "application/pdf", "x-dropleaf": "1"}
        try:
            with urllib.request.urlopen(urllib.request.Request(address, data, headers), timeout=_PATIENCE_S) as answer:
                assert answer.status == _CREATED
                self.ways["uploaded"] += 1
        except urllib.error.HTTPError as error:
            self.wrong.append(f"{name!a} was refused: {error.code} {error.read()!a}")

    def _drop(self, name: str, data: bytes) -> bool:
        """Whether the inbox takes a file of this name, and would look at it."""
        path = self.inbox / name
        if name.startswith(".") or not name.lower().endswith(".pdf") or set(name) & set('/\\:?*"<>|'):
            return False
        if len(name.encode(errors="surrogatepass")) > _LONGEST:
            return False
        part = self.folder / "part"
        part.write_bytes(data)
        try:
            if path.exists():
                return False
            part.rename(path)
        except (OSError, ValueError):
            return False
        return True

    def ended(self) -> Iterator[tuple[str, Path, dict[str, object]]]:
        """SHA-256, path and content of each manifest."""
        for folder, folders, names in os.walk(self.folder / "outbox"):
            folders[:] = [name for name in folders if name != ".dropleaf"]
            for name in names:
                if name.endswith(".json") and not name.endswith(".tables.json"):
                    try:
                        manifest = json.loads(Path(folder, name).read_bytes())
                    except OSError:  # it is being published
                        continue
                    yield manifest["document"]["sha256"], Path(folder, name), manifest

    def wait(self) -> None:
        """Wait until everything has ended, or nothing has for long."""
        limit, before = time.monotonic() + _PATIENCE_S, 0
        while (count := len({sha256 for sha256, _, _ in self.ended()})) < len(self.given):
            if count > before:
                limit, before = time.monotonic() + _PATIENCE_S, count
            if time.monotonic() > limit or self.daemon.poll() is not None:
                break
            time.sleep(1.0)

    def close(self) -> None:
        """End the daemon in order."""
        said = b""
        if sys.platform == "win32":
            with self._program("stop") as stop:
                _, said = stop.communicate(timeout=_PATIENCE_S)
        else:
            self.daemon.terminate()
        if self.daemon.wait(_PATIENCE_S):
            self.wrong.append(f"the daemon ended with {self.daemon.poll()} {said!a}")

    def check(self) -> Counter[str]:
        """Compare what was given with what there is; counts the outcomes."""
        outcomes: Counter[str] = Counter()
        found: Counter[str] = Counter()
        for sha256, path, manifest in self.ended():
            found[sha256] += 1
            outcomes[str(manifest["outcome"])] += 1
            error = manifest["error"]
            if manifest["outcome"] == "failed":
                sentence = str(error["message"]) if isinstance(error, dict) else ""
                if " " not in sentence or path.parent.name != "failed":
                    self.wrong.append(f"{path.name!a} failed with {sentence!a}")
            elif hashlib.sha256(path.with_suffix(".html").read_bytes()).hexdigest() != manifest["html_sha256"]:
                self.wrong.append(f"{path.name!a} has other HTML than its manifest says")
        self.wrong += [
            f"{name!a} is there {found[each]} times" for each, name in self.given.items() if found[each] != 1
        ]
        self.wrong += [f"{path.name!a} is still in the inbox" for path in self.inbox.iterdir()]
        return outcomes


def main() -> int:
    """Give everything, wait, check; the exit code says whether the book holds."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("--names", type=int, default=200)
    parser.add_argument("--bad", type=Path, help="a folder of bad PDFs")
    parser.add_argument("--every", type=int, default=1, help="only every n-th of them")
    wanted = parser.parse_args()
    book = Book(wanted.folder)
    try:
        for number, name in enumerate(hostile_names(wanted.names)[: wanted.names], start=1):
            numbered_pdf(wanted.folder / "sample", 1, document=number)
            book.give(name if name.lower().endswith(".pdf") else f"{name}.pdf", (wanted.folder / "sample").read_bytes())
        for path in sorted(wanted.bad.glob("*.pdf"))[:: wanted.every] if wanted.bad else ():
            book.give(path.name, path.read_bytes())
        book.wait()
        book.close()
    finally:
        book.daemon.kill()
    outcomes = book.check()
    sys.stdout.write(
        f"{len(book.given)} files, {dict(book.ways)}: {dict(sorted(outcomes.items()))}, {len(book.wrong)} wrong\n"
    )
    sys.stdout.writelines(f"{line}\n" for line in book.wrong)
    return 1 if book.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
