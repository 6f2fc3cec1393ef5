"""Makes a PDF of a dropped picture in a worker, within the limits of the settings."""

from pipeline.errors import DocumentError, UnreadableError
from pipeline.worker.tasks import WRAP_S, Wrapped, WrapTask

#: A scan at 600 dpi has more pixels than a page is ever drawn with.
LARGER = 5


def wrap_picture(task: WrapTask) -> Wrapped:
    """Make the PDF, or say why not."""
    # Only here are the libraries for pictures needed: a worker that never gets one does not load them.
    from pipeline.pictures.wrapping import Wrapper  # noqa: PLC0415 — as above

    try:
        wrapper = Wrapper(max_pixels=LARGER * task.settings.max_pixels, max_pages=task.max_pages, seconds=WRAP_S)
        wrapper.wrap(task.path, task.out)
    except DocumentError as error:
        return Wrapped(code=error.code, detail=str(error))
    except OSError as error:
        return Wrapped(code=UnreadableError.code, detail=f"Its PDF cannot be written ({error.strerror or error}).")
    return Wrapped()
