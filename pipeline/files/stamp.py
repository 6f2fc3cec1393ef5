"""The identity of a file's state, to see whether it has changed."""

import os
import stat
from dataclasses import dataclass, replace
from typing import Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Stamp:
    """The identity of a regular file, and of its bytes.

    Attributes:
        modified_ns: Time of the content's last change; programs can set it.
        changed_ns: Time of the file's last change as the kernel sets it: also when a program sets ``modified_ns`` back,
            when the rights change, and when the file is renamed or gets a second name.
    """

    device: int
    inode: int
    size: int
    modified_ns: int
    changed_ns: int

    @classmethod
    def of(cls, facts: os.stat_result) -> Self | None:
        """The stamp of a regular file; None for anything else."""
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
        """Whether a later state is the same file with the same bytes, perhaps under another name."""
        return later is not None and replace(later, changed_ns=self.changed_ns) == self
