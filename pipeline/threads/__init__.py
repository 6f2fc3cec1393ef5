"""The daemon's other threads, and how they post mail to the loop."""
