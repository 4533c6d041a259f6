"""Lets `python -m phare_pipeline` do what the `phare` command does."""

import sys

from phare_pipeline.cli import main

if __name__ == "__main__":
    sys.exit(main())
