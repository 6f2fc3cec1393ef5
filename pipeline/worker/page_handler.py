"""The names of what runs in the processes that convert pages; nothing is loaded with them."""

from typing import Final

HANDLER: Final = "pipeline.worker.worker:create"
#: What a fork server loads before the first worker.
PRELOAD: Final = ("pipeline.worker.worker", "pipeline.sandbox.policy", "pipeline.sandbox.python_folders")
