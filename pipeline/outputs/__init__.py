"""Files made from a document's tables, besides its HTML."""
