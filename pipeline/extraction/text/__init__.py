"""Running text: characters to words, lines, reading order and blocks."""
