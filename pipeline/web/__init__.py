"""The web page: a thread of the daemon that reads snapshots and the outbox, and posts mail."""
