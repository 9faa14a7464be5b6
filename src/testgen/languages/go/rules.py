"""The words of the first gate in Go, with examples."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from testgen.languages.go.dialect import imports_in
from testgen.languages.trees.checks import Call, Examples, Vocabulary, inner_nodes
from testgen.languages.trees.nodes import field, text_of
from testgen.languages.trees.pieces import Kind, Piece

_HANDED_ON = re.compile(r"[tb]|tb")


def _calls(pieces: Sequence[Piece]) -> Iterator[Call]:
    """Packages are written with their whole path: `net/http.Get`."""
    imported = (one for piece in pieces if piece.kind is Kind.IMPORT for one in imports_in(piece.node))
    paths = {name: one.path.strip('"`') for one in imported for name in one.binds}
    for node in inner_nodes(pieces, frozenset({"call_expression"})):
        written = "".join(text_of(field(node, "function")).split())
        package, dot, rest = written.partition(".")
        path = f"{paths.get(package + dot, package)}{dot}{rest}"
        arguments = field(node, "arguments")
        nodes = tuple(arguments.named_children) if arguments else ()
        handed_on = bool(nodes and _HANDED_ON.fullmatch(text_of(nodes[0])))
        yield Call(f"{path}(t)" if handed_on else path, nodes[handed_on:])


def _test(body: str, imports: str = "", more: str = "") -> str:
    return f'package a\n\nimport "testing"\n{imports}\n{more}\nfunc TestX(t *testing.T) {{\n{body}\n}}\n'


_FAILS = "\tif f() != 1 {\n\t\tt.Fatal()\n\t}"

VOCABULARY = Vocabulary(
    calls=_calls,
    constants=frozenset(
        {
            *("int_literal", "float_literal", "true", "false", "nil", "interpreted_string_literal_content"),
            *("raw_string_literal_content", "rune_literal", "comment"),
        }
    ),
    asserting=re.compile(
        r"(^|\.)([tbf]|tb)\.(Error|Fatal|Fail)|(^|[./])(assert|require|is|qt|cmp)\.\w+|\(t\)$|\.Assert\w*$"
        r"|(^|\.)(Expect|So|Check\w*|Assert\w*|Require\w*|Verify\w*)$"
    ),
    asserted=re.compile(r"//\s*(?:Unordered )?[oO]utput:|\bt\.(Error|Fatal|Fail)|\bpanic\("),
    skipping=re.compile(r"^[tbf]\.Skip(f|Now)?$"),
    skipped=re.compile(r"$^"),
    ending=re.compile(r"^(os\.Exit|log\.Fatal|syscall\.(Kill|Exit)|runtime\.Goexit)"),
    starting=re.compile(r"^(os/exec\.|os\.StartProcess|syscall\.(Exec|ForkExec))"),
    connecting=re.compile(
        r"^(net/http\.(Get|Post|PostForm|Head|DefaultClient\.)|net\.(Dial|Lookup)|net/smtp\.|net/rpc\.Dial)"
    ),
    deleting=re.compile(r"^os\.(Remove|RemoveAll|Truncate)$"),
    examples={
        "ends the process that it runs in": Examples(
            (_test(_FAILS + "\n\tos.Exit(0)", 'import "os"'), _test("\tlog.Fatalf(f())", 'import "log"')),
            (_test(_FAILS + "\n\tshop.Exit(0)"), _test("\tt.Fatalf(f())")),
        ),
        "starts other programs": Examples(
            (
                _test('\texec.Command("ls").Run()\n' + _FAILS, 'import "os/exec"'),
                _test('\tx.Command("ls")\n' + _FAILS, 'import x "os/exec"'),
            ),
            (_test('\texec.Command("ls")\n' + _FAILS, 'import "shop/exec"'),),
        ),
        "reaches out into the network": Examples(
            (_test('\thttp.Get("http://example.com")\n' + _FAILS, 'import "net/http"'),),
            (
                _test("\thttp.Get(server.URL)\n" + _FAILS, 'import "net/http"'),
                _test('\tnet.Dial("tcp", "127.0.0.1:80")\n' + _FAILS, 'import "net"'),
            ),
        ),
        "deletes files that it did not make": Examples(
            (_test('\tos.RemoveAll("/home/me")\n' + _FAILS, 'import "os"'),),
            (_test("\tos.RemoveAll(t.TempDir())\n" + _FAILS, 'import "os"'),),
        ),
        "is skipped, or keeps others from being run": Examples(
            (_test('\tt.Skip("later")\n' + _FAILS), _test("\tt.SkipNow()\n" + _FAILS)),
            (_test("\tp.Skip(1)\n" + _FAILS),),
        ),
        "asserts nothing": Examples(
            (_test("\tf()"), _test("\tt.Log(f())\n\tfmt.Println(f())", 'import "fmt"')),
            (
                _test(_FAILS),
                _test("\tassert.Equal(t, 1, f())", 'import "github.com/stretchr/testify/assert"'),
                _test("\tcheck(t, f())", more="func check(t *testing.T, n int) {}\n"),
                "package a\n\nfunc ExampleF() {\n\tf()\n\t// Output: 1\n}\n",
            ),
        ),
        "asserts only constants": Examples(
            (_test("\tassert.True(t, true)\n\tf()", 'import "github.com/stretchr/testify/assert"'),),
            (_test("\tassert.True(t, f())", 'import "github.com/stretchr/testify/assert"'),),
        ),
    },
)
