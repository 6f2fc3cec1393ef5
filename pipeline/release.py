"""The release of Dropleaf; read once, since an upgrade may replace the files while a daemon runs."""

from importlib.metadata import version

RELEASE = version("dropleaf")
