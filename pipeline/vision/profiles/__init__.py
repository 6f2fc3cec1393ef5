"""What each family of models wants to be asked."""
