"""`python -m testgen`."""

import sys

from testgen.cli import main

if __name__ == "__main__":
    sys.exit(main())
