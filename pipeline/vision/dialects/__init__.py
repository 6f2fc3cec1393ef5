"""The markup that models write, one module each."""
