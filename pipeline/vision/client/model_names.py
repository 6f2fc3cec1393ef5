"""Whether two names mean the same model: servers add publishers, paths, quantisations and instance numbers."""

import re
from functools import lru_cache

# Words for a model's packaging, training or size, which do not identify it.
_PACKING = re.compile(
    r"""(?:gguf|ggml|mlx|awq|gptq|fp\d+|f\d+|bf16|int\d|nvfp4|mxfp4|i?q\d\w*|k|m|s|l|xl|xs|ud|bit|\d+bit|
    instruct|chat|it|hf|latest|preview|base|model|models|vision|vl|vlm|ocr|\d+b|a\d+b|e\d+b|v?\d+|dynamic|unsloth|
    community|lmstudio|local|default|auto|any|bartowski|thinking)""",
    re.VERBOSE,
)


@lru_cache(maxsize=64)
def same_model(asked: str, answered: str) -> bool:
    """False only where the answer plainly comes from another model.

    The two names are taken apart into words; packaging, sizes and versions are left out, and one word in common is
    enough: ``qwen3-vl-8b`` and ``Qwen3VL-8B-Instruct-Q4_K_M.gguf`` agree, ``olmocr-2-7b`` and ``gemma-3-4b`` do not.
    """
    if not asked or not answered or asked == answered:
        return True
    first, second = _name_to_words(asked), _name_to_words(answered)
    return not first or not second or bool(first & second)


def _name_to_words(name: str) -> frozenset[str]:
    tail = name.lower().replace("\\", "/").rstrip("/").rsplit("/", 1)[-1]
    tail = re.sub(r"(\.gguf|:\d+|@[\w.-]+)$", "", tail)
    words = re.findall(r"[a-z]+", re.sub(r"[^a-z0-9]+", " ", tail).replace("vl", " vl "))
    return frozenset(word for word in words if len(word) > 1 and not _PACKING.fullmatch(word))
