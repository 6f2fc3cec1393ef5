"""The side of Windows, where it differs from the portable one."""
