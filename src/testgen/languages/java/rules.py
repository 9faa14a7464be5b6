"""The words of the first gate in Java, with examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.languages.trees.checks import Call, Examples, Vocabulary, inner_nodes
from testgen.languages.trees.nodes import field, text_of
from testgen.languages.trees.pieces import Piece

_CALLS = frozenset({"method_invocation", "object_creation_expression"})


def _calls(pieces: Sequence[Piece]) -> Iterator[Call]:
    for node in inner_nodes(pieces, _CALLS):
        parts = (text_of(field(node, name)) for name in ("object", "name", "type"))
        arguments = field(node, "arguments")
        nodes = tuple(arguments.named_children) if arguments else ()
        made = "new " if node.type == "object_creation_expression" else ""
        yield Call(made + ".".join("".join(part.split()) for part in parts if part), nodes)


def _test(body: str, above: str = "", with_: str = "@Test") -> str:
    return f"{above}\nclass CartTest {{\n    {with_}\n    void x() throws X {{\n        {body}\n    }}\n}}\n"


_CHECK = "assertEquals(1, f());"

VOCABULARY = Vocabulary(
    calls=_calls,
    constants=frozenset(
        {
            *(
                "decimal_integer_literal",
                "decimal_floating_point_literal",
                "string_fragment",
                "true",
                "false",
            ),
            *("null_literal", "character_literal", "hex_integer_literal", "escape_sequence"),
        }
    ),
    asserting=re.compile(
        r"(^|\.)(assert|verify|expect|fail|check|should|then|ensure)\w*$|\.is(EqualTo|True|False)\w*$|^fail"
    ),
    asserted=re.compile(r"@Test\s*\([^)]*expected\s*=|\bthrow\s+new\s+AssertionError|\bassert\s"),
    skipping=re.compile(r"(^|\.)(assumeTrue|assumeFalse|assumeThat|assumingThat|abort)$"),
    skipped=re.compile(r"@(Disabled|Ignore)\w*|\benabled\s*=\s*false"),
    ending=re.compile(r"^(System\.exit|Runtime\.getRuntime\(\)\.(exit|halt))$"),
    starting=re.compile(r"(^Runtime\.getRuntime\(\)|\bruntime)\.exec$|^new (java\.lang\.)?ProcessBuilder$"),
    connecting=re.compile(
        r"^new (java\.net\.)?(Socket|DatagramSocket)$|^(java\.net\.)?InetAddress\.getByName$"
        r"|^(java\.net\.http\.)?HttpClient\.newHttpClient\(\)\.send|\.open(Connection|Stream)$"
    ),
    deleting=re.compile(r"(^|\.)(Files\.delete(IfExists)?|FileUtils\.\w*[dD]elete\w*|deleteRecursively)$"),
    examples={
        "ends the process that it runs in": Examples(
            (_test(f"{_CHECK} System.exit(0);"), _test(f"Runtime.getRuntime().halt(1); {_CHECK}")),
            (_test(f"shop.exit(0); {_CHECK}"),),
        ),
        "starts other programs": Examples(
            (
                _test(f'Runtime.getRuntime().exec("ls"); {_CHECK}'),
                _test(f'new ProcessBuilder("ls").start(); {_CHECK}'),
            ),
            (_test(f'executor.exec("ls"); {_CHECK}'),),
        ),
        "reaches out into the network": Examples(
            (
                _test(f'new Socket("example.com", 80); {_CHECK}'),
                _test(f'new URL("https://example.com").openStream(); {_CHECK}'),
            ),
            (_test(f'new Basket("https://example.com"); {_CHECK}'),),
        ),
        "deletes files that it did not make": Examples(
            (_test(f'Files.delete(Path.of("/home/me")); {_CHECK}', "import java.nio.file.*;"),),
            (_test(f'Files.delete(folder.resolve("x")); {_CHECK}', "import java.nio.file.*;"),),
        ),
        "is skipped, or keeps others from being run": Examples(
            (
                _test(_CHECK, with_="@Test @Disabled"),
                _test(_CHECK, with_='@Ignore("later")\n    @Test'),
                _test(f"assumeTrue(f()); {_CHECK}"),
            ),
            (_test("assertTrue(f().isDisabled());"),),
        ),
        "asserts nothing": Examples(
            (_test("f();"), _test("System.out.println(f());")),
            (
                _test(_CHECK),
                _test("assertThat(f()).isEqualTo(1);"),
                _test("verify(mock).total();"),
                _test("f();", with_="@Test(expected = IllegalStateException.class)"),
                _test("assertThrows(X.class, () -> f());"),
            ),
        ),
        "asserts only constants": Examples(
            (_test("f(); assertTrue(true);"), _test("assertEquals(1, 1);")),
            (_test("assertTrue(f());"), _test("assertEquals(1, f());")),
        ),
    },
)
