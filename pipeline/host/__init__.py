"""What differs between operating systems, behind small interfaces. Code outside this folder is the same on all systems.

Each interface is a module of this folder. It imports its functions from one of three packages:

- ``linux``: complete.
- ``portable``: any other Unix. It uses only what Python has everywhere, and does as much as is possible with that.
  Windows uses it, too, where nothing in it needs Unix.
- ``windows``: Windows, tested with Windows' own Python under Wine. It has never been run on a real Windows.
"""
