"""One request to one server, with one deadline."""
