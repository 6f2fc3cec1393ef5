"""The reader on pdfminer.six."""
