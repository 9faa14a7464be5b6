"""Between `go test -exec` and a test binary: runs some tests each by itself, then what was asked for.

So one run of the test command shows what each of them covers; each is a process of its own, and quick,
because nothing is built again. TESTGEN_EACH has the names, TESTGEN_EACH_IN the folder of their package,
TESTGEN_EACH_TO the one for their profiles.
"""

import os
import subprocess
import sys

SECONDS = 10


def main() -> None:
    binary = sys.argv[1]
    names = os.environ.get("TESTGEN_EACH", "").split()
    for name in names if os.path.realpath(".") == os.environ.get("TESTGEN_EACH_IN") else ():
        profile = os.path.join(os.environ["TESTGEN_EACH_TO"], f"{name}.each")  # noqa: PTH118
        flags = (f"-test.run=^{name}$", f"-test.coverprofile={profile}", f"-test.timeout={SECONDS}s")
        subprocess.run([binary, *flags], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False)
    os.execv(binary, sys.argv[1:])  # noqa: S606


if __name__ == "__main__":
    main()
