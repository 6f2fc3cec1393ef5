"""``python -m pipeline``: the same as ``dropleaf``."""

from pipeline.cli import main

if __name__ == "__main__":
    main()
