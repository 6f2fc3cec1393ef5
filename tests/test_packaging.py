"""The wheel that users install."""

import re
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from pipeline.commands.main import main

ROOT = Path(__file__).resolve().parents[1]
BUILD_BOTH = "from hatchling.build import *; import sys; build_wheel(sys.argv[1]); build_sdist(sys.argv[1])"
BUILD = "from hatchling.build import build_wheel; import sys; build_wheel(sys.argv[1])"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Iterator[zipfile.ZipFile]:
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run([sys.executable, "-c", BUILD, str(folder)], cwd=ROOT, check=True, capture_output=True)
    (path,) = folder.glob("dropleaf-*.whl")
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
    assert {name.split("/")[0] for name in names} == {"pipeline", f"dropleaf-{version('dropleaf')}.dist-info"}
    assert not [name for name in names if "__pycache__" in name or "test" in Path(name).name]


def test_the_wheel_has_the_command_the_licence_and_the_readme(wheel: zipfile.ZipFile) -> None:
    folder = f"dropleaf-{version('dropleaf')}.dist-info"

    assert "dropleaf = pipeline.commands.main:main" in wheel.read(f"{folder}/entry_points.txt").decode()
    assert f"{folder}/licenses/LICENSE" in wheel.namelist()
    assert f"Version: {version('dropleaf')}\n" in wheel.read(f"{folder}/METADATA").decode()


@pytest.fixture(scope="module")
def built_twice(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    folders = tmp_path_factory.mktemp("first"), tmp_path_factory.mktemp("second")
    for folder in folders:
        subprocess.run([sys.executable, "-c", BUILD_BOTH, str(folder)], cwd=ROOT, check=True, capture_output=True)
    return folders


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

    assert script.load() is main
