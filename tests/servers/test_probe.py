import json
import socket

import pytest
from certificates import Certificates, make_certificates
from go_betweens import Proxy, TlsFront
from simulator import Fault, Loading, Model, Rule, Setup, Simulator
from vision.scripted import Line, answering, http, serving

from pipeline.conditions import only_model
from pipeline.errors import ModelRefused, PageError
from pipeline.server_target import Route, ServerTarget
from pipeline.servers.facts import ServerKind
from pipeline.servers.listings import (
    Listed,
    choose_model,
    lmstudio_to_models,
    older_lmstudio_to_models,
    ollama_to_models,
    openai_to_models,
    props_to_model,
)
from pipeline.servers.probe import probe, warm_up

TEXT_ONLY = Model(id="llama-3.2-3b-instruct", vision=False)
SEEING = Model(id="qwen2.5-vl-7b-instruct", context=16384)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("tls"))


def test_lm_studio_tells_its_loaded_vision_model_its_slots_and_its_context() -> None:
    with Simulator(Setup(models=(TEXT_ONLY, SEEING), slots=3)) as sim:
        facts = probe(sim.url)

    assert facts.usable
    assert (facts.kind, facts.model, facts.vision) == (ServerKind.LMSTUDIO, SEEING.id, True)
    assert (facts.slots, facts.context, facts.loaded) == (3, 16384, True)
    assert facts.models == (TEXT_ONLY.id, SEEING.id)


def test_lm_studio_with_a_model_on_disk_says_that_it_will_be_loaded() -> None:
    with Simulator(Setup(models=(TEXT_ONLY, Model(id="olmocr-2-7b", loaded=False)))) as sim:
        facts = probe(sim.url)

    assert facts.usable
    assert (facts.model, facts.loaded) == ("olmocr-2-7b", False)
    assert "not loaded" in (facts.note or "")


def test_lm_studio_without_a_vision_model_says_what_to_do() -> None:
    with Simulator(Setup(models=(TEXT_ONLY,))) as sim:
        facts = probe(sim.url)

    assert not facts.usable
    assert facts.reachable
    assert "Download" in (facts.problem or "")


def test_lm_studio_is_of_no_use_to_a_model_that_writes_special_tokens() -> None:
    with Simulator(Setup(models=(Model(id="granite-docling-258m"),))) as sim:
        assert "strips" in (probe(sim.url).problem or "")


def test_a_url_without_v1_is_noticed() -> None:
    with Simulator(Setup()) as sim:
        facts = probe(sim.root)

    assert facts.problem is not None
    assert f"{sim.root}/v1" in facts.problem


def test_llama_cpp_tells_by_its_properties() -> None:
    with Simulator(Setup(dialect="llama.cpp", models=(SEEING,), slots=6)) as sim:
        facts = probe(sim.url, model="whatever")

    assert facts.usable
    assert (facts.kind, facts.model, facts.slots, facts.context) == (ServerKind.LLAMACPP, SEEING.id, 6, 16384)
    assert facts.note == only_model(SEEING.id, "whatever")


def test_llama_cpp_without_its_vision_file_says_so() -> None:
    with Simulator(Setup(dialect="llama.cpp", models=(TEXT_ONLY,))) as sim:
        assert "--mmproj" in (probe(sim.url).problem or "")


def test_a_server_that_is_loading_is_not_ready() -> None:
    with Simulator(Setup(dialect="llama.cpp", loading=Loading(at_start=60))) as sim:
        facts = probe(sim.url)

    assert facts.reachable
    assert "not ready" in (facts.problem or "")


def test_ollama_is_asked_which_of_its_models_see() -> None:
    hidden = Model(id="gemma3:12b", loaded=False)
    with Simulator(Setup(dialect="ollama", models=(TEXT_ONLY, hidden))) as sim:
        facts = probe(sim.url)

    assert facts.usable
    assert (facts.kind, facts.model, facts.slots, facts.vision) == (ServerKind.OLLAMA, "gemma3:12b", 1, True)


def test_a_plain_server_has_its_model_guessed_by_name() -> None:
    with Simulator(Setup(dialect="plain", models=(TEXT_ONLY, SEEING))) as sim:
        facts = probe(sim.url)

    assert facts.usable
    assert (facts.kind, facts.model, facts.vision, facts.slots) == (ServerKind.OPENAI, SEEING.id, None, None)


def test_a_model_that_the_server_does_not_have_is_named_with_those_that_it_has() -> None:
    with Simulator(Setup(models=(SEEING,))) as sim:
        facts = probe(sim.url, model="qwen3-vl-32b")

    assert not facts.usable
    assert SEEING.id in (facts.problem or "")


def test_a_missing_key_is_a_problem_and_a_right_one_is_not() -> None:
    with Simulator(Setup(api_key="sk-1")) as sim:
        assert "api_key" in (probe(sim.url).problem or "")
        assert "sk-2" not in repr(probe(sim.url, api_key="sk-2"))
        assert probe(sim.url, api_key="sk-1").usable


def test_no_server_is_not_reachable() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

    facts = probe(f"http://127.0.0.1:{port}/v1")

    assert not facts.reachable
    assert "Start" in (facts.problem or "")


def test_a_server_that_says_nothing_is_given_up_after_the_first_question() -> None:
    def silent(line: Line) -> None:
        while line.request():
            pass

    with serving(silent) as server:
        facts = probe(server.url, timeout_s=0.5)

    assert not facts.usable
    assert "within 0.5 s" in (facts.problem or "")
    assert len(server.requests) == 1


def test_all_questions_together_have_one_time() -> None:
    def slow(line: Line) -> None:
        while line.request() and not line.stop.wait(0.3):
            line.send(http(b"{}", status="404 Not Found"))

    with serving(slow) as server:
        facts = probe(server.url, timeout_s=0.5)

    assert "within 0.5 s" in (facts.problem or "")
    assert len(server.requests) <= 2  # the second answer comes after 0.6 s at the earliest


@pytest.mark.parametrize(
    "body",
    [b"", b"<html>", b"[]", b"null", b'{"models": 3, "data": "x"}', b'{"data": [1, null, {"id": 7}]}', b"\xff" * 99],
)
def test_nonsense_is_a_problem_and_never_an_exception(body: bytes) -> None:
    with serving(answering(http(body))) as server:
        facts = probe(server.url, timeout_s=5)

    assert not facts.usable
    assert facts.problem


@pytest.mark.parametrize(("wanted", "model"), [("auto", "default"), ("my-vl", "my-vl")])
def test_a_gateway_that_lists_nothing_may_answer_all_the_same(wanted: str, model: str) -> None:
    with serving(answering(http(b'{"error": "not found"}', status="404 Not Found"))) as server:
        facts = probe(server.url, model=wanted, timeout_s=5)
        without_v1 = probe(server.url.removesuffix("/v1"), timeout_s=5)

    assert (facts.usable, facts.loaded, facts.model) == (True, None, model)
    assert "lists no models" in (facts.note or "")
    assert "/v1" in (without_v1.problem or "")


def test_what_speaks_no_http_is_no_model_server() -> None:
    with serving(answering(b"SSH-2.0-OpenSSH_9.2\r\n")) as server:
        assert "no model server" in (probe(server.url, timeout_s=1).problem or "")


def test_a_warm_up_loads_the_model_once() -> None:
    with Simulator(Setup(models=(Model(loaded=False),))) as sim:
        warm_up(ServerTarget(url=sim.url, model=Model().id), timeout_s=10)

        assert sim.loads == 1
        assert probe(sim.url).loaded


def test_a_warm_up_that_fails_says_why() -> None:
    with Simulator(Setup(rules=(Rule(Fault.SERVER_ERROR),))) as sim, pytest.raises(ModelRefused):
        warm_up(ServerTarget(url=sim.url, model=Model().id), timeout_s=5)
    with pytest.raises(PageError):
        warm_up(ServerTarget(url="http://127.0.0.1:9/v1", model="m"), timeout_s=1)


def test_copies_of_one_model_are_known_and_the_first_is_taken() -> None:
    copies = [{"id": "m-vl:2", "config": {}}, {"id": "m-vl", "config": {"parallel": 4, "context_length": 8192}}]
    listing = {"models": [{"key": "m-vl", "type": "llm", "loaded_instances": copies, "capabilities": {"vision": True}}]}

    models = lmstudio_to_models(listing)

    assert models is not None
    assert choose_model(models, "auto") == Listed(
        id="m-vl", key="m-vl", vision=True, loaded=True, slots=4, context=8192
    )


def test_older_listings_are_read() -> None:
    older = {"data": [{"id": "a", "type": "vlm", "state": "loaded", "loaded_context_length": 4096}]}

    assert older_lmstudio_to_models(older) == [Listed(id="a", vision=True, loaded=True, slots=1, context=4096)]
    assert openai_to_models({"data": [{"id": "a", "max_model_len": 32768}]}) == [Listed(id="a", context=32768)]


def test_among_several_the_loaded_one_made_for_documents_is_taken() -> None:
    models = [
        Listed(id="gemma-3-4b", vision=True, loaded=True),
        Listed(id="olmocr-2-7b", vision=True, loaded=True),
        Listed(id="nanonets-ocr2", vision=True, loaded=False),
        Listed(id="big-text", vision=False, loaded=True),
    ]

    assert choose_model(models, "auto") == models[1]
    assert choose_model(models, "lmstudio-community/gemma-3-4b") == models[0]
    assert choose_model(models[3:], "auto") is None


@pytest.mark.parametrize("value", [None, 1, "x", [], {}, {"models": [None]}, {"data": [{"state": 1, "type": 2}]}])
def test_listings_take_any_json(value: object) -> None:
    json.dumps(value)
    for read in (lmstudio_to_models, older_lmstudio_to_models, openai_to_models):
        assert not read(value)
    assert props_to_model(value) is None
    assert not ollama_to_models(value, value)


def test_a_server_that_is_not_trusted_says_what_to_set(certificates: Certificates) -> None:
    with Simulator() as sim, TlsFront(sim.url, certificates.context()) as front:
        untrusted = probe(front.url, wanted=Route(ca=certificates.stranger))
        trusted = probe(front.url, wanted=Route(ca=certificates.ca))

    assert (untrusted.reachable, trusted.usable) == (False, True)
    assert "Set ca of this server" in (untrusted.problem or "")
    assert trusted.route == Route(ca=certificates.ca, addresses=("127.0.0.1",))


def test_a_proxy_is_asked_for_the_facts_too_and_one_that_is_gone_is_named() -> None:
    with Simulator() as sim:
        with Proxy() as proxy:
            assert probe(sim.url, wanted=Route(proxy=proxy.url)).usable
        gone = probe(sim.url, wanted=Route(proxy=proxy.url))

    assert all(sim.url.removesuffix("/v1") in line for line in proxy.asked)
    assert (gone.reachable, f"127.0.0.1:{proxy.port}" in (gone.problem or "")) == (False, True)


def test_what_a_server_says_of_a_renamed_models_origin_is_read() -> None:
    lmstudio = {"models": [{"key": "mine", "type": "vlm", "architecture": "qwen3vl", "capabilities": {"vision": True}}]}
    older = {"data": [{"id": "mine", "type": "vlm", "arch": "gemma3", "state": "loaded"}]}
    props = {"total_slots": 1, "model_alias": "mine", "model_path": "/models/olmOCR-2.gguf"}
    tags = {"models": [{"name": "mine", "details": {"family": "deepseekocr"}}]}
    vllm = {"data": [{"id": "mine", "root": "opendatalab/MinerU2.5"}]}

    found = [
        (lmstudio_to_models(lmstudio) or [])[0],
        (older_lmstudio_to_models(older) or [])[0],
        props_to_model(props),
        (ollama_to_models(tags, {}) or [])[0],
        (openai_to_models(vllm) or [])[0],
    ]

    assert [model.origin for model in found if model] == [
        "qwen3vl", "gemma3", "/models/olmOCR-2.gguf", "deepseekocr", "opendatalab/MinerU2.5"
    ]  # fmt: skip
