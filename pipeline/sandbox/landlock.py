"""Landlock, by the kernel's three calls: afterwards the process reaches only the named files and ports.

Source of the method: Documentation/userspace-api/landlock.rst of the kernel.  The calls have no wrapper in glibc; their
numbers are the same on every architecture.
"""

import ctypes
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISDIR

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_CREATE_RULESET_VERSION = 1
_RULE_PATH_BENEATH, _RULE_NET_PORT = 1, 2
_PR_SET_NO_NEW_PRIVS = 38
_O_PATH = 0o10000000

_WRITE_FILE, _READ_FILE, _READ_DIR, _REMOVE_FILE, _MAKE_REG, _TRUNCATE = (1 << bit for bit in (1, 2, 3, 5, 8, 14))
#: The rights that a rule for a single file may give.
_OF_FILES = _WRITE_FILE | _READ_FILE | _TRUNCATE
READ = _READ_FILE | _READ_DIR
#: Files may be created, written, renamed within their folder and removed; no links, folders, pipes or devices.
WRITE = READ | _WRITE_FILE | _TRUNCATE | _MAKE_REG | _REMOVE_FILE
#: To write to something that exists already, for example the device /dev/null.
WRITE_EXISTING = _READ_FILE | _WRITE_FILE | _TRUNCATE

# The version of the interface from which on a right can be refused; an older kernel does not refuse it.
_FS_BITS = {1: 13, 2: 14, 3: 15, 5: 16}
_TRUNCATE_FROM = 3
_NETWORK_FROM = 4
_SCOPES_FROM = 6
_CONNECT_TCP = 2
_ALL_NETWORK, _ALL_SCOPES = 3, 3


class _RulesetAttr(ctypes.Structure):
    _fields_ = (("fs", ctypes.c_uint64), ("net", ctypes.c_uint64), ("scoped", ctypes.c_uint64))


class _PathBeneathAttr(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


class _NetPortAttr(ctypes.Structure):
    _fields_ = (("allowed", ctypes.c_uint64), ("port", ctypes.c_uint64))


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a restricted process can still reach.

    Attributes:
        paths: Rights (:data:`READ`, :data:`WRITE`, :data:`WRITE_EXISTING`) at and below each path; paths that do not
            exist are ignored.
        ports: TCP ports to which it may connect, on any host.
    """

    paths: Mapping[Path, int]
    ports: Iterable[int] = ()


def version() -> int:
    """The version of the kernel's interface; 0 where there is none."""
    try:
        return _call(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(_CREATE_RULESET_VERSION))
    except OSError:
        return 0


def refuses_emptying(abi: int) -> bool:
    """Whether this version prevents that files which may only be read are emptied."""
    return abi >= _TRUNCATE_FROM


def refuses_connections(abi: int) -> bool:
    """Whether this version limits TCP ports."""
    return abi >= _NETWORK_FROM


def refuses_signals(abi: int) -> bool:
    """Whether this version limits signals to the sandbox."""
    return abi >= _SCOPES_FROM


def forbid_new_privileges() -> None:
    """Give up the right to new privileges for ever, which both Landlock and seccomp require.

    Raises:
        OSError: The kernel refuses.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, ctypes.c_ulong(1), *(ctypes.c_ulong(0) for _ in range(3))):
        raise OSError(ctypes.get_errno(), "no_new_privs is refused")


def restrict_access(reach: Reach) -> None:
    """Limit this thread, and all that it starts from now on, to what ``reach`` names; this cannot be undone.

    To be called after :func:`forbid_new_privileges`, before any other thread is started.

    Raises:
        OSError: The kernel has no Landlock, or it is switched off.
    """
    abi = version()
    known = (1 << max((bits for since, bits in _FS_BITS.items() if since <= abi), default=0)) - 1
    attr = _RulesetAttr(
        fs=known,
        net=_ALL_NETWORK if refuses_connections(abi) else 0,
        scoped=_ALL_SCOPES if refuses_signals(abi) else 0,
    )
    ruleset = _call(_CREATE_RULESET, ctypes.byref(attr), ctypes.c_size_t(ctypes.sizeof(attr)), ctypes.c_uint32(0))
    try:
        for path, rights in reach.paths.items():
            _allow_path(ruleset, path, rights & known)
        if refuses_connections(abi):
            for port in reach.ports:
                rule = _NetPortAttr(allowed=_CONNECT_TCP, port=port)
                _add_rule(ruleset, _RULE_NET_PORT, rule)
        _call(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0))
    finally:
        os.close(ruleset)


def _allow_path(ruleset: int, path: Path, rights: int) -> None:
    try:
        handle = os.open(path, _O_PATH)
    except OSError:  # a path that is missing or cannot be seen needs no rule
        return
    try:
        if not S_ISDIR(os.fstat(handle).st_mode):
            rights &= _OF_FILES
        _add_rule(ruleset, _RULE_PATH_BENEATH, _PathBeneathAttr(allowed=rights, parent=handle))
    finally:
        os.close(handle)


def _add_rule(ruleset: int, kind: int, rule: ctypes.Structure) -> None:
    _call(_ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(kind), ctypes.byref(rule), ctypes.c_uint32(0))


def _call(number: int, *arguments: object) -> int:
    libc = ctypes.CDLL(None, use_errno=True)
    libc.syscall.restype = ctypes.c_long
    result: int = libc.syscall(ctypes.c_long(number), *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"Landlock: {os.strerror(code)}")
    return result
