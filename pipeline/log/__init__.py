"""The log of the daemon and its workers: readable lines, JSON lines, or entries of systemd's journal."""
