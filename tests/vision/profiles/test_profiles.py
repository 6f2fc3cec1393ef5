import re

import pytest

from pipeline.vision.client.model_names import same_model
from pipeline.vision.profiles.profiles import (
    FAMILIES,
    GENERAL,
    Profile,
    looks_like_vision,
    profile_for,
)


@pytest.mark.parametrize(
    ("model", "name"),
    [
        ("allenai/olmocr-2-7b", "olmocr"),
        ("olmOCR-2-7B-1025-Q8_0.gguf", "olmocr"),
        ("/models/olmOCR-2-7B-1025-FP8", "olmocr"),
        ("nanonets/Nanonets-OCR2-3B", "nanonets-ocr"),
        ("rednote-hilab/dots.ocr", "dots.ocr"),
        ("dots_mocr-q4", "dots.ocr"),
        ("zai-org/glm-ocr:2", "glm-ocr"),
        ("PaddlePaddle/PaddleOCR-VL-0.9B", "paddleocr-vl"),
        ("opendatalab/MinerU2.5-2509-1.2B", "mineru"),
        ("deepseek-ocr:latest", "deepseek-ocr"),
        ("deepseek-ai/DeepSeek-OCR-2", "deepseek-ocr"),
        ("datalab-to/chandra-ocr-2", "chandra"),
        ("lightonai/LightOnOCR-2-1B", "lighton-ocr"),
        ("ibm-granite/granite-docling-258M", "docling"),
        ("qwen/qwen3-vl-8b", "qwen3-vl"),
        ("Qwen3VL-4B-Instruct-Q4_K_M.gguf", "qwen3-vl"),
        ("qwen2.5-vl-7b-instruct@q4_k_m", "qwen2-vl"),
        ("google/gemma-3-12b", "gemma"),
        ("mistralai/pixtral-12b", "markdown"),
        ("granite-vision-3.3-2b", "markdown"),
        ("openbmb/MiniCPM-V-4_5", "markdown"),
        ("tiiuae/Falcon-OCR", "falcon-ocr"),
        ("baidu.Unlimited-OCR-GGUF", "unlimited-ocr"),
        ("some/new-model-vl", "general"),
        ("", "general"),
    ],
)
def test_a_model_is_known_by_its_id(model: str, name: str) -> None:
    assert profile_for(model).name == name


def test_the_users_own_profile_comes_first() -> None:
    own = Profile(name="mine", pattern=r"^olmocr-2", prompt="Read.")

    assert profile_for("olmocr-2-7b", [own]) is own
    assert profile_for("qwen3-vl-8b", [own]).name == "qwen3-vl"


@pytest.mark.parametrize("profile", [*FAMILIES, GENERAL], ids=lambda profile: profile.name)
def test_every_profile_can_be_sent(profile: Profile) -> None:
    re.compile(profile.pattern)

    first, second = profile.request(b"x", "image/png"), profile.request(b"x", "image/png", second=True)

    assert profile.longest_side_px <= 2048, "a larger picture stalls everybody else's stream"
    assert profile.longest_side_px % profile.multiple_of == 0
    assert 0 < first.sampling.max_tokens <= 16384
    assert first.sampling.temperature < second.sampling.temperature <= 1


def test_names_tell_whether_a_model_can_see() -> None:
    assert all(looks_like_vision(name) for name in ("qwen2.5-vl-7b", "llava-1.6", "glm-4.6v-flash", "olmocr-2-7b"))
    assert not any(looks_like_vision(name) for name in ("llama-3.2-3b-instruct", "nomic-embed-text", "mistral-small"))


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("qwen3-vl-8b", "Qwen3VL-8B-Instruct-Q4_K_M.gguf"),
        ("qwen/qwen3-vl-8b", "qwen3-vl-8b:2"),
        ("olmocr-2-7b", "/models/allenai_olmOCR-2-7B-1025-Q8_0.gguf"),
        ("deepseek-ocr:latest", "deepseek-ocr"),
        ("local-model", "gemma-3-4b-it"),
        ("anything", ""),
        ("C:\\models\\pixtral-12b.gguf", "pixtral-12b"),
    ],
)
def test_two_names_of_one_model_agree(asked: str, answered: str) -> None:
    assert same_model(asked, answered)


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("olmocr-2-7b", "llama-3.2-3b-instruct"), ("qwen3-vl-8b", "google/gemma-3-4b"), ("glm-ocr", "pixtral-12b")],
)
def test_another_model_is_another_model(asked: str, answered: str) -> None:
    assert not same_model(asked, answered)


@pytest.mark.parametrize(
    ("origin", "name"),
    [
        ("/models/DeepSeek-OCR-Q8_0.gguf", "deepseek-ocr"),
        ("opendatalab/MinerU2.5-2509-1.2B", "mineru"),
        ("qwen2_5_vl", "qwen2-vl"),
        ("paddleocr", "paddleocr-vl"),
        ("llama", "general"),
        ("", "general"),
    ],
)
def test_a_model_whose_name_tells_nothing_is_known_by_what_its_server_says(origin: str, name: str) -> None:
    assert profile_for("my-model", origin=origin).name == name
    assert profile_for("olmocr-2", origin=origin).name == "olmocr"


def test_every_family_whose_tables_are_special_tokens_asks_to_keep_them() -> None:
    for model in (
        "mineru2.5",
        "PaddleOCR-VL",
        "deepseek-ocr",
        "granite-docling",
        "nemotron-parse-v1.2",
        "Youtu-Parsing",
    ):
        assert profile_for(model).extra["skip_special_tokens"] is False, model
