"""Makes foreign HTML safe and regular: both the model's answers and the result of basic extraction."""
