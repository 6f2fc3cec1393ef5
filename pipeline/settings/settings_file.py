"""Reads a settings file: YAML in which each key stands once."""

from pathlib import Path
from typing import TypeAlias

import yaml

from pipeline.errors import SettingsError, os_error_to_words
from pipeline.settings.named_file import read_named
from pipeline.settings.problems import KINDS

Tree: TypeAlias = dict[str, object]

# Fifty times the file that explains every key: what is larger is another file, named by mistake.
_MOST_BYTES = 1 << 20
# Far more values than any settings have with each alias (`*name`) written out: aliases of aliases are billions soon.
_MOST_VALUES = 100_000


class _KeyTwiceError(yaml.MarkedYAMLError):
    """A group has the same key twice, of which YAML would silently take the last."""


class _Loader(yaml.SafeLoader):
    """The safe loader, which refuses a key that its group already has."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[object, object]:  # noqa: FBT001, FBT002 — the library's signature
        seen: set[str] = set()
        for key, _ in node.value:
            name = str(key.value)
            if name in seen:
                raise _KeyTwiceError(problem=name, problem_mark=key.start_mark)
            seen.add(name)
        return super().construct_mapping(node, deep=deep)


def file_to_tree(file: Path) -> Tree:
    """The keys of a settings file and their values, as they were written.

    Raises:
        SettingsError: It cannot be read, or is no settings file.
    """
    tree = _text_to_value(_file_to_text(file), file)
    if tree is None:
        return {}
    if not isinstance(tree, dict):
        raise SettingsError(f"{file}: must be `key: value` lines, not {KINDS.get(type(tree), 'a single value')}")
    return {str(key): value for key, value in tree.items()}


def _file_to_text(file: Path) -> str:
    try:
        return read_named(file, _MOST_BYTES).decode()
    except OSError as error:
        raise SettingsError(
            f"{file}: cannot be read: {os_error_to_words(error)}. Name an existing file with --settings."
        ) from None
    except UnicodeDecodeError as error:
        raise SettingsError(f"{file}: is not UTF-8: byte {error.start + 1}. Save it as UTF-8.") from None


def _text_to_value(text: str, file: Path) -> object:
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        if _count_values(node, {}) > _MOST_VALUES:
            raise SettingsError(
                f"{file}: has more than {_MOST_VALUES:,} values once each alias (`*name`) is written out; "
                "write the few values that are meant."
            )
        value: object = loader.construct_document(node)
    except _KeyTwiceError as error:
        raise SettingsError(
            f"{file}: {_line(error)}{error.problem} is there a second time; write each key once."
        ) from None
    except yaml.MarkedYAMLError as error:  # its own message would show the line, which may hold an API key
        raise SettingsError(
            f"{file}: {_line(error)}is not YAML; a bracket, a quote or an indent is wrong there or just before."
        ) from None
    except yaml.YAMLError:
        raise SettingsError(f"{file}: is not YAML: it has characters that no text has.") from None
    except RecursionError:
        raise SettingsError(f"{file}: has lists within lists, far deeper than any setting.") from None
    return value


def _count_values(node: yaml.Node, known: dict[int, int]) -> int:
    """The number of values below a node, each as often as aliases name it; too many where one contains itself."""
    if id(node) not in known:
        known[id(node)] = _MOST_VALUES + 1  # while its values are counted
        below = node.value if isinstance(node, yaml.CollectionNode) else ()
        parts = (part for each in below for part in (each if isinstance(each, tuple) else (each,)))
        known[id(node)] = 1 + sum(_count_values(part, known) for part in parts)
    return known[id(node)]


def _line(error: yaml.MarkedYAMLError) -> str:
    return f"line {error.problem_mark.line + 1}: " if error.problem_mark else ""
