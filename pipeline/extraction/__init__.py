"""Basic extraction: text and tables of a PDF page without a model."""
