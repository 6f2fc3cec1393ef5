"""Windows' own functions for files, with their types; all paths may be longer than 260 characters.

Source: the reference of fileapi.h, ioapiset.h and synchapi.h in Microsoft's documentation of Win32.
"""

import ctypes
import msvcrt
import os
import sys
from ctypes import wintypes
from pathlib import Path

assert sys.platform == "win32"  # noqa: S101 — tells type checkers for other systems to stop here

KERNEL = ctypes.WinDLL("kernel32", use_last_error=True)
KERNEL.CreateFileW.restype = wintypes.HANDLE
KERNEL.CreateFileW.argtypes = (
    wintypes.LPCWSTR,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.LPVOID,
    wintypes.DWORD,
    wintypes.DWORD,
    wintypes.HANDLE,
)
KERNEL.ReOpenFile.restype = wintypes.HANDLE
KERNEL.ReOpenFile.argtypes = (wintypes.HANDLE, wintypes.DWORD, wintypes.DWORD, wintypes.DWORD)
KERNEL.FlushFileBuffers.argtypes = (wintypes.HANDLE,)
KERNEL.CloseHandle.argtypes = (wintypes.HANDLE,)
KERNEL.LockFileEx.argtypes = (wintypes.HANDLE, *(wintypes.DWORD,) * 4, wintypes.LPVOID)
KERNEL.UnlockFileEx.argtypes = (wintypes.HANDLE, *(wintypes.DWORD,) * 3, wintypes.LPVOID)
KERNEL.CreateEventW.restype = KERNEL.OpenEventW.restype = wintypes.HANDLE
KERNEL.CreateEventW.argtypes = (wintypes.LPVOID, wintypes.BOOL, wintypes.BOOL, wintypes.LPCWSTR)
KERNEL.OpenEventW.argtypes = (wintypes.DWORD, wintypes.BOOL, wintypes.LPCWSTR)
KERNEL.SetEvent.argtypes = (wintypes.HANDLE,)
KERNEL.WaitForSingleObject.argtypes = (wintypes.HANDLE, wintypes.DWORD)

READ, READ_AND_WRITE, WRITE = 0x80000000, 0xC0000000, 0x40000000
SHARE_READ, SHARE_DELETE, SHARE_ALL = 0x1, 0x4, 0x7
OPEN_EXISTING, OPEN_ALWAYS = 3, 4
ANY_KIND = 0x02000000  # FILE_FLAG_BACKUP_SEMANTICS: also a folder can be opened
_INVALID = wintypes.HANDLE(-1).value
_LONG = "\\\\?\\"
_SHARING_VIOLATION = 32


def open_file(path: Path, *, access: int, share: int, creation: int, flags: int = 0) -> int:
    """A handle of Windows for a file.

    Args:
        path: May be longer than 260 characters.
        access: ``READ`` and so on.
        share: What others may do meanwhile.
        creation: Whether a missing file is created.
        flags: More of CreateFileW.

    Raises:
        OSError: It cannot be opened.
    """
    handle = KERNEL.CreateFileW(to_long(path), access, share, None, creation, flags, None)
    if handle == _INVALID:
        raise error_of(path)
    return int(handle)


def handle_to_descriptor(handle: int, flags: int = os.O_RDONLY) -> int:
    """A descriptor of Python for a handle, which it owns from now on; bytes are never translated."""
    return msvcrt.open_osfhandle(handle, flags | os.O_BINARY | os.O_NOINHERIT)


def is_open_for_writing(descriptor: int) -> bool | None:
    """Whether any program has the open file open for writing, by asking for it without sharing that."""
    handle = KERNEL.ReOpenFile(msvcrt.get_osfhandle(descriptor), READ, SHARE_READ | SHARE_DELETE, 0)
    if handle != _INVALID:
        KERNEL.CloseHandle(handle)
        return False
    return True if ctypes.get_last_error() == _SHARING_VIOLATION else None


def to_long(path: Path) -> str:
    """The path in the form that may be long, in which Windows changes nothing and takes nothing for a device."""
    text = os.path.abspath(path)  # noqa: PTH100 — Path.absolute leaves ".." in it, and the long form knows none
    if text.startswith(_LONG):
        return text
    return f"{_LONG}UNC\\{text[2:]}" if text.startswith("\\\\") else _LONG + text


def error_of(path: Path) -> OSError:
    """The error of the last call, about a path."""
    error = ctypes.WinError(ctypes.get_last_error())
    return OSError(error.errno, error.strerror, str(path), error.winerror)
