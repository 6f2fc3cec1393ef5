"""HTML that others wrote, made safe and regular: the model's answers and basic extraction alike."""
