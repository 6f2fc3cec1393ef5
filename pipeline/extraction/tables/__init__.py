"""Tables: rules and aligned words to cells, headers, captions, and the verdict whether it is a table at all."""
