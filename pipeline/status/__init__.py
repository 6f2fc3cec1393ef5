"""What is waiting, running, done and failed, as one immutable snapshot."""
