"""What a fork server is made of; without Linux there is none, and workers are interpreters of their own."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.forking import fork, packet_pair, receive_descriptors, send_descriptors
else:
    from pipeline.host.portable.forking import fork, packet_pair, receive_descriptors, send_descriptors

__all__ = ["fork", "packet_pair", "receive_descriptors", "send_descriptors"]
