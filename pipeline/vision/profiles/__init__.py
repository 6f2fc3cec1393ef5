"""How to ask each family of models."""
