"""Programs and addresses of the user that are told when a document has ended."""
