"""Text recognition: turns the picture of a page into words with boxes, and the lines drawn between them."""
