"""What tells one state of a file from another."""

import os
import stat
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The identity of a regular file, and of its bytes.

    Attributes:
        modified_ns: Of the content, as programs set it.
        changed_ns: Of the file, as the kernel sets it: also where a program puts the time of modification back, where
            the file is made readable, and where it is renamed or gets a second name.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, facts: os.stat_result) -> Self | None:
        """Of a regular file; None for anything else."""
        if not stat.S_ISREG(facts.st_mode):
            return None
        return cls(
            device=facts.st_dev,
            inode=facts.st_ino,
            size=facts.st_size,
            modified_ns=facts.st_mtime_ns,
            changed_ns=facts.st_ctime_ns,
        )

    def is_renamed(self, later: "Stamp | None") -> bool:
        """Whether a later state is of the same file with the same bytes, whatever name it has by now."""
        return later is not None and replace(later, changed_ns=self.changed_ns) == self
