"""Spreadsheets, CSV and Markdown of a document for whoever asks, made from its results where they do not lie there."""

import asyncio
from collections.abc import Iterator
from contextlib import suppress
from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile

from pipeline.choices import Output
from pipeline.files.confined import open_confined
from pipeline.results.exporting import published_to_contents
from pipeline.results.published import read_published
from pipeline.results.result_files import ResultFile, outputs_to_files
from pipeline.web.summaries import Summary

#: What a download ends with, and what is made for it.
OUTPUTS = {"xlsx": Output.XLSX, "csv.zip": Output.CSV, "md": Output.MARKDOWN}


class MadeOutputs:
    """Makes one at a time: it costs the time of pages."""

    def __init__(self, outbox: Path) -> None:
        """For the documents of an outbox."""
        self._outbox = outbox
        self._turn = asyncio.Lock()

    async def get(self, summary: Summary, ending: str) -> bytes:
        """The bytes of a download.

        Args:
            summary: Of the document.
            ending: One of :data:`OUTPUTS`.

        Raises:
            UsageError: The result is gone, or has been changed.
            OSError: It cannot be read.
        """
        async with self._turn:
            return await asyncio.to_thread(self._read_or_make, summary, ending)

    def files(self, summary: Summary, output: Output) -> Iterator[tuple[str, bytes]]:
        """Each file of an output, made anew: what follows the stem of its name, and its bytes.

        Args:
            summary: Of the document.
            output: What is made.

        Raises:
            UsageError: The result is gone, or has been changed.
            OSError: It cannot be read.
        """
        contents = published_to_contents(read_published(self._outbox / summary.manifest))
        for made in outputs_to_files(contents, [output]):
            if isinstance(made, ResultFile):
                yield made.end, b"".join(made.pieces())
            else:
                yield from ((f"{made.end}/{name}", data) for name, data in made.files())

    def _read_or_make(self, summary: Summary, ending: str) -> bytes:
        with suppress(FileNotFoundError), open_confined(self._outbox, f"{summary.stem}.{ending}") as file:
            return file.read()
        contents = published_to_contents(read_published(self._outbox / summary.manifest))
        [made] = outputs_to_files(contents, [OUTPUTS[ending]])
        if isinstance(made, ResultFile):
            return b"".join(made.pieces())
        archive = BytesIO()
        with ZipFile(archive, "w", ZIP_DEFLATED) as zipped:
            for name, data in made.files():
                zipped.writestr(name, data)
        return archive.getvalue()
