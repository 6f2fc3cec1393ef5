"""A control group for each worker, where the service manager has given this process one of its own to divide."""

import sys

if sys.platform == "linux":
    from pipeline.host.linux.worker_groups import divide_own_group, has_worker_groups, leave_group, put_into_group
else:
    from pipeline.host.portable.worker_groups import divide_own_group, has_worker_groups, leave_group, put_into_group

__all__ = ["divide_own_group", "has_worker_groups", "leave_group", "put_into_group"]
