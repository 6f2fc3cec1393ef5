"""Tesseract's language data: where it is installed, and which of it a page needs."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_SUFFIX = ".traineddata"
#: Where distributions and Homebrew install it, the newest release first.
_FOLDERS = (
    *("/usr/share/tesseract-ocr/5/tessdata", "/usr/share/tesseract-ocr/4.00/tessdata", "/usr/share/tessdata"),
    *("/usr/share/tesseract/tessdata", "/usr/local/share/tessdata", "/opt/homebrew/share/tessdata"),
)
#: The model that finds script and orientation; it reads no text.
_ORIENTATION = "osd"
_EQUATIONS = "equ"
#: The model of a script covers all of its languages.
_LATIN = ("script/Latin", "Latin")
#: Languages that are not written in Latin letters, by the script that Tesseract names.
_SCRIPTS = {
    "Arabic": ("ara", "fas", "pus", "snd", "uig", "urd"),
    "Cyrillic": ("bel", "bul", "kaz", "kir", "mkd", "mon", "rus", "srp", "tat", "tgk", "ukr"),
    "Devanagari": ("hin", "mar", "nep", "san"),
    "Greek": ("ell", "grc"),
    "Han": ("chi_sim", "chi_tra"),
    "Hangul": ("kor",),
    "Hebrew": ("heb", "yid"),
    "Japanese": ("jpn",),
    "Thai": ("tha",),
}
_OTHERS = frozenset(language for languages in _SCRIPTS.values() for language in languages)
#: With more models at a time each page takes longer, with no better result.
_MOST = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Tessdata:
    """A folder of models.

    Attributes:
        languages: The names of its models, in alphabetical order.
    """

    folder: Path
    languages: tuple[str, ...]

    @property
    def mixed(self) -> bool:
        """Whether a page may need other models than the Latin ones."""
        return _ORIENTATION in self.languages and not _OTHERS.isdisjoint(self.languages)

    def for_script(self, script: str) -> tuple[str, ...]:
        """The models for a script; the Latin ones where the script is not known or has no model.

        Args:
            script: By Tesseract's name.
        """
        wanted = [language for language in _SCRIPTS.get(script, ()) if language in self.languages]
        if wanted:
            return (*wanted, *(language for language in ("eng",) if language in self.languages))[:_MOST]
        whole = next((name for name in _LATIN if name in self.languages), None)
        if whole is not None:
            return (whole,)
        latin = [each for each in self.languages if each not in {*_OTHERS, _ORIENTATION, _EQUATIONS}]
        # English first: the first model decides where models are equally sure.
        return tuple(sorted((each for each in latin if "/" not in each), key=lambda each: each != "eng")[:_MOST])


def find_tessdata() -> Tessdata | None:
    """The language data of this machine, None where there is none; ``TESSDATA_PREFIX`` comes first."""
    own = os.environ.get("TESSDATA_PREFIX")
    candidates = [Path(own), Path(own, "tessdata")] if own else []
    for folder in (*candidates, *map(Path, _FOLDERS)):
        languages = _folder_to_languages(folder)
        if set(languages) - {_ORIENTATION, _EQUATIONS}:
            return Tessdata(folder=folder, languages=tuple(languages))
    return None


def _folder_to_languages(folder: Path) -> Sequence[str]:
    try:
        found = [*folder.glob(f"*{_SUFFIX}"), *folder.glob(f"script/*{_SUFFIX}")]
    except OSError:
        return []
    return sorted(path.relative_to(folder).as_posix().removesuffix(_SUFFIX) for path in found)
