"""The sentences about what keeps the daemon from doing all of its work.

Log, ``dropleaf status``, the web page and ``/metrics`` show these words and no others, so that a user who has seen one
of them in one place finds it in the others. Each says what is so, and what to do.
"""

PAUSED = "Everything is paused: no page is begun before it is resumed (`dropleaf resume`, or the page)."


def inbox_not_watched(inbox: str, why: str) -> str:
    """The system tells nothing of new files.

    Args:
        inbox: The folder.
        why: In the system's words.
    """
    return f"The inbox {inbox} is not watched ({why}): looking at it every second instead. `dropleaf doctor` says more."


def inbox_unseen(inbox: str, why: str) -> str:
    """A folder of the inbox cannot be listed.

    Args:
        inbox: The folder.
        why: In the system's words.
    """
    return f"The inbox {inbox} cannot be looked into ({why}). It is tried again until it works."


def inbox_deaf(inbox: str) -> str:
    """New files were found that the system has told nothing of."""
    return (
        f"The system tells nothing of files that come into the inbox {inbox}, as on a network share: "
        "looking at it every second instead. Set watch.polling: true."
    )


def files_not_read(count: int, names: str) -> str:
    """Files lie in the inbox that are of no kind that is ever read.

    Args:
        count: How many.
        names: Of the first ones.
    """
    files = (
        "1 file in the inbox is not read: it is"
        if count == 1
        else f"{count:,} files in the inbox are not read: they are"
    )
    return f"{files} no PDF and no picture ({names})."


def pictures_not_read(count: int, names: str) -> str:
    """Pictures lie in the inbox, and the settings say that pictures are not read.

    Args:
        count: How many.
        names: Of the first ones.
    """
    files = "1 picture in the inbox is" if count == 1 else f"{count:,} pictures in the inbox are"
    return f"{files} not read: watch.kinds in the settings has no images ({names})."


def files_still_written(count: int, names: str) -> str:
    """A single run ends while files in the inbox are not complete.

    Args:
        count: How many.
        names: Of the first ones.
    """
    files = "1 file in the inbox is" if count == 1 else f"{count:,} files in the inbox are"
    return f"{files} still being written, and left there ({names}): run again when they are complete."


def pictures_waiting(count: int) -> str:
    """Pictures lie in the inbox, and become documents, which may not be wanted of photographs.

    Args:
        count: How many.
    """
    files = (
        "1 picture waits in the inbox and becomes a document"
        if count == 1
        else (f"{count:,} pictures wait in the inbox and become documents")
    )
    return f"{files}: with [pdf] as watch.kinds in the settings, pictures stay where they are."


def outside_hours(hours: str) -> str:
    """The settings name hours for the model, and they are not now."""
    return f"The model is asked from {hours} (hours in the settings); until then documents wait."


_IN_PLACE = "answers in place of"


def other_model(answered: str, wanted: str) -> str:
    """A server's answer is from another model than the one that was asked for."""
    return f"The model {answered!r} {_IN_PLACE} {wanted!r}. Load that one, or correct model in settings.yaml."


def only_model(there: str, wanted: str) -> str:
    """A server that has one model answers with that one, whatever is asked for."""
    return f"The model {there!r} {_IN_PLACE} {wanted!r}: the server has no other. Load that one, or correct model."


def is_of_other_model(words: str) -> bool:
    """Whether a sentence about a failed page says that another model has answered."""
    return _IN_PLACE in words


def server_note(url: str, words: str) -> str:
    """Something about a server that a user should know, though pages are sent to it."""
    return f"{url}: {words}"
