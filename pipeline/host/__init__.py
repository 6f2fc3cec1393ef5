"""What differs between operating systems, behind small interfaces; code outside of this folder is the same on all.

Each interface is a module here. It imports its functions from ``linux``, or on other systems from ``portable``, which
uses only what Python has everywhere, and does as much as is possible with that.
"""
