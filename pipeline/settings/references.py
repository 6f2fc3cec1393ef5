"""What settings of the form ``${env:NAME}`` or ``${file:PATH}`` stand for: secrets need not be in the file."""

import os
import re
from pathlib import Path

from pipeline.errors import os_error_to_words
from pipeline.settings.named_file import read_named

_SECRET_BYTES = 1 << 16


def reference_to_value(value: object) -> object:
    """What a value of the form ``${env:NAME}`` or ``${file:PATH}`` stands for: a variable's or a file's content."""
    found = re.fullmatch(r"\$\{(env|file):(.+)\}", value) if isinstance(value, str) else None
    if found is None:
        return value
    return _variable_to_value(found[2]) if found[1] == "env" else _file_to_value(found[2])


def _file_to_value(name: str) -> str:
    """A file's content without the end of its last line."""
    path = Path(name)
    if not path.is_absolute():
        message = f"{name}: write the whole path of the file"
        raise ValueError(message)
    try:
        return read_named(path, _SECRET_BYTES).decode().removesuffix("\n").removesuffix("\r")
    except OSError as error:
        message = f"the file {name} cannot be read: {os_error_to_words(error)}"
        raise ValueError(message) from None
    except UnicodeDecodeError:
        message = f"the file {name} is not UTF-8"
        raise ValueError(message) from None


def _variable_to_value(name: str) -> str:
    """A variable's content."""
    if name not in os.environ:
        message = f"the environment has no variable {name}; set it, or write null"
        raise ValueError(message)
    return os.environ[name]
