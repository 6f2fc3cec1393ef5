"""The reader on pdfium."""
