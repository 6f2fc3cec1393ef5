"""What is published, and the working state on disk: manifest, journal, outbox."""
