"""Start with `python testgen_worker`: the folder above is on the import path only until all is imported.

With `--try` it is only tried whether a worker could be shut in; then no more than that is imported.
"""

import importlib
import sys
from pathlib import Path

sys.path[0] = str(Path(__file__).resolve().parent.parent)
part = importlib.import_module(f"testgen_worker.{'confine' if '--try' in sys.argv else 'supervisor'}")
del sys.path[0]

if __name__ == "__main__":
    part.main()
