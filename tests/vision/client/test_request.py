import base64
import json

import pytest

from pipeline.vision.client.request import Sampling, VisionRequest, request_to_body

PICTURE = bytes(range(256)) * 300


def body_of(request: VisionRequest, *, model: str = "qwen3-vl-8b", plain: bool = False) -> dict[str, object]:
    parsed: dict[str, object] = json.loads(request_to_body(request, model, plain=plain))
    return parsed


def test_the_picture_arrives_whole_without_having_been_through_json() -> None:
    body = body_of(VisionRequest(prompt="Read.", image=PICTURE, mime="image/jpeg"))

    messages = body["messages"]
    assert isinstance(messages, list)
    picture, words = messages[0]["content"]
    head, _, data = picture["image_url"]["url"].partition(",")
    assert head == "data:image/jpeg;base64"
    assert base64.b64decode(data) == PICTURE
    assert words == {"type": "text", "text": "Read."}


@pytest.mark.parametrize(
    ("image_first", "prompt", "kinds"),
    [(True, "Read.", ["image_url", "text"]), (False, "Read.", ["text", "image_url"]), (True, "", ["image_url"])],
)
def test_picture_and_words_stand_in_the_models_order(image_first: bool, prompt: str, kinds: list[str]) -> None:  # noqa: FBT001 — a table
    body = body_of(VisionRequest(prompt=prompt, image=PICTURE, image_first=image_first))

    messages = body["messages"]
    assert isinstance(messages, list)
    assert [part["type"] for part in messages[0]["content"]] == kinds


def test_a_question_without_a_picture_is_plain_text() -> None:
    assert body_of(VisionRequest(prompt="Hello?"))["messages"] == [{"role": "user", "content": "Hello?"}]


def test_an_answer_is_always_streamed_and_limited() -> None:
    for plain in (False, True):
        body = body_of(VisionRequest(prompt="x", sampling=Sampling(max_tokens=77, temperature=0.3)), plain=plain)
        assert (body["stream"], body["max_tokens"], body["temperature"]) == (True, 77, 0.3)


def test_optional_keys_are_sent_unless_a_server_does_not_know_them() -> None:
    request = VisionRequest(
        prompt="x", quiet=True, sampling=Sampling(top_p=0.8, top_k=20, stop=("</end>",)), extra={"seed": 7}
    )

    full, plain = body_of(request), body_of(request, plain=True)

    assert set(full) - set(plain) == {
        "stream_options",
        "top_p",
        "top_k",
        "stop",
        "seed",
        "reasoning_effort",
        "chat_template_kwargs",
    }
    assert full["reasoning_effort"] == "none"
    assert full["chat_template_kwargs"] == {"enable_thinking": False}
    assert "reasoning_effort" not in body_of(VisionRequest(prompt="x"))


def test_no_name_and_no_prompt_can_break_the_body() -> None:
    nasty = '\ue000picture\ue000 " \\ \n \ud83d'

    body = body_of(VisionRequest(prompt=nasty, image=PICTURE), model=nasty)

    assert "picture" not in str(body["model"])
