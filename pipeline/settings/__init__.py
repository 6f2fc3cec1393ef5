"""settings.yaml and the environment as one frozen value, or every problem at once."""
