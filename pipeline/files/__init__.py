"""Files written whole, opened inside one folder only, and locked."""
