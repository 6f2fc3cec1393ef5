"""What the documentation and the README tell people to type: it is run, loaded or at least parsed.

``make docs`` runs this.  Programs of others (LM Studio, Ollama, systemd) are not here: of their commands only the
shell's grammar is looked at.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import PATIENCE_S, ROOT, Place, until
from pdfs import numbered_pdf

from pipeline.settings.settings import load_settings

pytestmark = pytest.mark.docs

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_BLOCK = re.compile(r"^(?P<indent> *)```(?P<language>\w+)\n(?P<text>.*?)^(?P=indent)```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:|#|mailto:)(?P<target>[^)#\s]+)")
#: Exit codes that are no mistake: nothing is wrong, a document fell back, doctor misses a server, nobody has a browser.
_FINE = {0, 1, 3}
_ENDLESS = re.compile(r"^dropleaf watch(?!.*--once)|^make simulator")


def blocks(page: Path, *languages: str) -> Iterator[str]:
    """The page's blocks of code in these languages, without their indent."""
    for match in _BLOCK.finditer(page.read_text(encoding="utf-8")):
        if match["language"] in languages:
            yield re.sub(rf"^{match['indent']}", "", match["text"], flags=re.MULTILINE)


def commands(page: Path) -> Iterator[str]:
    """What stands behind a prompt, without comments."""
    for block in blocks(page, "console"):
        for line in block.splitlines():
            if line.startswith("$ "):
                yield re.sub(r"\s+#\s.*", "", line[2:])


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A folder with a delivered report, and the same report beside it."""
    place = Place(tmp_path, workers=2)
    numbered_pdf(tmp_path / "report.pdf", 3)
    place.drop(lambda path: numbered_pdf(path, 3), "report.pdf")
    assert place.watch_once() == 0
    done = place.run("convert", "report.pdf", "-o", "results")
    assert done.code == 0, done.err
    return place


def environment(place: Place) -> dict[str, str]:
    """As a user has it who has installed the package: the command on the path, a home of one's own."""
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    return place.environment(PATH=path, HOME=str(place.root), BROWSER="true")


def our_commands(page: Path) -> list[str]:
    """Those that can be run here: not as root, and not on a cluster, which has tests of its own."""
    ours = (command.removeprefix(".venv/bin/") for command in commands(page))
    others = re.compile(r"sudo |--scheduler|^dropleaf (scheduler|cluster-keys)")
    return [command for command in ours if command.startswith("dropleaf ") and not others.search(command)]


@pytest.mark.parametrize("page", [page for page in PAGES if our_commands(page)], ids=lambda page: page.stem)
def test_every_command_of_ours_runs(page: Path, place: Place) -> None:
    for command in our_commands(page):
        if _ENDLESS.match(command):
            _run_until_interrupted(command, place)
            continue
        settings = place.file
        if command.startswith("dropleaf init"):  # it writes no file over another
            settings.rename(place.root / "kept")
        done = subprocess.run(
            command, shell=True, executable="/bin/bash", cwd=place.root, env=environment(place),
            capture_output=True, text=True, timeout=PATIENCE_S, check=False,
        )  # fmt: skip
        assert done.returncode in _FINE, f"{command}: {done.returncode}\n{done.stderr}"
        if command.startswith("dropleaf init"):
            (place.root / "kept").replace(settings)


def _run_until_interrupted(command: str, place: Place) -> None:
    place.drop(lambda path: numbered_pdf(path, 1), "another.pdf")
    words = [str(Path(sys.executable).parent / "dropleaf"), *command.split()[1:]]
    process = subprocess.Popen(words, cwd=place.root, env=environment(place), stderr=subprocess.DEVNULL)
    try:
        until((place.outbox / "another.json").exists)
        process.send_signal(signal.SIGINT)
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()


def test_the_first_screens_commands_work_one_after_the_other_in_a_clone(tmp_path: Path) -> None:
    """What installs is tried by ``make install-trial``; the daemon ends by itself here."""
    first = ["make() { :; }; pipx() { :; }; set -e", *commands(ROOT / "README.md")][:6]
    script = "\n".join(first).replace("dropleaf watch", "dropleaf watch --once")
    (tmp_path / "clone").mkdir()
    place = Place(tmp_path / "clone")
    shutil.copy(ROOT / "settings.yaml", place.root)
    done = subprocess.run(["bash", "-c", script], cwd=place.root, env=environment(place),
                          capture_output=True, text=True, timeout=PATIENCE_S, check=False)  # fmt: skip

    assert "--once" in script
    assert done.returncode == 0, done.stderr
    assert (place.root / "papers" / "settings.yaml").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_command_is_one_that_the_shell_understands(page: Path) -> None:
    for text in (*commands(page), *blocks(page, "sh")):
        done = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{text}: {done.stderr}"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_part_of_a_settings_file_can_be_loaded(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = tmp_path / "key"
    key.write_text("a key of many characters")
    for text in blocks(page, "yaml"):
        for name in re.findall(r"\$\{env:(\w+)\}", text):
            monkeypatch.setenv(name, "a secret of many characters")
        file = tmp_path / "settings.yaml"
        file.write_text(re.sub(r"\$\{file:[^}]+\}", f"${{file:{key}}}", text))

        load_settings(file)


@pytest.mark.parametrize("page", [page for page in PAGES if list(blocks(page, "python"))], ids=lambda page: page.stem)
def test_every_program_runs(page: Path, place: Place) -> None:
    for text in blocks(page, "python"):
        done = subprocess.run(
            [sys.executable, "-c", text],
            cwd=place.root,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )
        assert done.returncode == 0, done.stderr


def test_the_program_in_r_runs(place: Place) -> None:
    if shutil.which("Rscript") is None:
        pytest.skip("R is not here (Debian: r-base-core, r-cran-jsonlite)")
    for page in PAGES:
        for text in blocks(page, "r"):
            done = subprocess.run(["Rscript", "-e", text], cwd=place.root, capture_output=True, text=True, check=False)
            assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_every_link_within_the_repository_leads_somewhere(page: Path) -> None:
    targets = [match["target"] for match in _LINK.finditer(page.read_text(encoding="utf-8"))]

    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_setting_and_command_is_explained() -> None:
    built = ROOT / "build" / "docs"
    if not built.is_dir():
        pytest.skip("`make docs` builds the pages first")
    settings = (built / "settings.html").read_text(encoding="utf-8")
    found = re.findall(r"<h2><code[^>]*><span class=\"pre\">([^<]+)</span></code>", settings)

    assert {"timeouts.page", "servers[].proxy", "hooks.command", "ocr.engine"} <= set(found)
    for name in ("watch", "convert", "export", "doctor", "unit"):
        assert f"<h2>{name}<" in (built / "commands.html").read_text(encoding="utf-8")
