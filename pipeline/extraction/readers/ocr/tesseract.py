"""Tesseract as a library, through tesserocr."""

import os
from collections.abc import Iterable, Iterator, Sequence

from pipeline.extraction.errors import ExtractionError
from pipeline.extraction.model import BBox
from pipeline.extraction.readers.ocr.engine import EngineName, SeenWord
from pipeline.extraction.readers.ocr.picture import Picture
from pipeline.extraction.readers.ocr.tessdata import Tessdata, find_tessdata

# Its threads cost more than they gain. The limit must be set before its library is loaded.
os.environ.setdefault("OMP_THREAD_LIMIT", "1")

import tesserocr

#: The engine finds the layout of the page; other modes lose tables, or mix columns.
_AUTOMATIC = tesserocr.PSM.AUTO
#: The method for the threshold between ink and paper: Otsu's for each part of the page, since one threshold for the
#: page loses whole tables on coloured ground. On noisy paper it finds letters where there are none; there Sauvola's
#: does better.
_THRESHOLD, _BY_PARTS, _OF_NOISY = "thresholding_method", "1", "2"
#: The engine takes the page for one column, in which no line runs downwards.
_ONE_COLUMN = tesserocr.PSM.SINGLE_COLUMN
#: Words of such lines are so many times as high as wide. In columns of figures the engine is unsure of them.
_TALL, _UNSURE, _FEWEST_TALL = 1.3, 60.0, 3
_WORD_LEVEL = "5"
_FIELDS = 12
#: Orientation and script are used from this confidence on.
_SURE_OF_SCRIPT = 1.0


class Tesseract:
    """See :class:`pipeline.extraction.readers.ocr.engine.Engine`. Create one per process; one call at a time."""

    name: EngineName = "tesseract"

    def __init__(self, languages: tuple[str, ...] = ()) -> None:
        """Load the models.

        Args:
            languages: In Tesseract's names; empty to choose them by each page's script.

        Raises:
            ExtractionError: There is no language data, or not for these languages.
        """
        data = find_tessdata()
        if data is None:
            raise ExtractionError("Tesseract has no language data here: install tesseract-ocr-eng, or its like.")
        missing = [language for language in languages if language not in data.languages]
        if missing:
            raise ExtractionError(f"Tesseract has no language data for {', '.join(missing)} in {data.folder}.")
        self._data = data
        self._fixed = languages
        self._scripts = _load(data, ("osd",), tesserocr.PSM.OSD_ONLY) if data.mixed and not languages else None
        self._languages = languages or data.for_script("Latin")
        self._api = _load(data, self._languages, _AUTOMATIC)

    def recognise(self, picture: Picture) -> list[SeenWord]:
        """See :meth:`pipeline.extraction.readers.ocr.engine.Engine.recognise`."""
        try:
            self._choose_languages(picture)
            self._api.SetVariable(_THRESHOLD, _OF_NOISY if picture.noisy else _BY_PARTS)
            words = self._read(picture)
            if _has_columns_as_lines(words):
                self._api.SetPageSegMode(_ONE_COLUMN)
                try:
                    words = max(words, self._read(picture), key=_words_to_sureness)
                finally:
                    self._api.SetPageSegMode(_AUTOMATIC)
        except RuntimeError as error:
            raise ExtractionError("Tesseract failed at this page.") from error
        return words

    def _read(self, picture: Picture) -> list[SeenWord]:
        _show(self._api, picture)
        return list(_table_to_words(self._api.GetTSVText(0)))

    def _choose_languages(self, picture: Picture) -> None:
        """Load other models where the page is in another script."""
        if self._scripts is None:
            return
        _show(self._scripts, picture)
        found = self._scripts.DetectOrientationScript() or {}
        sure = found.get("script_conf", 0.0) >= _SURE_OF_SCRIPT
        languages = self._data.for_script(str(found["script_name"]) if sure else "Latin")
        if languages != self._languages:
            self._api.End()
            self._languages = languages
            self._api = _load(self._data, languages, _AUTOMATIC)


def _load(data: Tessdata, languages: tuple[str, ...], mode: int) -> tesserocr.PyTessBaseAPI:
    try:
        return tesserocr.PyTessBaseAPI(
            path=f"{data.folder}/", lang="+".join(languages), psm=mode, variables={_THRESHOLD: _BY_PARTS}
        )
    except RuntimeError as error:
        raise ExtractionError(f"Tesseract cannot be loaded for {'+'.join(languages)}; the log says why.") from error


def _show(api: tesserocr.PyTessBaseAPI, picture: Picture) -> None:
    api.SetImageBytes(picture.pixels, picture.width, picture.height, 1, picture.width)
    api.SetSourceResolution(round(picture.dpi))


def _has_columns_as_lines(words: Sequence[SeenWord]) -> bool:
    """Whether the engine has read columns of figures as lines that run downwards, on a page that does not lie."""
    long = [word for word in words if len(word.text) > 1]
    tall = [word for word in long if word.box.bottom - word.box.top > _TALL * (word.box.x1 - word.box.x0)]
    unsure = sum(word.confidence < _UNSURE for word in tall)
    return _FEWEST_TALL <= len(tall) < len(long) / 2 and unsure > len(tall) / 2


def _words_to_sureness(words: Iterable[SeenWord]) -> float:
    return sum(word.confidence * len(word.text) for word in words)


def _table_to_words(table: str) -> Iterator[SeenWord]:
    """The words of Tesseract's TSV output: level, page, block, paragraph, line, word, left, top, width, height, ..."""
    numbers: dict[tuple[str, ...], int] = {}
    for row in table.splitlines():
        fields = row.split("\t", _FIELDS - 1)
        if len(fields) == _FIELDS and fields[0] == _WORD_LEVEL and (text := fields[-1].strip()):
            left, top, width, height = map(int, fields[6:10])
            line = numbers.setdefault(tuple(fields[1:5]), len(numbers))
            box = BBox(left, top, left + width, top + height)
            yield SeenWord(text, box, max(0.0, float(fields[10])), line)
