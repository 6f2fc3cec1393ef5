"""``dropleaf init``: the first settings file."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from simulator import Model, Setup, Simulator

from pipeline.commands.init import Surroundings, found_to_sentences, look_around, write_settings
from pipeline.errors import UsageError
from pipeline.servers.facts import ServerFacts, ServerKind
from pipeline.settings.settings import Settings, load_settings

NOTHING = Surroundings(server=None, others=(), ocr="")


@pytest.fixture(scope="module")
def sim() -> Iterator[Simulator]:
    """A server with eight slots."""
    with Simulator(Setup(slots=8)) as running:
        yield running


def written(file: Path, found: Surroundings, *, replace: bool = False) -> Settings:
    """The settings that are read from what is written."""
    write_settings(file, found, inbox=Path("in: box"), outbox=Path("outbox"), replace=replace)
    return load_settings(file)


def test_what_is_found_is_what_the_settings_say(tmp_path: Path, sim: Simulator) -> None:
    found = look_around([sim.url, "http://127.0.0.1:9/v1"])

    settings = written(tmp_path / "settings.yaml", found)

    (server,) = settings.servers
    assert (server.url, server.model, server.slots, settings.workers) == (sim.url, "qwen2.5-vl-7b-instruct", 8, 8)
    assert settings.ocr.engine == (found.ocr or "auto")
    assert settings.inbox == tmp_path / "in: box"
    assert "LM Studio, model qwen2.5-vl-7b-instruct, 8 slots" in (tmp_path / "settings.yaml").read_text()
    assert any(sim.url in sentence for sentence in found_to_sentences(found))


def test_where_nothing_is_found_the_settings_are_the_defaults(tmp_path: Path) -> None:
    settings = written(tmp_path / "settings.yaml", look_around(["http://127.0.0.1:9/v1"]))

    assert (settings.servers, settings.workers) == (Settings().servers, 5)
    assert next(found_to_sentences(NOTHING)).startswith("No model server answers")


def test_a_server_that_wants_a_key_is_written_with_the_place_for_it(tmp_path: Path) -> None:
    with Simulator(Setup(api_key="secret")) as locked:
        found = look_around([locked.url])

    assert written(tmp_path / "settings.yaml", found).servers[0].url == locked.url
    assert "# api_key: ${env:LMSTUDIO_API_KEY}" in (tmp_path / "settings.yaml").read_text()


def test_a_server_that_can_read_comes_before_one_that_cannot(sim: Simulator) -> None:
    with Simulator(Setup(models=(Model(id="text-only", vision=False),))) as blind:
        found = look_around([blind.url, sim.url])

    assert found.server is not None
    assert found.server.url == sim.url


def test_a_hostile_name_of_a_model_stays_a_value(tmp_path: Path) -> None:
    name = "x\ninbox: /etc # '\"\u202e"
    server = ServerFacts(url="http://127.0.0.1:9/v1", kind=ServerKind.OLLAMA, model=name, models=(name,), slots=1)

    settings = written(tmp_path / "settings.yaml", Surroundings(server=server, others=(server,), ocr=""))

    assert settings.servers[0].model == name
    assert settings.inbox == tmp_path / "in: box"
    assert "\u202e" not in "".join(found_to_sentences(Surroundings(server=server, others=(), ocr="")))


def test_a_file_that_is_there_is_replaced_only_if_told(tmp_path: Path) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text("workers: 3\n")

    with pytest.raises(UsageError, match="there already"):
        written(file, NOTHING)

    assert file.read_text() == "workers: 3\n"
    assert written(file, NOTHING, replace=True).workers == Settings().workers


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        written(tmp_path / "none" / "settings.yaml", NOTHING)
