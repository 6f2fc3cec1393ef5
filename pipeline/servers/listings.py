"""Reads the lists of models that servers give, in all their formats; pure functions of parsed JSON."""

from collections.abc import Iterable
from dataclasses import dataclass

from pipeline.vision.client.model_names import same_model
from pipeline.vision.profiles.profiles import FAMILIES, looks_like_vision, profile_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """One model, or one loaded copy of it; a field is None where the list does not say.

    Attributes:
        id: Its name in requests.
        key: Its name in the list, where that differs.
        origin: What else the list says about it: its file, its architecture, its family.
    """

    id: str
    key: str = ""
    origin: str = ""
    vision: bool | None = None
    loaded: bool | None = None
    slots: int | None = None
    context: int | None = None


def lmstudio_to_models(value: object) -> list[Listed] | None:
    """LM Studio's ``/api/v1/models``: each loaded copy with its own settings; None for another format."""
    entries = value.get("models") if isinstance(value, dict) else None
    if not isinstance(entries, list) or (isinstance(value, dict) and "data" in value):
        return None
    models: list[Listed] = []
    for entry in _objects(entries):
        key, capabilities = _text(entry.get("key")), _object(entry.get("capabilities"))
        if not key or entry.get("type") == "embedding":
            continue
        vision = capabilities.get("vision") is True
        origin = _words(entry.get("architecture"), entry.get("display_name"))
        copies = _objects(entry.get("loaded_instances"))
        for copy in copies:
            config = _object(copy.get("config"))
            models.append(
                Listed(
                    id=_text(copy.get("id")) or key,
                    key=key,
                    origin=origin,
                    vision=vision,
                    loaded=True,
                    slots=_positive(config.get("parallel")),
                    context=_positive(config.get("context_length")),
                )
            )
        if not copies:
            models.append(Listed(id=key, key=key, origin=origin, vision=vision, loaded=False))
    return models


def older_lmstudio_to_models(value: object) -> list[Listed] | None:
    """LM Studio's ``/api/v0/models``; versions with only this list answer one request at a time."""
    entries = [entry for entry in _objects(_object(value).get("data")) if "state" in entry and "type" in entry]
    if not entries:
        return None
    return [
        Listed(
            id=_text(entry.get("id")),
            origin=_words(entry.get("arch"), entry.get("publisher")),
            vision=entry.get("type") == "vlm",
            loaded=entry.get("state") == "loaded",
            slots=1,
            context=_positive(entry.get("loaded_context_length")),
        )
        for entry in entries
        if entry.get("type") in {"vlm", "llm"} and _text(entry.get("id"))
    ]


def props_to_model(value: object) -> Listed | None:
    """llama.cpp's ``/props``: the one model with which it was started; the context is that of one slot."""
    props = _object(value)
    if "total_slots" not in props and "default_generation_settings" not in props:
        return None
    seeing = _object(props.get("modalities")).get("vision")
    return Listed(
        id=_text(props.get("model_alias")) or _text(props.get("model_path")).rsplit("/", 1)[-1],
        origin=_text(props.get("model_path")),
        vision=seeing if isinstance(seeing, bool) else None,
        loaded=props.get("is_sleeping") is not True,
        slots=_positive(props.get("total_slots")),
        context=_positive(_object(props.get("default_generation_settings")).get("n_ctx")),
    )


def ollama_to_models(tags: object, running: object) -> list[Listed] | None:
    """Ollama's ``/api/tags`` and ``/api/ps``; it works on one picture at a time unless it is configured otherwise."""
    entries = _object(tags).get("models")
    if not isinstance(entries, list):
        return None
    contexts = {_text(entry.get("name")): entry for entry in _objects(_object(running).get("models"))}
    families = {
        _text(entry.get("name")): _text(_object(entry.get("details")).get("family")) for entry in _objects(entries)
    }
    return [
        Listed(
            id=name,
            origin=family,
            loaded=name in contexts,
            slots=1,
            context=_positive(_object(contexts.get(name)).get("context_length")),
        )
        for name, family in families.items()
        if name
    ]


def show_to_vision(value: object) -> bool | None:
    """Whether a model takes pictures, from Ollama's ``/api/show``."""
    capabilities = _object(value).get("capabilities")
    return "vision" in capabilities if isinstance(capabilities, list) else None


def openai_to_models(value: object) -> list[Listed] | None:
    """``/v1/models`` of any server; vLLM adds the context's length, and the original name of a renamed model."""
    entries = _object(value).get("data")
    if not isinstance(entries, list):
        return None
    listed = _objects(entries)
    return [
        Listed(
            id=_text(entry.get("id")),
            origin=_words(entry.get("root"), entry.get("parent")),
            context=_positive(entry.get("max_model_len")),
        )
        for entry in listed
        if _text(entry.get("id"))
    ]


def choose_model(models: Iterable[Listed], wanted: str) -> Listed | None:
    """The model to send pages to; None where there is none.

    Args:
        models: All that the server lists.
        wanted: An id, or ``auto`` for the loaded vision model, or else for the one that reads documents best.
    """
    if wanted == "auto":
        seeing = [model for model in models if model.vision is not False]
        return min(seeing, key=_rank, default=None)
    exact = [model for model in models if wanted in {model.id, model.key}]
    alike = [model for model in models if model.id.rsplit("/", 1)[-1].lower() == wanted.rsplit("/", 1)[-1].lower()]
    copies = [model for model in models if model.id.rpartition(":")[0] == wanted]
    return min(exact or alike or copies, key=_rank, default=None)


def nearest_names(models: Iterable[Listed], wanted: str) -> list[str]:
    """The names that are most similar to ``wanted``."""
    return [model.id for model in models if same_model(wanted, model.id)]


def _rank(model: Listed) -> tuple[bool, bool, bool, int, int]:
    """Sorts loaded models first, then those known to take pictures, then families made for documents."""
    profile = profile_for(model.id, origin=model.origin)
    place = FAMILIES.index(profile) if profile in FAMILIES else len(FAMILIES)
    guessed = model.vision is None and not looks_like_vision(model.id)
    return not model.loaded, guessed, profile.special_tokens, place, len(model.id)


def _object(value: object) -> dict[str, object]:
    return value if isinstance(value, dict) else {}


def _objects(value: object) -> list[dict[str, object]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _words(*values: object) -> str:
    return " ".join(filter(None, map(_text, values)))


def _positive(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None
