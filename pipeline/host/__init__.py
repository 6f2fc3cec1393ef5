"""What not every operating system has, behind small interfaces; everything outside this folder is the same on all.

Each interface is a module here.  It takes its functions from the side of the system that it runs on: ``linux``, or
``portable``, which needs nothing but what Python has everywhere and does what can be done with that.
"""
