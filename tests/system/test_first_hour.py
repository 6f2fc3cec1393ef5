"""The first hour with Dropleaf as a transcript: each command, its usual mistakes, exit code and what it says."""

import re
import shlex
from collections.abc import Iterator
from pathlib import Path

import pytest
from daemons import Daemon, Place, until
from odd_pdfs import not_a_pdf
from pdfs import numbered_pdf
from simulator import Fault, Rule, Setup, Simulator

from pipeline.commands.main import main
from pipeline.conditions import PAUSED
from pipeline.status.read import read_status

NO_DOCUMENT = "no such document in {place}/outbox; `dropleaf status` lists them"
NO_WORK = "no such document in work in {place}/outbox; `dropleaf status` lists them"

#: What is typed, the exit code, and a sentence of the answer; ``{place}`` is the folder in which it is typed.
MISTAKES = (
    ("", 64, "Turns PDFs that are dropped into a folder into HTML"),
    ("wach", 64, "No such command 'wach'. Did you mean 'watch'? `dropleaf -h` says how it is used."),
    ("--settings x.yaml", 64, "No such option: --settings"),
    ("init", 64, "settings.yaml is there already; say --force to replace it"),
    ("init --settings new.yaml --server ftp://x", 64, "--server: must look like http://127.0.0.1:1234/v1"),
    ("init --settings none/new.yaml --server http://127.0.0.1:9/v1", 64, "none/new.yaml cannot be written"),
    ("convert", 64, "FILE|FOLDER... is missing. `dropleaf convert -h` says how it is used."),
    ("convert missing.pdf", 64, "missing.pdf: there is no such file"),
    ("convert README.md", 64, "README.md: is neither a PDF nor a picture"),
    (
        "convert empty",
        64,
        "empty: there is no PDF and no picture in this folder. Say -r to look into the folders in it, too.",
    ),
    ("convert empty -r", 64, "empty: there is no PDF and no picture in this folder."),
    ("convert paper.pdf --engine magic", 64, "--engine: 'magic' is not one of 'lmstudio', 'basic'."),
    ("convert paper.pdf --pages 3-1", 64, "--pages 3-1: write page numbers and ranges from 1, for example 1-3,7"),
    ("convert paper.pdf --to pdf", 64, "--to pdf: write xlsx, csv, markdown, or some of them parted by commas"),
    ("convert paper.pdf -o README.md", 70, "Nothing can be written in {place}/README.md: a file is in the way."),
    ("convert paper.pdf --save-answers README.md", 64, "README.md cannot be a folder: a file is in the way"),
    ("watch --onse", 64, "No such option: --onse"),
    ("watch papers", 64, "It takes nothing more: papers."),
    ("watch --inbox one --outbox one", 78, "must be two folders, and neither may be inside the other"),
    ("watch --inbox one --outbox one/two", 78, "must be two folders, and neither may be inside the other"),
    ("watch --inbox README.md", 78, "inbox {place}/README.md cannot be a folder: a file is in the way. Name a folder."),
    (
        "watch --outbox README.md",
        70,
        "README.md/.dropleaf cannot be created: a file is in the way. Name another",
    ),
    ("watch --settings none.yaml", 78, "none.yaml: cannot be read: there is no such file."),
    ("watch --settings empty", 78, "empty: cannot be read: it is a folder."),
    ("watch --settings broken.yaml", 78, "broken.yaml: line 2: is not YAML;"),
    ("watch --settings wrong.yaml", 78, "workers: 0: must be at least 1"),
    ("watch --settings wrong.yaml", 78, "engin: is not a setting; did you mean engine?"),
    ("watch --settings wrong.yaml", 78, "timeouts.page: 'soon': must be a number"),
    ("watch --settings list.yaml", 78, "list.yaml: must be `key: value` lines, not a list"),
    ("status nothing", 64, f"nothing: {NO_DOCUMENT}"),
    ("status paper other", 64, "It takes nothing more: other."),
    ("open nothing", 64, f"nothing: {NO_DOCUMENT}"),
    ("open", 64, "NAME is missing."),
    ("retry", 64, "name the documents to try again, or say --all"),
    ("retry --all paper", 64, "name the documents to try again, or say --all"),
    ("retry nothing", 64, f"nothing: {NO_DOCUMENT}"),
    ("retry --all", 0, "No page fell back and no document failed: nothing to do."),
    ("redo", 64, "name the documents to try again, or say --all"),
    ("redo --all", 0, "Nothing is delivered yet."),
    ("cancel nothing", 64, f"nothing: {NO_WORK}"),
    ("pause nothing", 64, f"nothing: {NO_WORK}"),
    ("resume nothing", 64, f"nothing: {NO_WORK}"),
    ("priority nothing", 64, f"nothing: {NO_WORK}"),
    ("priority nothing --to 1000", 64, "--to 1000: must be a number from -100 to 100"),
    ("priority nothing --to high", 64, "--to: it must be a whole number."),
    ("export nothing", 64, f"nothing: {NO_DOCUMENT}"),
    ("export paper --to pdf", 64, "--to pdf: write xlsx, csv, markdown, or some of them parted by commas"),
    ("export paper --to", 64, "Option '--to' requires an argument."),
    ("answer missing.json", 64, "missing.json: there is no such file"),
    ("answer README.md --page nope", 64, "--page nope: write the file and the page's number, for example report.pdf:3"),
    ("unit --settings none.yaml", 78, "none.yaml: cannot be read: there is no such file."),
    ("doctor --settings none.yaml", 78, "none.yaml: cannot be read: there is no such file."),
    ("demo --inbox README.md", 64, "The sample cannot be put into {place}/README.md: a file is in the way"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's folder: a paper, files that are none, and settings good and bad."""
    folder = tmp_path_factory.mktemp("first-hour")
    numbered_pdf(folder / "paper.pdf", 3)
    (folder / "README.md").write_text("# Not a PDF\n")
    for name in ("empty", "inbox"):
        (folder / name).mkdir()
    (folder / "settings.yaml").write_text("engine: basic\nweb: {enabled: false}\n")
    (folder / "broken.yaml").write_text("servers: [\n")
    (folder / "list.yaml").write_text("- inbox\n")
    (folder / "wrong.yaml").write_text("workers: 0\nengin: basic\ntimeouts: {page: soon}\n")
    return folder


def typed(line: str, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a command in this process; its exit code."""
    monkeypatch.setattr("sys.argv", ["dropleaf", *shlex.split(line)])
    with pytest.raises(SystemExit) as ended:
        main()
    assert isinstance(ended.value.code, int)
    return ended.value.code


@pytest.mark.parametrize(("line", "code", "said"), MISTAKES)
def test_a_mistake_is_answered_by_a_sentence_and_leaves_nothing(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], line: str, code: int, said: str
) -> None:
    monkeypatch.chdir(folder)
    before = sorted(folder.rglob("*"))

    ended = typed(line, monkeypatch)

    shown = capsys.readouterr()
    assert said.format(place=folder) in " ".join((shown.err + shown.out).split())
    assert ended == code
    assert "Traceback" not in shown.err
    assert not re.search(r"Errno|Error:|Value error|<[A-Z]\w+\.", shown.err)
    assert sorted(folder.rglob("*")) == before


@pytest.fixture(scope="module")
def server() -> Iterator[Simulator]:
    """A server that gives nothing for the second page of each document."""
    with Simulator(Setup(slots=5, rules=(Rule(Fault.EMPTY, pages=(2,)),))) as sim:
        yield sim


#: Before a daemon runs, while one runs, and after its end; ``{server}`` and ``{pid}`` are what they are.
BEFORE = (
    ("--version", 0, ("0.",)),
    ("init --server {server}", 0, ("LM Studio, model qwen2.5-vl-7b-instruct", "Next: dropleaf watch")),
    ("init --server {server}", 64, ("settings.yaml is there already",)),
    ("doctor", 0, ("✓ inbox:", "✓ page:", "✓ workers:", "It takes a picture")),
    ("status", 0, ("0 waiting · 0 in work · 0 done · 0 failed", "Daemon not running")),
    ("convert paper.pdf -o out --pages 9-12", 64, ("none of those that are asked for is among them",)),
    ("convert paper.pdf -o out", 3, ("paper.pdf: 3 of 3 pages, 1 fell back", "partial", "out/paper.html")),
    ("unit", 0, ("useradd --system", "systemctl enable --now dropleaf", "[Service]")),
    ("unit --user", 0, ("systemctl --user enable --now dropleaf",)),
)
MEANWHILE = (
    ("watch", 70, ("Another Dropleaf daemon (pid {pid}) works on",)),
    (
        "status",
        0,
        ("1 done · 1 failed", "Daemon running (pid {pid})", "page http://127.0.0.1:", "Everything is paused"),
    ),
    ("doctor", 0, ("A daemon works on this outbox (pid {pid}).", "It is at http://127.0.0.1:")),
    ("resume", 0, ("everything is resumed",)),
)
AFTER = (
    ("status report", 0, ("report.pdf: partial", "Fell back: 1 empty. `dropleaf retry report`")),
    ("status letter", 0, ("letter.pdf: failed", "`dropleaf retry letter` tries it again.")),
    ("retry letter", 1, ("failed/letter.json",)),
    ("retry report", 0, ("complete",)),
    ("retry report", 0, ("No page fell back",)),
    ("export report --to csv,xlsx", 0, ("written",)),
)


@pytest.mark.slow
def test_the_first_hour_from_an_empty_folder_to_a_stopped_daemon(
    tmp_path: Path, server: Simulator, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    place = Place(tmp_path)
    place.file.unlink()
    numbered_pdf(tmp_path / "paper.pdf", 3)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DROPLEAF_WEB__PORT", "0")

    def play(steps: tuple[tuple[str, int, tuple[str, ...]], ...], **facts: object) -> None:
        for line, code, words in steps:
            ended = typed(line.format(server=server.url), monkeypatch)
            read = capsys.readouterr()
            shown = " ".join((read.err + read.out).split())
            assert (ended, [each for each in words if each.format(**facts) not in shown]) == (code, []), shown

    play(BEFORE)
    with Daemon(place, environment={"DROPLEAF_WEB__PORT": "0", "DROPLEAF_LOG__FORMAT": "json"}) as daemon:
        daemon.wait_for("inbox_watched")
        place.drop(lambda path: numbered_pdf(path, 3), "report.pdf")
        place.drop(not_a_pdf, "letter.pdf")
        daemon.wait_for("published", document="report.pdf")
        daemon.wait_for("failed", document="letter.pdf")
        play((("pause", 0, ("everything is paused",)),))
        until(lambda: PAUSED in read_status(place.inbox, place.outbox).notes)
        play(MEANWHILE, pid=daemon.pid)
        assert daemon.stop() == 0
    server.set_rules()
    play(AFTER)
