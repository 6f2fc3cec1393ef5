"""The wheel that users install."""

import subprocess
import sys
import zipfile
from collections.abc import Iterator
from importlib.metadata import entry_points, version
from pathlib import Path

import pytest

from pipeline.commands.main import main

ROOT = Path(__file__).resolve().parents[1]
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
        if path.suffix in {".py", ".j2", ".css", ".json", ".typed"}
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


def test_the_command_is_installed() -> None:
    (script,) = entry_points(group="console_scripts", name="dropleaf")

    assert script.load() is main
