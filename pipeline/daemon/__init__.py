"""Starting and stopping everything: signals, reload, systemd, memory."""
