"""What is made of a document's tables beside its HTML."""
