"""Encodes the values that are sent between the pool and a worker: the name of a type, and MessagePack.

A worker parses hostile files, so what it sends may be anything.  msgspec builds values of the named types only, checks
every field against its type and its limits, and runs no code of the sender's choice.
"""

import os
from collections.abc import Iterable
from pathlib import Path

import msgspec

_NamedValue = tuple[str, msgspec.Raw]


class Codec:
    """Knows the types whose values may be sent in one direction."""

    def __init__(self, kinds: Iterable[type]) -> None:
        """Prepare.

        Args:
            kinds: Dataclasses, built-in types and enums, each with a different name.
        """
        self._encoder = msgspec.msgpack.Encoder(enc_hook=_path_to_bytes)
        self._head = msgspec.msgpack.Decoder(_NamedValue)
        self._decoders: dict[str, msgspec.msgpack.Decoder[object]] = {
            kind.__name__: msgspec.msgpack.Decoder(kind, dec_hook=_bytes_to_path) for kind in kinds
        }

    def encode(self, value: object) -> bytes:
        """The value as it is sent; characters that are not valid Unicode (in file names) are written as escapes.

        Raises:
            TypeError: It is, or contains, a value of a type that must not be sent.
        """
        name = type(value).__name__
        if name not in self._decoders:
            raise TypeError(f"a value of the type {name} does not travel")
        try:
            return self._encoder.encode((name, value))
        except UnicodeEncodeError:
            tree: object = msgspec.to_builtins(value, builtin_types=(bytes,), enc_hook=_path_to_bytes)
            return self._encoder.encode((name, _tree_with_escapes(tree)))

    def decode(self, data: bytes | bytearray) -> object:
        """The value that was sent.

        Raises:
            ValueError: It has another type, or one of its fields is not valid.
            RecursionError: It is nested too deeply.
        """
        name, raw = self._head.decode(data)
        if name not in self._decoders:
            raise ValueError(f"a value of the type {name!r} does not travel")
        return self._decoders[name].decode(raw)


def _path_to_bytes(value: object) -> bytes:
    if isinstance(value, Path):
        return os.fsencode(value)
    raise TypeError(f"a value of the type {type(value).__name__} does not travel")


def _bytes_to_path(kind: type, value: object) -> object:
    if kind is object:  # a field that may hold anything
        return value
    if issubclass(kind, Path) and isinstance(value, bytes):
        return Path(os.fsdecode(value))
    raise TypeError(f"a value of the type {kind.__name__} does not travel")


def _tree_with_escapes(tree: object) -> object:
    if isinstance(tree, str):
        return tree.encode("utf-8", "backslashreplace").decode()
    if isinstance(tree, list | tuple):
        return [_tree_with_escapes(each) for each in tree]
    if isinstance(tree, dict):
        return {_tree_with_escapes(key): _tree_with_escapes(each) for key, each in tree.items()}
    return tree
