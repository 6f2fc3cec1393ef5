"""The page in the browser: a thread of the daemon that reads snapshots and the outbox, and posts mail."""
