"""The wheel that users install."""

import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest
from man_page import PAGE, commands_to_page

from pipeline.__main__ import run

ROOT = Path(__file__).resolve().parents[1]
BUILD = "from hatchling.build import *; import sys; build_wheel(sys.argv[1]); build_sdist(sys.argv[1])"


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    return folders


@pytest.fixture(scope="module")
def wheel(built_twice: tuple[Path, Path]) -> Iterator[zipfile.ZipFile]:
    (path,) = built_twice[0].glob("dropleaf-*.whl")
    with zipfile.ZipFile(path) as file:
        yield file


def test_the_wheel_holds_the_package_with_its_data_and_no_tests(wheel: zipfile.ZipFile) -> None:
    names = set(wheel.namelist())

    there = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "pipeline").rglob("*")
        if path.suffix in {".py", ".j2", ".css", ".js", ".json", ".toml", ".typed", ".pdf"}
    }
    assert there <= names
    assert {
        "pipeline/py.typed",
        "pipeline/manifest.schema.json",
        "pipeline/results/templates/document.html.j2",
    } <= names
    folders = {name.split("/")[0] for name in names}
    release = f"dropleaf-{version('dropleaf')}"
    assert folders == {"pipeline", f"{release}.dist-info", f"{release}.data"}
    assert f"{release}.data/data/share/man/man1/dropleaf.1" in names
    assert not [name for name in names if "__pycache__" in name or "test" in Path(name).name]


def test_the_wheel_has_the_command_the_licence_and_the_readme(wheel: zipfile.ZipFile) -> None:
    folder = f"dropleaf-{version('dropleaf')}.dist-info"

    assert "dropleaf = pipeline.__main__:run" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    assert f"Version: {version('dropleaf')}\n" in wheel.read(f"{folder}/METADATA").decode()


def test_the_page_ships_nothing_of_others_and_the_samples_name_their_source_and_terms(wheel: zipfile.ZipFile) -> None:
    names = [name for name in wheel.namelist() if name.startswith("pipeline/")]
    kinds = {".py", ".typed", ".js", ".css", ".j2", ".svg", ".json", ".toml", ".xml", ".service", ".md"}
    samples = {Path(name).name for name in names if Path(name).suffix not in kinds}
    foreign = re.compile(r"(?i)@licen[cs]e|@preserve|copyright|\(c\)|sourceMappingURL")
    shown = [name for name in names if Path(name).suffix in {".js", ".css", ".j2", ".svg"}]

    assert [name for name in shown if foreign.search(wheel.read(name).decode())] == []
    terms = wheel.read("pipeline/commands/samples/README.md").decode()
    assert set(re.findall(r"^\| (\S+\.\w+) \|", terms, re.MULTILINE)) == samples


def test_the_manual_page_says_what_the_commands_say() -> None:
    page = commands_to_page()

    assert page == PAGE.read_text(encoding="utf-8"), "make man"
    assert ".SS dropleaf convert FILE|FOLDER... [OPTION]..." in page
    assert all(f".B {code}\n" in page for code in (0, 1, 3, 64, 70, 78))


@pytest.mark.skipif(shutil.which("groff") is None, reason="groff is not installed")
def test_the_manual_page_is_sound() -> None:
    done = subprocess.run(["groff", "-man", "-Tutf8", "-ww", str(PAGE)], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert "dropleaf init" in re.sub(".\\x08", "", done.stdout)


def test_wheel_and_sdist_are_the_same_bytes_each_time(built_twice: tuple[Path, Path]) -> None:
    first, second = ({path.name: path.read_bytes() for path in folder.iterdir()} for folder in built_twice)

    assert len(first) == 2
    assert first == second


def test_the_sdist_holds_what_is_needed_to_test_it_and_nothing_of_its_user(built_twice: tuple[Path, Path]) -> None:
    (sdist,) = built_twice[0].glob("*.tar.gz")
    with tarfile.open(sdist) as file:
        inner = {"/".join(name.split("/")[1:]) for name in file.getnames()}

    assert {"Makefile", "README.md", "LICENSE", "CHANGELOG.md", "settings.yaml", "tests/test_packaging.py"} <= inner
    assert {name for name in inner if name.startswith(("inbox/", "outbox/"))} == {"inbox/.gitkeep", "outbox/.gitkeep"}


def test_version_changelog_and_citation_agree() -> None:
    release = version("dropleaf")

    assert f"\nversion: {release}\n" in (ROOT / "CITATION.cff").read_text()
    heads = re.findall(r"^## \[(.+?)\]", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE)
    assert heads[0] in {"Unreleased", release}


def test_the_command_is_installed() -> None:
    (script,) = entry_points(group="console_scripts", name="dropleaf")

    assert script.load() is run
