"""Settings of folders: which pattern fits which file, and what is wrong with one."""

from pathlib import Path

import pytest
import yaml

from pipeline.choices import Output
from pipeline.errors import SettingsError
from pipeline.settings.folders import Patterns, pattern_to_folder
from pipeline.settings.settings import Settings, load_settings


def load(tmp_path: Path, folders: object) -> Settings:
    file = tmp_path / "settings.yaml"
    file.write_text(yaml.safe_dump({"folders": folders}))
    return load_settings(file)


@pytest.mark.parametrize(
    ("pattern", "fitting", "other"),
    [
        ("statements/**", ("statements/a.pdf", "statements/2025/b.pdf"), ("a.pdf", "old/statements/a.pdf")),
        ("/statements", ("statements/a.pdf", "statements/2025/b.pdf"), ("old/statements/a.pdf", "statements.pdf")),
        ("scans", ("scans/a.pdf", "old/scans/deep/b.pdf"), ("scans-2/a.pdf", "Scans/a.pdf")),
        ("**/letters/*.pdf", ("letters/a.pdf", "x/y/letters/a.pdf"), ("letters/2025/a.pdf",)),
        ("20??/*", ("2025/a.pdf",), ("205/a.pdf",)),
        ("[ab]/**", ("a/x.pdf", "b/c/x.pdf"), ("c/x.pdf",)),
        ("bank*.pdf", ("bank-1.pdf", "any/bank.pdf"), ("a-bank.pdf",)),
    ],
)
def test_a_pattern_fits_the_paths_that_it_would_in_a_gitignore(
    pattern: str, fitting: tuple[str, ...], other: tuple[str, ...]
) -> None:
    patterns = Patterns([pattern])

    found = {path: patterns.first(str(Path(path).parent), Path(path).name) for path in (*fitting, *other)}

    assert found == dict.fromkeys(fitting, pattern) | dict.fromkeys(other)


def test_the_first_pattern_that_fits_holds() -> None:
    patterns = Patterns(["a/special/**", "a/**", "**/x.pdf"])

    assert patterns.first("a/special", "x.pdf") == "a/special/**"
    assert patterns.first("a", "x.pdf") == "a/**"
    assert patterns.first(".", "x.pdf") == "**/x.pdf"
    assert patterns.first(".", "y.pdf") is None


def test_settings_of_folders_are_read_with_every_key(tmp_path: Path) -> None:
    rule = {
        "engine": "basic",
        "ocr": {"engine": "off"},
        "outputs": ["xlsx"],
        "profile": "qwen3-vl",
        "when_unreachable": "wait",
        "priority": 5,
    }

    found = load(tmp_path, {"statements/**": rule}).folders["statements/**"]

    assert (found.outputs, found.priority, found.profile) == ((Output.HTML, Output.XLSX), 5, "qwen3-vl")
    assert found.words.startswith("engine: basic, ocr: {engine: off}, outputs: [html, xlsx], profile: qwen3-vl, ")


@pytest.mark.parametrize(
    ("folders", "sentence"),
    [
        ({"a": {"engne": "basic"}}, "folders.a.engne: is not a setting; did you mean engine?"),
        ({"a": {"ocr": {"languges": ["deu"]}}}, "folders.a.ocr.languges: is not a setting; did you mean languages?"),
        ({"a": {"engine": "lm"}}, "folders.a.engine: 'lm': must be 'lmstudio' or 'basic'"),
        ({"a": {"priority": 101}}, "folders.a.priority: 101: must be at most 100"),
        ({"a": 3}, "folders.a: 3: must be a group of `key: value` lines"),
        ({"a": {"profile": "qwen3vl"}}, "a.profile: 'qwen3vl': is no profile; did you mean qwen3-vl?"),
        ({"!a": {"engine": "basic"}}, "!a: must not begin with !"),
        ({"../a": {"engine": "basic"}}, "../a: must be a path below the inbox"),
        ({"**": {"engine": "basic"}}, "**: must name a folder, for example statements/**"),
        ({"a": {}}, "a: says nothing; name a setting"),
    ],
)
def test_what_is_wrong_with_a_folder_is_said_with_its_key(tmp_path: Path, folders: object, sentence: str) -> None:
    with pytest.raises(SettingsError) as error:
        load(tmp_path, folders)

    assert sentence in str(error.value)


def test_folders_may_come_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DROPLEAF_FOLDERS", '{"a/**": {"priority": 3}}')
    monkeypatch.chdir(tmp_path)

    assert load_settings().folders["a/**"].priority == 3


def test_only_a_pattern_for_one_folder_names_one() -> None:
    assert [pattern_to_folder(each) for each in ("a/b/**", "/a/", "a*/**", "**/a", "[ab]")] == ["a/b", "a", "", "", ""]


def test_the_word_off_may_stand_without_quotes(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("faithful: off\nocr: {engine: off}\n")

    settings = load_settings(file)

    assert (settings.faithful, settings.ocr.engine) == ("off", "off")
