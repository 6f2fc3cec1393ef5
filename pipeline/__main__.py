"""``python -m pipeline``: the same as ``dropleaf``."""

from pipeline.commands.main import main

if __name__ == "__main__":
    main()
