"""Renames and removals, which on some systems fail while another program has the file open."""

import sys

if sys.platform == "win32":
    from pipeline.host.windows.moving import is_held, move, remove, remove_tree
else:
    from pipeline.host.portable.moving import is_held, move, remove, remove_tree

__all__ = ["is_held", "move", "remove", "remove_tree"]
