"""Start with `python testgen_worker`: the folder above is on the import path only until all is imported."""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)
supervisor = importlib.import_module("testgen_worker.supervisor")
del sys.path[0]

if __name__ == "__main__":
    supervisor.main()
