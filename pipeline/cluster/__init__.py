"""Pages on other machines: the daemon's side of it, the gateway between, and what runs on each host.

The daemon loads none of dask's code, and takes plain checked values only.
"""
