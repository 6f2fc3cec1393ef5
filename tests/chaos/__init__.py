"""Kills everything at every instant, and holds the books: what was dropped must be delivered, whole and once.

::

    python -m chaos --points --daemon-kills 1000 --worker-kills 2000     # `make chaos`, in the folder tests

:mod:`chaos.books` knows what was dropped and checks what came out, :mod:`chaos.points` kills at the n-th system call of
a kind (strace does it), :mod:`chaos.storms` kills at random instants.  The model server is simulated.
"""
