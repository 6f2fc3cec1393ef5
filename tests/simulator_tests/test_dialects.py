"""What each server shows of itself, and how it refuses."""

import json

import pytest
from raw_http import RawClient, chat_body, data_uri
from simulator import Fault, Loading, Mark, Model, Rule, Setup, Simulator, mark_to_png
from simulator.jsons import Json

PNG = mark_to_png(Mark(document=7, page=2))
WEBP = data_uri(b"RIFF\0\0\0\0WEBPVP8 ", "image/webp")
MODELS = (
    Model(id="vision-7b", context=4096),
    Model(id="text-7b", vision=False),
    Model(id="vision-big", loaded=False),
    Model(id="embedder", embedding=True, vision=False, loaded=False),
)


def shown(setup: Setup, path: str) -> Json:
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        value: Json = json.loads(client.ask("GET", path).body)
        return value


def ids(value: Json, key: str = "data", name: str = "id") -> list[Json]:
    assert isinstance(value, dict)
    entries = value[key]
    assert isinstance(entries, list)
    return [entry[name] for entry in entries if isinstance(entry, dict)]


def test_lm_studio_lists_what_is_loaded_and_how_wide() -> None:
    listed = shown(Setup(models=MODELS, slots=5), "/api/v1/models")

    assert ids(listed, "models", "key") == ["vision-7b", "text-7b", "vision-big", "embedder"]
    assert isinstance(listed, dict)
    first, _, big, embedder = json.loads(json.dumps(listed["models"]))
    assert first["capabilities"]["vision"] is True
    assert first["loaded_instances"][0]["id"] == "vision-7b"
    assert first["loaded_instances"][0]["config"]["context_length"] == 4096
    assert first["loaded_instances"][0]["config"]["parallel"] == 5
    assert big["loaded_instances"] == []
    assert (embedder["type"], "capabilities" in embedder) == ("embedding", False)


def test_lm_studio_s_older_listing_tells_type_and_state() -> None:
    listed = shown(Setup(models=MODELS), "/api/v0/models")

    assert ids(listed, name="type") == ["vlm", "llm", "vlm", "embeddings"]
    assert ids(listed, name="state") == ["loaded", "loaded", "not-loaded", "not-loaded"]


def test_lm_studio_s_openai_listing_depends_on_loading_on_demand() -> None:
    on_disk = shown(Setup(models=MODELS), "/v1/models")
    loaded = shown(Setup(models=MODELS, loading=Loading(on_demand=False)), "/v1/models")

    assert len(ids(on_disk)) == 4
    assert ids(loaded) == ["vision-7b", "text-7b"]


def test_lm_studio_answers_a_wrong_path_with_status_200() -> None:
    with Simulator() as sim, RawClient(sim.root) as client:
        answer = client.ask("POST", "/v1//chat/completions", {})

    assert answer.status == 200
    assert answer.json() == {"error": "Unexpected endpoint or method. (POST /v1//chat/completions)"}


def test_lm_studio_answers_an_unknown_name_with_the_loaded_model() -> None:
    with Simulator(Setup(models=MODELS)) as sim, RawClient(sim.root) as client:
        answer = client.chat({**chat_body(PNG), "model": "no-such-model"})

    assert (answer.status, answer.json()["model"]) == (200, "vision-7b")


def test_lm_studio_without_a_model_says_so() -> None:
    setup = Setup(models=(Model(loaded=False),), loading=Loading(on_demand=False))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(PNG))

    assert answer.status == 404
    assert b'"type":"invalid_request_error","param":"model","code":"model_not_found"' in answer.body


def test_lm_studio_shrinks_pictures_before_it_counts_them() -> None:
    big = mark_to_png(Mark(7, 2), width=1448, height=2048)
    with Simulator() as sim, RawClient(sim.root) as client:
        usage = json.loads(client.chat(chat_body(big)).body)["usage"]

    assert usage["prompt_tokens"] == 26 * 37 + len("Convert this page.") // 4


def test_lm_studio_refuses_pictures_over_its_cap() -> None:
    header = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\x17\x70\0\0\x1f\x40\x08\0\0\0\0\0\0\0\0\0\0\0\0IEND\xaeB`\x82"
    with Simulator() as sim, RawClient(sim.root) as client:
        assert client.chat(chat_body(header)).status == 400


@pytest.mark.parametrize(
    ("dialect", "url", "status", "words"),
    [
        ("lmstudio", WEBP, 400, '{"error":"\'url\' field must be a base64 encoded image."}'),
        ("lmstudio", "http://127.0.0.1/x.png", 400, '{"error":"\'url\' field must be a base64 encoded image."}'),
        ("llama.cpp", WEBP, 400, "Failed to load image or audio file"),
        ("ollama", "http://127.0.0.1/x.png", 400, "invalid image input"),
        ("ollama", data_uri(b"GIF89a" + bytes(20)), 400, "invalid image input"),
        ("llama-cpp-python", WEBP, 500, '"message":"Failed to create bitmap from image bytes"'),
        ("llama-cpp-python", data_uri(PNG).partition(",")[2], 500, '"type":"internal_server_error"'),
    ],
)
def test_a_picture_is_refused_in_the_server_s_words(dialect: str, url: str, status: int, words: str) -> None:
    with Simulator(Setup(dialect=dialect)) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(url))

    assert answer.status == status
    assert words in answer.body.decode()


@pytest.mark.parametrize(
    ("dialect", "words"),
    [
        ("lmstudio", '"type":"invalid_request","param":null,"code":"invalid_api_key"'),
        ("llama.cpp", '"message":"Invalid API Key","type":"authentication_error"'),
        ("plain", '{"error":"Unauthorized"}'),
        ("llama-cpp-python", '{"error":"Unauthorized"}'),
    ],
)
def test_a_wrong_key_is_refused_in_the_server_s_words(dialect: str, words: str) -> None:
    with Simulator(Setup(dialect=dialect, api_key="secret")) as sim, RawClient(sim.root) as client:
        answer = client.ask("GET", "/v1/models", headers=["Authorization: Bearer wrong"])

    assert answer.status == 401
    assert words in answer.body.decode()


def test_ollama_lists_what_it_has_and_what_runs() -> None:
    setup = Setup(dialect="ollama", models=MODELS)

    assert len(ids(shown(setup, "/api/tags"), "models", "name")) == 4
    assert ids(shown(setup, "/api/ps"), "models", "name") == ["vision-7b", "text-7b"]


def test_ollama_shows_what_a_model_can_do() -> None:
    with Simulator(Setup(dialect="ollama", models=MODELS)) as sim, RawClient(sim.root) as client:
        seeing, blind, unknown = (
            client.ask("POST", "/api/show", {"model": name}) for name in ("vision-7b", "text-7b", "nothing")
        )

    assert seeing.json()["capabilities"] == ["completion", "vision"]
    assert blind.json()["capabilities"] == ["completion"]
    assert unknown.status == 404


def test_ollama_keeps_an_error_s_connection_and_has_one_slot() -> None:
    with Simulator(Setup(dialect="ollama", rules=(Rule(Fault.NOT_PULLED, times=1),))) as sim:
        with RawClient(sim.root) as client:
            statuses = [client.chat(chat_body(PNG)).status for _ in range(2)]

        assert (statuses, sim.connections, sim.service.slots.count) == ([404, 200], 1, 1)


def test_ollama_cuts_a_long_prompt_in_silence() -> None:
    setup = Setup(dialect="ollama", models=(Model(context=400),))
    with Simulator(setup) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(mark_to_png(Mark(7, 2), width=1000, height=1300)))

    assert answer.status == 200
    assert json.loads(answer.body)["usage"]["prompt_tokens"] == 200


def test_a_plain_server_tells_the_context_and_nothing_more() -> None:
    with Simulator(Setup(dialect="plain", models=MODELS[:1])) as sim, RawClient(sim.root) as client:
        listed = client.ask("GET", "/v1/models").json()
        health = client.ask("GET", "/health")
        missing = client.ask("GET", "/props")

    assert ids(listed, name="max_model_len") == [4096]
    assert (health.status, health.body) == (200, b"")
    assert (missing.status, missing.json()) == (404, {"detail": "Not Found"})


def test_llama_cpp_python_answers_broken_json_in_plain_text() -> None:
    with Simulator(Setup(dialect="llama-cpp-python")) as sim, RawClient(sim.root) as client:
        answer = client.chat("{nonsense")

    assert (answer.status, answer.body) == (500, b"Internal Server Error")


@pytest.mark.parametrize("dialect", ["lmstudio", "llama.cpp", "ollama", "plain", "llama-cpp-python"])
def test_every_dialect_streams_to_the_end(dialect: str) -> None:
    with Simulator(Setup(dialect=dialect)) as sim, RawClient(sim.root) as client:
        answer = client.chat(chat_body(PNG, stream=True))

    assert answer.done
    assert "usage" in answer.events()[-1]


def test_an_olmocr_model_begins_with_front_matter() -> None:
    with Simulator(Setup(models=(Model(id="olmocr-2-7b"),))) as sim, RawClient(sim.root) as client:
        body = client.chat({**chat_body(PNG), "model": "olmocr-2-7b"}).body.decode()

    assert '"content":"---\\nprimary_language: en\\nis_rotation_valid: True' in body
