"""Between `go test -exec` and a test binary: runs some tests each by itself, then what was asked for.

So one run of the test command shows what each of them covers; each is a process of its own, and quick,
because nothing is built again. TESTGEN_EACH has the names, a line each, TESTGEN_EACH_IN the folder of their
package, TESTGEN_EACH_TO the one for what is found: files whose first line is the test's name and the rest a
profile.
"""

import os
import subprocess
import sys
from pathlib import Path

SECONDS = 10


def main() -> None:
    binary = sys.argv[1]
    names = filter(str.isidentifier, os.environ.get("TESTGEN_EACH", "").splitlines())
    for name in names if os.path.realpath(".") == os.environ.get("TESTGEN_EACH_IN") else ():
        cover(binary, name, Path(os.environ["TESTGEN_EACH_TO"], f"{name}.each"))
    os.execv(binary, sys.argv[1:])  # noqa: S606


def cover(binary: str, name: str, path: Path) -> None:
    """Run one test and leave what it covers, nothing if it does not get so far."""
    profile = path.with_suffix(".profile")
    flags = (f"-test.run=^{name}$", f"-test.coverprofile={profile}", f"-test.timeout={SECONDS}s")
    ended = subprocess.run([binary, *flags], capture_output=True, check=False)
    if ended.returncode == 0 and profile.is_file():
        path.write_bytes(name.encode() + b"\n" + profile.read_bytes())


if __name__ == "__main__":
    main()
