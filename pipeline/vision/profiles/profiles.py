"""How to ask each family of vision models; chosen by the model's id, or set by the user."""

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from pipeline.vision.client.request import STEADY, Sampling, VisionRequest
from pipeline.vision.profiles import prompts


class DialectName(StrEnum):
    """The dialect that a model writes when it is asked as its profile says; answers are read by what they show."""

    HTML = "html"
    MARKDOWN = "markdown"
    DOCTAGS = "doctags"
    OTSL = "otsl"
    LAYOUT_JSON = "layout_json"
    GROUNDED = "grounded"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """How one family of models is asked.

    Attributes:
        name: Shown by ``dropleaf doctor`` and in the log.
        pattern: Regular expression that is searched in the model's id, case ignored.
        prompt: Empty where the model needs none.
        dialect: The dialect of the model's answers to this prompt; they are read by what they show.
        own_dialect: The dialect that a user has set, in which answers are read; None where none is set.
        longest_side_px: Of the picture that is sent.
        max_pixels: The most pixels of the whole picture.
        multiple_of: Both sides are a multiple of this many pixels.
        colour: RGB instead of grey, with three times the bytes.
        image_first: Whether the picture comes before the prompt.
        sampling: How words are chosen in the first try.
        hotter: Added to the temperature for the second try.
        smaller: Factor of the picture's sides for the second try.
        quiet: Whether the model is told not to reason first.
        special_tokens: Whether the markup consists of special tokens; LM Studio removes them, so the model cannot be
            used there.
        patch_px: Side of the square of pixels that becomes one token; 0 where unknown.
        extra: Further keys of the request's body.
        note: What a user of this model should know.
    """

    name: str
    pattern: str
    prompt: str = prompts.GENERAL
    dialect: DialectName = DialectName.HTML
    own_dialect: str | None = None
    longest_side_px: int = 1536
    max_pixels: int = 4_000_000
    multiple_of: int = 1
    colour: bool = False
    image_first: bool = True
    sampling: Sampling = STEADY
    hotter: float = 0.3
    smaller: float = 0.95
    quiet: bool = False
    special_tokens: bool = False
    patch_px: int = 0
    extra: dict[str, object] = field(default_factory=dict)
    note: str = ""

    def request(self, image: bytes, mime: str, *, second: bool = False) -> VisionRequest:
        """The question about one picture; ``second``: after an answer that could not be used."""
        hotter = self.hotter if second else 0.0
        return VisionRequest(
            prompt=self.prompt,
            image=image,
            mime=mime,
            sampling=replace(self.sampling, temperature=round(self.sampling.temperature + hotter, 3)),
            image_first=self.image_first,
            quiet=self.quiet,
            extra=self.extra,
        )

    def image_tokens(self, width: int, height: int) -> int | None:
        """Tokens for a picture with these sides; None where it is not known how the family counts."""
        return math.ceil(width / self.patch_px) * math.ceil(height / self.patch_px) if self.patch_px else None


# For models without a profile: large enough for small print, small enough for every server's limit of pictures.
GENERAL = Profile(name="general", pattern="", quiet=True, sampling=Sampling(temperature=0.1))

# Words in the names of vision models.
_SEEING = (
    r"vision|vl|\dv\b|omni|llava|pixtral|ocr|docling|minicpm|internvl|gemma-?[34]|moondream|chandra|mineru|nanonets"
)

# vLLM and SGLang remove special tokens from answers unless they are told not to; other servers ignore these keys.
KEEP_TOKENS: dict[str, object] = {"skip_special_tokens": False, "spaces_between_special_tokens": False}

# Dialects whose marks are special tokens.
OF_TOKENS = frozenset({DialectName.DOCTAGS, DialectName.OTSL, DialectName.GROUNDED})

_BLOCKS = "This model is made for single blocks of a page; whole pages lose their layout."

# The first whose pattern is found is used, so a special family comes before the one on which it is based.
FAMILIES = (
    Profile(
        name="olmocr",
        pattern=r"olm-?ocr",
        prompt=prompts.OLMOCR,
        dialect=DialectName.MARKDOWN,
        longest_side_px=1288,
        image_first=False,
        sampling=Sampling(temperature=0.1, max_tokens=8000),
        patch_px=28,
    ),
    Profile(
        name="nanonets-ocr",
        pattern=r"nanonets",
        prompt=prompts.NANONETS,
        dialect=DialectName.MARKDOWN,
        longest_side_px=1820,
        multiple_of=28,
        sampling=Sampling(max_tokens=15000),
        patch_px=28,
    ),
    Profile(
        name="dots.ocr",
        pattern=r"dots[._-]?m?ocr|dots[._-]ocr",
        prompt=prompts.DOTS,
        dialect=DialectName.LAYOUT_JSON,
        longest_side_px=2016,
        max_pixels=11_289_600,
        multiple_of=28,
        sampling=Sampling(temperature=0.1, max_tokens=16384),
        patch_px=28,
    ),
    Profile(
        name="glm-ocr",
        pattern=r"glm-?ocr",
        prompt="Text Recognition:",
        dialect=DialectName.MARKDOWN,
        longest_side_px=1904,
        multiple_of=28,
        sampling=Sampling(top_k=1),
        patch_px=28,
        note=_BLOCKS,
    ),
    Profile(
        name="paddleocr-vl",
        pattern=r"paddle-?ocr",
        prompt="OCR:",
        dialect=DialectName.OTSL,
        longest_side_px=1204,
        max_pixels=1_003_520,
        multiple_of=28,
        sampling=Sampling(max_tokens=4096),
        extra=KEEP_TOKENS,
        patch_px=28,
        note=_BLOCKS,
    ),
    Profile(
        name="mineru",
        pattern=r"mineru",
        prompt="\nText Recognition:",
        dialect=DialectName.OTSL,
        longest_side_px=1036,
        multiple_of=28,
        extra=KEEP_TOKENS | {"presence_penalty": 1.0},
        patch_px=28,
        note=_BLOCKS,
    ),
    Profile(
        name="deepseek-ocr",
        pattern=r"deepseek[-_]?(?:\w{1,8}[-_])?ocr",
        prompt=prompts.DEEPSEEK,
        dialect=DialectName.GROUNDED,
        longest_side_px=1280,
        sampling=Sampling(max_tokens=8192),
        extra=KEEP_TOKENS,
    ),
    Profile(
        name="chandra",
        pattern=r"chandra",
        prompt=prompts.CHANDRA,
        longest_side_px=2044,
        max_pixels=6_291_456,
        multiple_of=28,
        sampling=Sampling(max_tokens=12384),
    ),
    Profile(
        name="lighton-ocr",
        pattern=r"light-?on-?ocr",
        prompt="",
        dialect=DialectName.MARKDOWN,
        longest_side_px=1540,
        sampling=Sampling(temperature=0.2, max_tokens=4096),
        patch_px=28,
    ),
    Profile(
        name="docling",
        pattern=r"docling",
        prompt=prompts.DOCLING,
        dialect=DialectName.DOCTAGS,
        longest_side_px=1684,
        sampling=Sampling(max_tokens=8192, stop=("</doctag>",)),
        special_tokens=True,
        extra=KEEP_TOKENS,
        note="This model writes in special tokens, which LM Studio strips; it works on llama.cpp and vLLM.",
    ),
    Profile(
        name="unlimited-ocr",
        pattern=r"unlimited-?ocr",
        prompt="document parsing.",
        dialect=DialectName.GROUNDED,
        longest_side_px=1280,
        extra=KEEP_TOKENS,
    ),
    Profile(
        name="nemotron-parse",
        pattern=r"nemotron[-_. ]?parse|eclair",
        prompt="</s><s><predict_bbox><predict_classes><output_markdown>",
        dialect=DialectName.GROUNDED,
        longest_side_px=1664,
        sampling=Sampling(max_tokens=8192),
        extra=KEEP_TOKENS,
    ),
    Profile(
        name="youtu-parsing",
        pattern=r"youtu[-_. ]?(?:parsing|vl)",
        dialect=DialectName.OTSL,
        sampling=Sampling(max_tokens=8192),
        extra=KEEP_TOKENS,
    ),
    Profile(name="falcon-ocr", pattern=r"falcon-?ocr", prompt="", dialect=DialectName.MARKDOWN),
    Profile(
        name="qwen3-vl",
        pattern=r"qwen-?3(\.\d+)?(-?vl|-)|qwen-?3vl",
        longest_side_px=1536,
        max_pixels=1280 * 32 * 32,
        multiple_of=32,
        sampling=Sampling(temperature=0.1, top_p=0.8, top_k=20),
        quiet=True,
        patch_px=32,
    ),
    Profile(
        name="qwen2-vl",
        pattern=r"qwen-?2([._]5)?[-_]?(vl|omni)",
        longest_side_px=1540,
        max_pixels=1280 * 28 * 28,
        multiple_of=28,
        sampling=Sampling(temperature=0.1, top_p=0.8, top_k=20),
        patch_px=28,
    ),
    Profile(
        name="gemma",
        pattern=r"gemma",
        prompt=prompts.MARKDOWN,
        dialect=DialectName.MARKDOWN,
        longest_side_px=1344,
        quiet=True,
        note="Gemma 3 sees every page at 896 x 896 pixels; small print is lost.",
    ),
    Profile(
        name="markdown",
        pattern=r"pixtral|mistral|granite.*vision|granite-?vision|minicpm|internvl|smolvlm|llava",
        prompt=prompts.MARKDOWN,
        dialect=DialectName.MARKDOWN,
        longest_side_px=1540,
        sampling=Sampling(temperature=0.1),
    ),
)


def profile_for(model: str, own: Sequence[Profile] = (), *, origin: str = "") -> Profile:
    """The profile of a model.

    Args:
        model: Its id as the server spells it: with publisher, path, quantisation or instance number.
        own: The user's profiles, which come before the built-in ones.
        origin: What else the server says about the model, such as its file and its architecture; used where the id does
            not help, since people rename models.
    """
    named = (profile for profile in (*own, *FAMILIES) if re.search(profile.pattern, model, re.IGNORECASE))
    found = (profile for profile in FAMILIES if origin and re.search(profile.pattern, origin, re.IGNORECASE))
    return next(named, None) or next(found, GENERAL)


def looks_like_vision(model: str) -> bool:
    """Whether the name of a model shows that it takes pictures; for servers that do not say."""
    return re.search(_SEEING, model, re.IGNORECASE) is not None
