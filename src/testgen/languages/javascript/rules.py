"""The words of the first gate in JavaScript and TypeScript, with examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.languages.javascript.imports import imports_in
from testgen.languages.trees.checks import Call, Examples, Vocabulary, inner_nodes
from testgen.languages.trees.nodes import field, text_of
from testgen.languages.trees.pieces import Kind, Piece

_CHAINS = ("call_expression", "new_expression")
_INLINE = re.compile(r"""^require\(['"](?:node:)?([^'"]+)['"]\)""")


def _calls(pieces: Sequence[Piece]) -> Iterator[Call]:
    """Imported names are written behind their module: `child_process.exec`."""
    imported = (one for piece in pieces if piece.kind is Kind.IMPORT for one in imports_in(piece.node))
    paths = {one.local: _path(one.module, one.imported) for one in imported}
    for node in inner_nodes(pieces, frozenset(_CHAINS)):
        written = "".join(text_of(field(node, "function") or field(node, "constructor")).split())
        name, dot, rest = _INLINE.sub(r"\1", written).partition(".")
        arguments = field(node, "arguments")
        yield Call(
            f"{paths.get(name, name)}{dot}{rest}", tuple(arguments.named_children) if arguments else ()
        )


def _path(module: str, imported: str) -> str:
    module = module.removeprefix("node:")
    return module if imported in ("*", "default", "") else f"{module}.{imported}"


def _test(body: str, above: str = "") -> str:
    return f"{above}\ntest('x', () => {{\n  {body}\n}});\n"


_CHECK = "expect(f()).toBe(1);"

VOCABULARY = Vocabulary(
    calls=_calls,
    constants=frozenset(
        {"number", "string_fragment", "escape_sequence", "true", "false", "null", "undefined"}
    ),
    asserting=re.compile(
        r"^(expect|assert\w*|should|chai\.\w+|t\.(assert|is|deepEqual|equal|ok|true|false|throws|snapshot)\w*)\b"
        r"|(^|\.)(assert|expect|verify|check|should|ensure)([A-Z_]\w*)?(\.\w+)*$|\.(assert|expect)\.|\bassert/strict"
    ),
    asserted=re.compile(r"\.should\.|\bthrow\s+new\b|\bfail\("),
    skipping=re.compile(
        r"^(\S+\.)?((test|it|describe|suite|context)\.(\w+\.)*(skip|only|todo|failing|fails|skipIf|runIf)"
        r"|[xf](it|test|describe)|t\.(skip|todo)|this\.skip|ctx\.skip)\b"
    ),
    skipped=re.compile(r"\{\s*(skip|only|todo)\s*:\s*(?!false)"),
    ending=re.compile(r"^process\.(exit|abort|kill|reallyExit)$"),
    starting=re.compile(r"^(child_process|worker_threads|cluster|execa|shelljs)(\.|$)"),
    connecting=re.compile(
        r"^(https?\.(get|request)|net\.(connect|createConnection)|dns\.|axios|undici|got)(\.|$)|^fetch$"
    ),
    deleting=re.compile(
        r"^(fs|fs/promises|fs-extra|fsPromises|rimraf)(\.promises)?(\.(rm|unlink|rmdir|remove|truncate|emptyDir)\w*)?$"
    ),
    examples={
        "ends the process that it runs in": Examples(
            (_test(f"{_CHECK} process.exit(0);"), _test(f"process.kill(1, 'SIGTERM'); {_CHECK}")),
            (_test("const exit = jest.spyOn(process, 'exit'); f(); expect(exit).toHaveBeenCalledWith(1);"),),
        ),
        "starts other programs": Examples(
            (
                _test(f"execSync('ls'); {_CHECK}", "const { execSync } = require('child_process');"),
                _test(f"cp.spawn('ls'); {_CHECK}", "import * as cp from 'node:child_process';"),
                _test(f"require('child_process').exec('ls'); {_CHECK}"),
            ),
            (_test("expect(exec('x')).toBe(1);", "import { exec } from './shop';"),),
        ),
        "reaches out into the network": Examples(
            (_test(f"https.get('https://example.com'); {_CHECK}", "import https from 'https';"),),
            (
                _test("expect(cart.get('https://example.com')).toBe(1);", "import cart from './cart';"),
                _test(f"http.get('http://localhost:' + port); {_CHECK}", "import http from 'http';"),
            ),
        ),
        "deletes files that it did not make": Examples(
            (
                _test(f"fs.rmSync('/home/me'); {_CHECK}", "const fs = require('fs');"),
                _test(f"unlinkSync(__filename); {_CHECK}", "import { unlinkSync } from 'node:fs';"),
            ),
            (_test(f"fs.rmSync(folder); {_CHECK}", "const fs = require('fs');"),),
        ),
        "is skipped, or keeps others from being run": Examples(
            (
                "it.only('x', () => { expect(f()).toBe(1); });",
                "test.skip('x', () => { expect(f()).toBe(1); });",
                "describe.only('g', () => { it('x', () => { expect(f()).toBe(1); }); });",
                "xit('x', () => { expect(f()).toBe(1); });",
                "it.todo('x');",
                "test('x', { skip: true }, () => { expect(f()).toBe(1); });",
                "test.skip.each([1])('x', (n) => { expect(f(n)).toBe(1); });",
            ),
            ("it('x', () => { expect(f({ limit: 1 })).toBe(only(1)); });",),
        ),
        "asserts nothing": Examples(
            (_test("f();"), _test("console.log(f());")),
            (
                _test(_CHECK),
                _test("assert.equal(f(), 1);", "import assert from 'node:assert';"),
                _test("ok(f());", "import { ok } from 'node:assert/strict';"),
                _test("assertTotal(f());", "function assertTotal(n) {}"),
                _test("return expect(f()).rejects.toThrow('no');"),
                _test("f().should.equal(1);"),
            ),
        ),
        "asserts only constants": Examples(
            (_test("f(); expect(true).toBe(true);"), _test("expect(1).toEqual(1);")),
            (_test("expect(f()).toBe(true);"), _test("expect(true).toBe(f());")),
        ),
    },
)
