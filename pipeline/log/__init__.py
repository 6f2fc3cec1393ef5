"""What the daemon and its workers say, in two forms, and systemd's journal."""
