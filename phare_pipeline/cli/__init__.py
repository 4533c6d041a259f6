"""The `phare` command: what a person types and reads; the work itself is in `steps`.

`main` parses and calls, `commands` holds one function a command, `screen` prints.
"""

from phare_pipeline.cli.main import main

__all__ = ["main"]
