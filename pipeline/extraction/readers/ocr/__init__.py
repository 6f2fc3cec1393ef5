"""Text recognition: the picture of a page becomes words with boxes and the lines drawn between them."""
