"""What must hold of the two folders before a daemon begins."""

from pathlib import Path

from pipeline.errors import SettingsError, os_error_to_words


def check_apart(inbox: Path, outbox: Path) -> None:
    """Make sure that neither folder is the other one or inside of it.

    Raises:
        SettingsError: One of them is.
    """
    real_inbox, real_outbox = inbox.resolve(), outbox.resolve()
    if real_inbox.is_relative_to(real_outbox) or real_outbox.is_relative_to(real_inbox):
        raise SettingsError(
            f"inbox {inbox} and outbox {outbox} must be two folders, and neither may be inside the other"
        )


def make_inbox(inbox: Path) -> None:
    """Create the inbox if it is missing.

    Raises:
        SettingsError: It cannot be a folder.
    """
    try:
        inbox.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise SettingsError(f"inbox {inbox} cannot be a folder: a file is in the way. Name a folder.") from None
    except OSError as error:
        raise SettingsError(
            f"inbox {inbox} cannot be created: {os_error_to_words(error)}. Create it, or name another one."
        ) from error
