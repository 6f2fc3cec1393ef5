"""What a fork server needs; only Linux has one, elsewhere each worker is a new interpreter."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.forking import (
        HAS_FORK_SERVER,
        fork,
        packet_pair,
        receive_descriptors,
        send_descriptors,
    )
else:
    from pipeline.host.portable.forking import (
        HAS_FORK_SERVER,
        fork,
        packet_pair,
        receive_descriptors,
        send_descriptors,
    )

__all__ = ["HAS_FORK_SERVER", "fork", "packet_pair", "receive_descriptors", "send_descriptors"]
