"""Round trips over test files of published packages, which the registries serve."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import tarfile
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from testgen.errors import UsageError
from testgen.languages import Language, language_of
from testgen.languages.trees.nodes import error_line

MOST_FILES = 40
LARGEST = 40_000  # bytes
NPM = "https://registry.npmjs.org/{0}/-/{1}-{2}.tgz"
MAVEN = "https://repo1.maven.org/maven2/org/apache/commons/{0}/{1}/{0}-{1}-test-sources.jar"

REPLIES = {
    "javascript": """```
import { surelyNew } from './surely';
const LIMIT = 5;
beforeEach(() => { surelyNew(LIMIT); });
test('main', () => {
  const text = `a
not indented`;
  expect(LIMIT).toBe(f(text));
});
describe('x', () => {
  let y;
  it('main', () => { expect(y).toBe(f(1)); });
});
```""",
    "go": """```
package x

import (
	"os"
	"testing"

	surely "example.com/new"
)

var limit = surely.X

func TestNew(t *testing.T) {
	if limit != 1 {
		t.Fatal(os.Args, `a
not indented`)
	}
}
```""",
    "java": """```
import java.util.Surely;
import static org.junit.Assert.assertSurely;
class XTest {
    private int limit = 5;
    @BeforeEach void before() { limit = 6; }
    @Test void main() {
        assertSurely(limit, Surely.x());
    }
    @Nested class Y { @Test void main() { assertSurely(1, limit); } }
}
```""",
}
REPLIES["typescript"] = REPLIES["javascript"]

# Name, version and licence of what is downloaded; nothing of it is kept.
NPM_PACKAGES = {
    "zod-MIT": ("zod", "zod", "4.1.5"),
    "fastify-MIT": ("fastify", "fastify", "5.6.0"),
    "toolkit-MIT": ("@reduxjs/toolkit", "toolkit", "2.9.0"),
}
GO_MODULES = {
    "cobra-Apache": "github.com/spf13/cobra@v1.8.1",
    "testify-MIT": "github.com/stretchr/testify@v1.10.0",
    "uuid-BSD": "github.com/google/uuid@v1.6.0",
}
JARS = {"lang3-junit5-Apache": ("commons-lang3", "3.14.0"), "lang3-junit4-Apache": ("commons-lang3", "3.8")}


def download(url: str) -> bytes:
    try:
        with urllib.request.urlopen(url, timeout=60) as answer:
            return answer.read()
    except OSError as error:
        pytest.skip(f"{url}: {error}")


def of_npm(name: str, file: str, version: str) -> dict[str, bytes]:
    with tarfile.open(fileobj=io.BytesIO(download(NPM.format(name, file, version)))) as archive:
        members = [one for one in archive if one.isfile() and ".test." in Path(one.name).name]
        streams = ((one.name, archive.extractfile(one)) for one in members)
        return {name: stream.read() for name, stream in streams if stream}


def of_go(module: str) -> dict[str, bytes]:
    if not shutil.which("go"):
        pytest.skip("go is not installed")
    command = ["go", "mod", "download", "-json", module]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip(done.stdout)
    folder = Path(json.loads(done.stdout)["Dir"])
    return {str(path): path.read_bytes() for path in folder.rglob("*_test.go")}


def of_maven(name: str, version: str) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(download(MAVEN.format(name, version)))) as archive:
        return {one: archive.read(one) for one in archive.namelist() if one.endswith("Test.java")}


SOURCES = {
    **{name: (of_npm, args) for name, args in NPM_PACKAGES.items()},
    **{name: (of_go, (module,)) for name, module in GO_MODULES.items()},
    **{name: (of_maven, args) for name, args in JARS.items()},
}


def readable(files: dict[str, bytes]) -> Iterator[tuple[str, Language, bytes]]:
    small = sorted(name for name, content in files.items() if 0 < len(content) < LARGEST)
    for name in small[:: max(1, len(small) // MOST_FILES)]:
        language = language_of(Path(name))
        try:
            language.merger(files[name])
        except (UsageError, AttributeError):
            continue  # some files are broken on purpose, or are none
        yield name, language, files[name]


def is_within(old: bytes, new: bytes) -> bool:
    """Whether nothing of the old is missing, and its order is the same."""
    rest = iter(new)
    return all(byte in rest for byte in old)


@pytest.mark.parametrize(("fetch", "args"), SOURCES.values(), ids=SOURCES)
def test_what_is_there_stays_and_what_is_new_fits_in(fetch, args):
    seen = 0
    for name, language, old in readable(fetch(*args)):
        candidates = [one.candidate for one in language.parse(REPLIES[language.name])]
        merged = language.merger(old).merge(candidates)
        again = language.merger(merged.content).merge(candidates)
        assert language.merger(old).merge([]).content == old, name
        assert error_line(language.dialect.document(merged.content).tree) is None, name
        assert is_within(old, merged.content), name
        assert again == merged, name
        seen += 1
    assert seen > 3


@pytest.mark.parametrize(("fetch", "args"), SOURCES.values(), ids=SOURCES)
def test_a_file_given_as_a_reply_brings_nothing_new(fetch, args):
    tests = 0
    for name, language, old in readable(fetch(*args)):
        parsed = language.parse(f"`````\n{old.decode()}\n`````")
        assert not [one for one in parsed if "does not compile" in one.objection], name
        good = [one.candidate for one in parsed if not one.objection]
        assert language.merger(old).merge(good).content == old, name
        tests += len(good)
    assert tests > 10


@pytest.mark.skipif(not shutil.which("gofmt"), reason="gofmt is not installed")
@pytest.mark.parametrize("module", GO_MODULES.values(), ids=GO_MODULES)
def test_a_go_file_that_is_as_gofmt_has_it_stays_so(module):
    for name, language, old in readable(of_go(module)):
        candidates = [one.candidate for one in language.parse(REPLIES["go"])]
        merged = language.merger(old).merge(candidates).content
        if gofmt(old) == old:
            assert gofmt(merged) == merged, name


def gofmt(content: bytes) -> bytes:
    return subprocess.run(["gofmt"], input=content, capture_output=True, check=True).stdout
