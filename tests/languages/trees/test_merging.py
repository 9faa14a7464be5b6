from __future__ import annotations

import shutil
import subprocess
from textwrap import dedent

import pytest

from testgen.domain import Candidate
from testgen.errors import UsageError
from testgen.languages import LANGUAGES, Merged, merger_for


def candidates(language: str, code: str) -> list[Candidate]:
    parsed = LANGUAGES[language].parse(f"````\n{dedent(code)}\n````")
    assert [one.objection for one in parsed] == [""] * len(parsed)
    return [one.candidate for one in parsed]


def merge(language: str, old: str, code: str) -> Merged:
    return LANGUAGES[language].merger(dedent(old).encode()).merge(candidates(language, code))


# What is there, what a reply brings, what becomes of it, and the runner's names.
EXAMPLES = {
    "a default goes before the braces of its module": (
        "javascript",
        """\
        import { total } from './cart.js';

        test('one', () => { expect(total()).toBe(1); });
        """,
        """\
        import label, { total } from './cart';
        test('two', () => {
          expect(label(total())).toBe('2');
        });
        """,
        """\
        import label, { total } from './cart.js';

        test('one', () => { expect(total()).toBe(1); });

        test('two', () => {
          expect(label(total())).toBe('2');
        });
        """,
        ("two",),
    ),
    "names join the braces of their module": (
        "javascript",
        """\
        import { total } from './cart.js';

        test('one', () => { expect(total()).toBe(1); });
        """,
        """\
        import { total, tax as vat } from './cart';
        test('two', () => {
          expect(vat(total())).toBe(2);
        });
        """,
        """\
        import { total, tax as vat } from './cart.js';

        test('one', () => { expect(total()).toBe(1); });

        test('two', () => {
          expect(vat(total())).toBe(2);
        });
        """,
        ("two",),
    ),
    "an import becomes a require where the file has those, in its quotes and without its semicolons": (
        "javascript",
        """\
        "use strict"
        const { total } = require("./cart")

        describe("cart", () => {
            it("one", () => { expect(total()).toBe(1) })
        })
        """,
        """\
        import fs from 'node:fs';
        import * as path from 'path';
        import { tax as vat } from './tax';
        describe('cart', () => {
          it('two', () => {
            expect(vat(fs, path)).toBe(2);
          });
        });
        """,
        """\
        "use strict"
        const { total } = require("./cart")
        const fs = require("node:fs")
        const path = require("path")
        const { tax: vat } = require("./tax")

        describe("cart", () => {
            it("one", () => { expect(total()).toBe(1) })

            it('two', () => {
                expect(vat(fs, path)).toBe(2);
            });
        })
        """,
        ("cart two",),
    ),
    "a require becomes an import": (
        "javascript",
        """\
        import { a } from './a';
        it('one', () => { expect(a).toBe(1); });
        """,
        """\
        const fs = require('fs');
        const { b: c } = require('./b');
        it('two', () => { expect(fs.x).toBe(c); });
        """,
        """\
        import { a } from './a';
        import fs from 'fs';
        import { b as c } from './b';
        it('one', () => { expect(a).toBe(1); });

        it('two', () => { expect(fs.x).toBe(c); });
        """,
        ("two",),
    ),
    "a helper whose name is taken gets another one, also where it is a property's short form": (
        "javascript",
        """\
        const cart = { n: 1 };

        test('one', () => { expect(cart).toBe(1); });
        """,
        """\
        const cart = { n: 2 };
        test('one', () => { expect(f({ cart }).cart).toBe(cart); });
        """,
        """\
        const cart = { n: 1 };

        const cart2 = { n: 2 };

        test('one', () => { expect(cart).toBe(1); });

        test('one (2)', () => { expect(f({ cart: cart2 }).cart).toBe(cart2); });
        """,
        ("one (2)",),
    ),
    "groups inside each other are found by their titles": (
        "typescript",
        """\
        describe('outer', () => {
          describe('inner', () => {
            it('one', () => { expect(f()).toBe(1); });
          });
        });
        """,
        """\
        describe('outer', () => {
          let n: number;
          beforeEach(() => { n = 1; });
          describe('inner', () => {
            it('two', () => { expect(f(n)).toBe(2); });
          });
          describe('new', () => {
            it('three', () => { expect(f(n)).toBe(3); });
          });
        });
        """,
        """\
        describe('outer', () => {
          let n: number;

          beforeEach(() => { n = 1; });

          describe('inner', () => {
            it('one', () => { expect(f()).toBe(1); });

            it('two', () => { expect(f(n)).toBe(2); });
          });

          describe('new', () => {
            it('three', () => { expect(f(n)).toBe(3); });
          });
        });
        """,
        ("outer inner two", "outer new three"),
    ),
    "what is imported as a type only is imported anew for its value": (
        "typescript",
        """\
        import type { Cart } from './cart';

        test('one', () => { expect(f() as Cart).toBe(1); });
        """,
        """\
        import { total } from './cart';
        import type { Row } from './row';
        test('two', () => { expect(total() as Row).toBe(2); });
        """,
        """\
        import type { Cart } from './cart';
        import { total } from './cart';
        import type { Row } from './row';

        test('one', () => { expect(f() as Cart).toBe(1); });

        test('two', () => { expect(total() as Row).toBe(2); });
        """,
        ("two",),
    ),
    "a package of Go that is imported with a dot stands under its name too": (
        "go",
        """\
        package shop_test

        import (
        \t"testing"

        \t_ "embed"
        \t. "example.com/shop"
        )

        func TestOne(t *testing.T) {
        \tif Total() != 1 {
        \t\tt.Fatal("no")
        \t}
        }
        """,
        """\
        package shop_test

        import (
            "testing"

            "example.com/shop"
        )

        func TestTwo(t *testing.T) {
        \tif shop.Total() != 2 {
        \t\tt.Fatal("no")
        \t}
        }
        """,
        """\
        package shop_test

        import (
        \t"testing"

        \t_ "embed"
        \t"example.com/shop"
        \t. "example.com/shop"
        )

        func TestOne(t *testing.T) {
        \tif Total() != 1 {
        \t\tt.Fatal("no")
        \t}
        }

        func TestTwo(t *testing.T) {
        \tif shop.Total() != 2 {
        \t\tt.Fatal("no")
        \t}
        }
        """,
        ("TestTwo",),
    ),
    "imports of Go stand where gofmt has them": (
        "go",
        """\
        package shop

        import (
        \t"errors"
        \t"testing"

        \t"github.com/stretchr/testify/assert"
        )

        func TestOne(t *testing.T) {
        \tassert.Equal(t, errors.New("a"), f())
        }
        """,
        """\
        package shop

        import (
            "fmt"
            "testing"
            _ "embed"
            tm "time"
            "github.com/google/uuid"
        )

        var limit = tm.Second

        func TestOne(t *testing.T) {
            if fmt.Sprint(limit) != uuid.NewString() {
                t.Fatal("no")
            }
        }
        """,
        """\
        package shop

        import (
        \t_ "embed"
        \t"errors"
        \t"fmt"
        \t"testing"
        \ttm "time"

        \t"github.com/google/uuid"
        \t"github.com/stretchr/testify/assert"
        )

        var limit = tm.Second

        func TestOne(t *testing.T) {
        \tassert.Equal(t, errors.New("a"), f())
        }

        func TestOne2(t *testing.T) {
        \tif fmt.Sprint(limit) != uuid.NewString() {
        \t\tt.Fatal("no")
        \t}
        }
        """,
        ("TestOne2",),
    ),
    "fields, set-up and helpers of a Java class": (
        "java",
        """\
        package com.shop;

        import static org.junit.jupiter.api.Assertions.assertEquals;

        import org.junit.jupiter.api.Test;

        public class CartTests {
          private final Cart cart = new Cart();

          @Test
          public void total() {
            assertEquals(0, cart.total());
          }
        }
        """,
        """\
        package com.shop;

        import static org.junit.jupiter.api.Assertions.assertEquals;
        import static org.junit.jupiter.api.Assertions.assertThrows;
        import org.junit.jupiter.api.BeforeEach;
        import org.junit.jupiter.api.Test;
        import java.util.List;

        class CartTest {
            private final Cart cart = new Cart();
            private List<Integer> prices;

            @BeforeEach
            void fill() {
                prices = List.of(1);
            }

            // the sum
            @Test
            void total() {
                assertEquals(1, cart.total(prices));
            }

            @Test
            void refuses() {
                assertThrows(Full.class, () -> cart.add(prices));
            }
        }
        """,
        """\
        package com.shop;

        import static org.junit.jupiter.api.Assertions.assertEquals;
        import static org.junit.jupiter.api.Assertions.assertThrows;

        import org.junit.jupiter.api.Test;
        import java.util.List;
        import org.junit.jupiter.api.BeforeEach;

        public class CartTests {
          private final Cart cart = new Cart();

          private List<Integer> prices;

          @BeforeEach
          void fill() {
            prices = List.of(1);
          }

          @Test
          public void total() {
            assertEquals(0, cart.total());
          }

          // the sum
          @Test
          void total2() {
            assertEquals(1, cart.total(prices));
          }

          @Test
          void refuses() {
            assertThrows(Full.class, () -> cart.add(prices));
          }
        }
        """,
        ("com.shop.CartTests.total2", "com.shop.CartTests.refuses"),
    ),
    "an extension of the class and a nested class": (
        "java",
        """\
        class ATest {
            @Nested
            class Empty {
                @Test
                void one() { assertEquals(1, f()); }
            }
        }
        """,
        """\
        @ExtendWith(MockitoExtension.class)
        class ATest {
            @Mock Shop shop;

            @Nested
            class Empty {
                @Test
                void two() { assertEquals(2, shop.f()); }
            }
        }
        """,
        """\
        @ExtendWith(MockitoExtension.class)
        class ATest {
            @Mock Shop shop;

            @Nested
            class Empty {
                @Test
                void one() { assertEquals(1, f()); }

                @Test
                void two() { assertEquals(2, shop.f()); }
            }
        }
        """,
        ("ATest$Empty.two",),
    ),
}


@pytest.mark.parametrize(("language", "old", "reply", "new", "names"), EXAMPLES.values(), ids=EXAMPLES)
def test_candidates_go_where_a_person_would_put_them(language, old, reply, new, names):
    merged = merge(language, old, reply)
    assert merged.content.decode() == dedent(new)
    assert merged.names == names


@pytest.mark.parametrize(("language", "old", "reply", "new", "names"), EXAMPLES.values(), ids=EXAMPLES)
def test_what_is_there_is_not_put_in_again(language, old, reply, new, names):
    assert merge(language, new, reply) == Merged(dedent(new).encode(), names)


@pytest.mark.parametrize(("language", "old", "reply", "new", "names"), EXAMPLES.values(), ids=EXAMPLES)
def test_a_file_with_windows_line_ends_keeps_them(language, old, reply, new, names):
    merged = merge(language, dedent(old).replace("\n", "\r\n"), reply)
    assert merged.content.decode() == dedent(new).replace("\n", "\r\n")


NEW_FILES = {
    "javascript": (
        "export function f() {}",
        "cart.test.js",
        "import { f } from './cart';\nconst one = 1;\ntest('x', () => { expect(f()).toBe(one); });",
        "import { f } from './cart';\n\nconst one = 1;\n\ntest('x', () => { expect(f()).toBe(one); });\n",
    ),
    "go": (
        "// Package shop\npackage shop\n",
        "cart_test.go",
        'package shop_test\n\nimport (\n\t"testing"\n\n\t"a.b/shop"\n)\n\nfunc TestX(t *testing.T) {\n'
        "\tif shop.F() {\n\t\tt.Fatal()\n\t}\n}",
        'package shop_test\n\nimport (\n\t"testing"\n\n\t"a.b/shop"\n)\n\nfunc TestX(t *testing.T) {\n'
        "\tif shop.F() {\n\t\tt.Fatal()\n\t}\n}\n",
    ),
    "java": (
        "package com.shop;\npublic class Cart {}",
        "CartTest.java",
        "import org.junit.jupiter.api.Test;\n\nclass SomeTest {\n"
        "    @Test\n    void x() { assertTrue(f()); }\n}",
        "package com.shop;\n\nimport org.junit.jupiter.api.Test;\n\nclass CartTest {\n"
        "    @Test\n    void x() { assertTrue(f()); }\n}\n",
    ),
}


@pytest.mark.parametrize("language", NEW_FILES)
def test_a_new_file_begins_as_its_language_wants(tmp_path, language):
    source, name, code, new = NEW_FILES[language]
    merger = merger_for(LANGUAGES[language], source, tmp_path / name, None)
    assert merger.merge(candidates(language, code)).content.decode() == new


@pytest.mark.parametrize("language", NEW_FILES)
def test_a_file_that_cannot_be_read_is_named_with_its_line(language):
    with pytest.raises(UsageError, match="cannot be parsed: line 2"):
        LANGUAGES[language].merger(b"\n((((")
    with pytest.raises(UsageError, match="not utf-8: line 2"):
        LANGUAGES[language].merger(b"\n\xff")


@pytest.mark.skipif(not shutil.which("gofmt"), reason="gofmt is not installed")
@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example[0] == "go"])
def test_what_is_put_into_a_go_file_is_as_gofmt_has_it(name):
    _, old, reply, _, _ = EXAMPLES[name]
    content = merge("go", old, reply).content
    assert subprocess.run(["gofmt"], input=content, capture_output=True, check=True).stdout == content


@pytest.mark.parametrize(
    ("language", "files", "source", "expected"),
    [
        ("javascript", [], "src/cart.js", "src/cart.test.js"),
        ("javascript", ["src/tax.js", "src/tax.spec.js"], "src/cart.mjs", "src/cart.spec.mjs"),
        ("javascript", ["__tests__/tax.js"], "lib/cart.js", "__tests__/cart.js"),
        ("javascript", ["lib/__tests__/tax.test.js"], "lib/cart.js", "lib/__tests__/cart.test.js"),
        ("javascript", ["test/tax.test.js"], "lib/cart.js", "test/cart.test.js"),
        ("javascript", ["test/cart.test.js", "test/tax.test.js"], "lib/cart.js", "test/cart.test.js"),
        ("javascript", ["node_modules/cart.test.js"], "cart.js", "cart.test.js"),
        ("typescript", ["a/cart.test.ts", "b/cart.test.ts"], "b/cart.ts", "b/cart.test.ts"),
        ("tsx", ["src/Tax.tsx", "src/Tax.test.tsx"], "src/Cart.tsx", "src/Cart.test.tsx"),
        ("go", ["shop/tax_test.go"], "shop/cart.go", "shop/cart_test.go"),
        ("java", [], "src/main/java/com/shop/Cart.java", "src/test/java/com/shop/CartTest.java"),
        ("java", ["it/CartIT.java"], "src/main/java/com/shop/Cart.java", "it/CartIT.java"),
        ("java", [], "shop/Cart.java", "shop/CartTest.java"),
    ],
)
def test_the_test_file_follows_the_habits_of_the_project(tmp_path, language, files, source, expected):
    for name in (*files, source):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).touch()
    found = LANGUAGES[language].test_file(tmp_path, tmp_path / source)
    assert found.relative_to(tmp_path).as_posix() == expected


@pytest.mark.parametrize(
    ("language", "name", "reported", "same"),
    [
        ("javascript", "cart adds", "cart adds", True),
        ("javascript", "cart adds", "cart adds up", False),
        ("javascript", "cart adds %i to $name", "cart adds 3 to it", True),
        ("javascript", "cart adds %i", "tax adds 3", False),
        ("go", "TestTotal", "TestTotal/two_rows", True),
        ("go", "TestTotal", "TestTotals", False),
        ("java", "a.CartTest.total", "a.CartTest.total(int)[2]", True),
        ("java", "a.CartTest.total", "a.CartTest.totals", False),
    ],
)
def test_a_case_is_known_by_the_name_of_its_test(language, name, reported, same):
    assert LANGUAGES[language].is_case(reported, name) is same


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        (
            "javascript",
            "export class Cart {\n  total() {\n    return 1;\n  }\n}\nconst f = () => {\n};\n",
            [("Cart", 1, 5), ("Cart.total", 2, 4), ("f", 6, 7)],
        ),
        ("go", "package a\n\nfunc (c *Cart) Total() int {\n\treturn 1\n}\n", [("Cart.Total", 3, 5)]),
        (
            "java",
            "class Cart {\n  Cart() {}\n  int total() {\n    return 1;\n  }\n}\n",
            [("Cart", 1, 6), ("Cart.Cart", 2, 2), ("Cart.total", 3, 5)],
        ),
    ],
)
def test_definitions_are_known_with_their_lines(language, source, expected):
    units = LANGUAGES[language].units(source)
    assert [(unit.name, unit.first_line, unit.last_line) for unit in units] == expected


@pytest.mark.parametrize("language", NEW_FILES)
def test_a_source_that_cannot_be_parsed_is_named_with_its_line(language):
    with pytest.raises(UsageError, match="cannot be parsed: line 2"):
        LANGUAGES[language].units("\n((((")


@pytest.mark.parametrize(
    ("language", "source", "expected"),
    [
        ("javascript", "const a =\n  1;\nif (a &&\n    b) {\n  f();\n}\n", [(1, 2), (3, 4)]),
        ("go", "package a\n\nfunc f(\n\ta int,\n) {\n\tg(a,\n\t\ta)\n}\n", [(3, 5), (6, 7)]),
        ("java", "class A {\n  int f() {\n    return g(1,\n      2);\n  }\n}\n", [(3, 4)]),
    ],
)
def test_statements_on_several_lines_are_known_up_to_their_block(language, source, expected):
    spans = LANGUAGES[language].spans(source)
    assert [(span[0], span[-1]) for span in spans] == expected
