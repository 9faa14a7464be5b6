"""How often the first gate refuses tests that people wrote: over the suites of published packages.

    python benchmarks/gate/false_alarms.py                 the table of docs/benchmarks.md
    python benchmarks/gate/false_alarms.py --list calls    every refusal for a reason with that word

Source distributions are downloaded with pip, read as text and never run. Each test of a file is split off
with all it needs, as if a model had sent the file, and shown to the gate.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tarfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from testgen.languages.python.checks import RULES, objection
from testgen.languages.python.reading import is_python
from testgen.languages.python.splitting import split

PACKAGES = (
    *("aiofiles==24.1.0", "anyio==4.9.0", "attrs==25.3.0", "boltons==25.0.0", "build==1.2.2"),
    *("cachetools==6.1.0", "click==8.2.1", "cookiecutter==2.6.0", "filelock==3.18.0", "flask==3.1.1"),
    *("httpx==0.28.1", "humanize==4.12.3", "inflection==0.5.1", "jinja2==3.1.6", "joblib==1.5.1"),
    *("jsonschema==4.23.0", "marshmallow==4.0.0", "more-itertools==10.7.0", "nox==2025.5.1"),
    *("packaging==25.0", "parse==1.20.2", "path==17.1.0", "pathspec==0.12.1", "pexpect==4.9.0"),
    *("pip-tools==7.4.1", "platformdirs==4.3.8", "pluggy==1.6.0", "pyjwt==2.10.1"),
    *("python-dotenv==1.1.1", "requests==2.32.4", "responses==0.25.7", "sqlparse==0.5.3"),
    *("tabulate==0.9.0", "tenacity==9.1.2", "tomlkit==0.13.3", "toolz==1.0.0", "typer==0.16.0"),
    *("urllib3==2.4.0", "virtualenv==20.31.2", "werkzeug==3.1.3", "wtforms==3.2.1"),
)


@dataclass(frozen=True, slots=True)
class Seen:
    """A test of a package, and what the gate said to it ("" when it let it pass)."""

    package: str
    place: str
    objection: str


def main() -> None:
    options = arguments()
    with TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        seen = [one for package in PACKAGES for one in tests_of(package, folder)]
    if options.list is None:
        print(table(seen))
    else:
        print(alarms(seen, options.list))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--list", metavar="WORD", help="list the refusals whose reason contains this")
    parser.add_argument("--folder", type=Path, help="where source distributions are kept for another time")
    return parser.parse_args()


def tests_of(package: str, folder: Path) -> Iterator[Seen]:
    """Every test of a package, each judged by the gate."""
    with tarfile.open(downloaded(package, folder)) as archive:
        for member in archive:
            if is_test_file(member.name):
                yield from judged(package, member.name.partition("/")[2], text_of(archive, member))


def downloaded(package: str, folder: Path) -> Path:
    """The package's source distribution, fetched unless it is there."""
    name, _, version = package.partition("==")
    pattern = f"{name.replace('-', '[-_]')}-{version}.tar.gz"
    if not list(folder.glob(pattern)):
        pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", name, package)
        subprocess.run([*pip, "--dest", folder], check=True)
    return next(folder.glob(pattern))


def is_test_file(name: str) -> bool:
    path = Path(name)
    return path.suffix == ".py" and (path.stem.startswith("test_") or path.stem.endswith("_test"))


def text_of(archive: tarfile.TarFile, member: tarfile.TarInfo) -> str:
    file = archive.extractfile(member)
    return file.read().decode("utf-8", "replace") if file else ""


def judged(package: str, file: str, text: str) -> Iterator[Seen]:
    for candidate in split([text]) if is_python(text) else ():
        owner = f"{candidate.owner}::" if candidate.owner else ""
        yield Seen(package, f"{file}::{owner}{candidate.name}", objection(candidate))


def table(seen: Sequence[Seen]) -> str:
    """Refusals by reason, in Markdown."""
    counts, total = Counter(one.objection for one in seen), len(seen)
    packages = len({one.package for one in seen})
    rows = [
        f"{packages} packages, {total:,} tests",
        "",
        "| refused because it | tests | rate |",
        "|---|---:|---:|",
    ]
    for rule in RULES:
        rows.append(f"| {rule.objection} | {counts[rule.objection]} | {counts[rule.objection] / total:.2%} |")
    return "\n".join(rows)


def alarms(seen: Sequence[Seen], word: str) -> str:
    """The refusals for a reason with this word, a line each."""
    return "\n".join(
        f"{one.package} {one.place}: {one.objection}"
        for one in seen
        if one.objection and word in one.objection
    )


if __name__ == "__main__":
    main()
