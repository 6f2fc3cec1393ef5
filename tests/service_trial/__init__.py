"""The printed unit under a real systemd, in a virtual machine that shares nothing with this one; see __main__.py."""
