"""Loads pdfminer.six without the package cryptography: 8 MiB of each process, which only encrypted files need.

pdfminer.six imports it at once. So its modules get stand-ins while pdfminer.six is loaded, and the names taken from
these load the real one when they are used first.
"""

import sys
from contextlib import suppress
from importlib import import_module
from types import ModuleType
from typing import Protocol, cast

_WHOLE = "cryptography"
_MODULES = (
    _WHOLE,
    "cryptography.hazmat",
    "cryptography.hazmat.backends",
    "cryptography.hazmat.primitives",
    "cryptography.hazmat.primitives.ciphers",
)
_USER = "pdfminer.pdfdocument"


class _Callable(Protocol):
    def __call__(self, *arguments: object, **named: object) -> object:
        """Call it."""


class _LateName:
    """A class, function or module that is loaded when it is used."""

    def __init__(self, module: str, name: str) -> None:
        self._module = module
        self._name = name

    def _load(self) -> object:
        return getattr(import_module(self._module), self._name)

    def __call__(self, *arguments: object, **named: object) -> object:
        return cast("_Callable", self._load())(*arguments, **named)

    def __getattr__(self, name: str) -> object:
        return getattr(self._load(), name)


class _StandIn(ModuleType):
    """A package that has every name, and no module."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.__path__ = []

    def __getattr__(self, name: str) -> _LateName:
        if name.startswith("__"):
            raise AttributeError(name)
        return _LateName(self.__name__, name)


def load_pdfminer() -> None:
    """Load the part of pdfminer.six that uses cryptography; does nothing where one of them is loaded already."""
    if _USER in sys.modules or _WHOLE in sys.modules:
        return
    sys.modules.update({name: _StandIn(name) for name in _MODULES})
    try:
        # A later release may take it from other modules; then it is loaded as usual.
        with suppress(ImportError):
            import_module(_USER)
    finally:
        for name in _MODULES:
            del sys.modules[name]
