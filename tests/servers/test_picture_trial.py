import pytest
from simulator import Fault, Model, Rule, Setup, Simulator

from pipeline.errors import ModelUnavailable
from pipeline.pictures.png import rows_to_png
from pipeline.server_target import ServerTarget
from pipeline.servers.facts import ServerKind
from pipeline.servers.picture_trial import Trial, try_picture
from pipeline.vision.profiles.profiles import profile_for

WIDTH, HEIGHT = 980, 1372
PICTURE = rows_to_png([bytes(WIDTH)] * HEIGHT, width=WIDTH, channels=1)


def tried(setup: Setup) -> Trial:
    with Simulator(setup) as sim:
        model = setup.models[0].id
        target = ServerTarget(url=sim.url, model=model)
        return try_picture(target, profile_for(model), PICTURE, (WIDTH, HEIGHT), timeout_s=10)


def test_a_server_that_makes_pictures_smaller_is_found_out() -> None:
    trial = tried(Setup(dialect="lmstudio", models=(Model(id="qwen2.5-vl-7b"),)))

    assert trial.expected_tokens == 35 * 49
    assert trial.shrunk
    assert "1715" in trial.advice(ServerKind.LMSTUDIO)
    assert "LM Studio" in trial.advice(ServerKind.LMSTUDIO)


def test_a_server_that_passes_pictures_on_is_in_order() -> None:
    trial = tried(Setup(dialect="llama.cpp", models=(Model(id="qwen2.5-vl-7b"),)))

    assert not trial.shrunk
    assert trial.advice(ServerKind.LLAMACPP) == ""
    assert trial.seconds > 0


def test_a_server_that_cuts_what_is_too_long_for_its_context_is_found_out() -> None:
    trial = tried(Setup(dialect="ollama", models=(Model(id="qwen2.5-vl-7b", context=1024),)))

    assert trial.shrunk
    assert "512 came" in trial.advice(ServerKind.OLLAMA)
    assert "OLLAMA_CONTEXT_LENGTH" in trial.advice(ServerKind.OLLAMA)


def test_a_server_that_takes_no_pictures_says_why() -> None:
    with pytest.raises(ModelUnavailable, match="vision"):
        tried(Setup(rules=(Rule(Fault.NO_VISION),)))
