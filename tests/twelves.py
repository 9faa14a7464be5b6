"""Twelve candidates of which three fail, for every runner of test commands: the other nine are all needed."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from demo import SAMPLES, Foreign
from projects import REPOSITORY

WORDS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WRONG = (2, 5, 8)  # behind these a test for the same number fails
MADE = shutil.ignore_patterns("src", "recordings", "node_modules", "coverage", "target", "*.go", "cover.out")


@dataclass(frozen=True)
class Twelve:
    """A source with nine ways through it and one test, for a runner; `like` is the sample with its settings.

    The texts are templates: `case` is a way of the source, `test` a test, `frame` what is around all tests;
    `others` are further files.
    """

    like: str
    foreign: Foreign
    source: str
    test_file: str
    code: str
    case: str
    frame: str
    test: str
    language: str
    others: Mapping[str, str] = field(default_factory=dict)

    def make(self, folder: Path) -> None:
        """The project, with one test."""
        if self.like:
            shutil.copytree(REPOSITORY / "sample_projects" / self.like, folder, ignore=MADE)
        cases = "".join(self.case % pair for pair in enumerate(WORDS, 1))
        for path, text in (
            (self.source, self.code % cases),
            (self.test_file, self.frame % self._test("Rest", 0, "many")),
            *self.others.items(),
        ):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text)

    @property
    def arguments(self) -> tuple[str, ...]:
        """What testgen is told, but for the command."""
        files = ("--source-file", self.source, "--test-file", self.test_file)
        return (*files, "--coverage-report", self.foreign.report)

    @property
    def reply(self) -> str:
        """The candidates as a model would send them."""
        tests = [self._test(f"Knows{word.title()}", number, word) for number, word in enumerate(WORDS, 1)]
        for number in reversed(WRONG):
            tests.insert(number, self._test(f"Mistakes{number}", number, "some"))
        return f"```{self.language}\n{self.frame % ''.join(tests)}```\n"

    @property
    def suspicion(self) -> str:
        """A test that fails, above which stands which statement of the source it is right by."""
        test = self._test("Suspects", 1, "another").replace("\n    @Test", "\n    {mark}\n    @Test")
        marked = test if "{mark}" in test else "{mark}\n" + test.lstrip()
        quoted = self.code[self.code.index("return") :].partition("\n")[0]
        return f"```\n{self.frame % marked.replace('{mark}', f'// suspects: `{quoted}`')}```\n"

    def _test(self, name: str, number: int, word: str) -> str:
        return self.test % {"name": name, "number": number, "word": word}


def of(like: str) -> Foreign:
    """The settings of a sample."""
    foreign = SAMPLES[like].foreign
    assert foreign is not None
    return foreign


SCRIPT = "function word(n) {\n%s  return 'many';\n}\n"
SCRIPT_CASE = "  if (n === %d) {\n    return '%s';\n  }\n"
EXPECT = "\ntest('%(name)s', () => {\n  expect(word(%(number)d)).toBe('%(word)s');\n});\n"
EQUAL = "\ntest('%(name)s', () => {\n  assert.equal(word(%(number)d), '%(word)s');\n});\n"
NODE = "node --test --experimental-test-coverage --test-reporter=lcov --test-reporter-destination=cover.info"
GO_TEST = (
    "func Test%(name)s(t *testing.T) {\n"
    '\tif got := Word(%(number)d); got != "%(word)s" {\n\t\tt.Error(got)\n\t}\n}\n\n'
)
JAVA_TEST = (
    '\n    @Test\n    void t%(name)s() {\n        assertEquals("%(word)s", Words.word(%(number)d));\n    }\n'
)
JAVA_HEAD = (
    "package com.example;\n\nimport static org.junit.jupiter.api.Assertions.assertEquals;\n\n"
    "import org.junit.jupiter.api.Test;\n\nclass WordsTest {\n%s}\n"
)

TWELVES = {
    "jest": Twelve(
        "basket",
        of("basket"),
        "src/word.js",
        "src/word.test.js",
        SCRIPT + "\nmodule.exports = { word };\n",
        SCRIPT_CASE,
        "const { word } = require('./word');\n%s",
        EXPECT,
        "javascript",
    ),
    "vitest": Twelve(
        "roster",
        of("roster"),
        "src/word.ts",
        "src/word.test.ts",
        "export " + SCRIPT.replace("(n)", "(n: number): string"),
        SCRIPT_CASE,
        "import { expect, test } from 'vitest';\nimport { word } from './word';\n%s",
        EXPECT,
        "typescript",
    ),
    "node": Twelve(
        "",
        Foreign(("node",), "", NODE, "cover.info"),
        "src/word.mjs",
        "src/word.test.mjs",
        "export " + SCRIPT,
        SCRIPT_CASE,
        "import assert from 'node:assert';\nimport { test } from 'node:test';\n"
        "import { word } from './word.mjs';\n%s",
        EQUAL,
        "javascript",
    ),
    "go": Twelve(
        "limiter",
        of("limiter"),
        "word.go",
        "word_test.go",
        'package limiter\n\nfunc Word(n int) string {\n\tswitch n {\n%s\t}\n\treturn "many"\n}\n',
        '\tcase %d:\n\t\treturn "%s"\n',
        'package limiter\n\nimport "testing"\n\n%s',
        GO_TEST,
        "go",
    ),
    "maven": Twelve(
        "invoice",
        of("invoice"),
        "src/main/java/com/example/Words.java",
        "src/test/java/com/example/WordsTest.java",
        "package com.example;\n\nclass Words {\n    static String word(int n) {\n%s"
        '        return "many";\n    }\n}\n',
        '        if (n == %d) {\n            return "%s";\n        }\n',
        JAVA_HEAD,
        JAVA_TEST,
        "java",
    ),
}

# Where another process counts too, only lines are told apart.
TWELVES["node, two files"] = replace(
    TWELVES["node"],
    code=TWELVES["node"].code + "export const known = (n) => (n ? 'yes' : 'no');\n",
    others={"src/known.test.mjs": "import { known } from './word.mjs';\nknown(1);\n"},
)
