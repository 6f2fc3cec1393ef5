"""The model path: ask a vision model for a page and judge its answer."""
