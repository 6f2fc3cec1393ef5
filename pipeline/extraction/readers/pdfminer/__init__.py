"""The reader on pdfminer.six."""

from pipeline.extraction.readers.pdfminer.late_cryptography import load_pdfminer

load_pdfminer()
