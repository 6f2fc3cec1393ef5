"""What a fork server needs; only Linux has one, elsewhere each worker is a new interpreter."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.forking import fork, packet_pair, receive_descriptors, send_descriptors
else:
    from pipeline.host.portable.forking import fork, packet_pair, receive_descriptors, send_descriptors

__all__ = ["fork", "packet_pair", "receive_descriptors", "send_descriptors"]
