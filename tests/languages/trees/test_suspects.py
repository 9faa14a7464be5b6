"""What a failing test of another language is evidence of: the quotation above it, and what it fails with."""

from __future__ import annotations

import pytest

from testgen.domain import Failure
from testgen.languages import LANGUAGES

JAVA = """
class CartTest {
    // suspects: "less the discount,
    // never below zero"
    @Test
    void rebate() {
        assertEquals(1, Cart.total(2)); // suspects: nothing
    }

    // A plain one.
    @Test
    void plain() {
        assertEquals("// suspects: \\"no comment\\"", Cart.total(2));
    }
}
"""
MARKED = {
    "javascript": """
// Why.
// suspects: “less the discount”
test('rebate', () => { expect(total(1)).toBe(2); });
""",
    "typescript": """
describe('cart', () => {
  // Suspects: less the discount
  it('adds', () => { expect(total(1)).toBe(2); });
});
""",
    "go": """
func TestIt(t *testing.T) {
\t// suspects: "less the discount"
\tif Total(1) != 2 {
\t\tt.Error()
\t}
}
""",
}


@pytest.mark.parametrize("name", MARKED)
def test_the_quotation_is_taken_from_the_comment(name):
    (parsed,) = LANGUAGES[name].parse(f"```\n{MARKED[name]}```")
    assert parsed.candidate.suspects == "less the discount"
    assert "uspects" not in parsed.candidate.code
    assert parsed.objection == ""


def test_only_comments_count_and_a_quotation_may_go_on():
    rebate, plain = (parsed.candidate for parsed in LANGUAGES["java"].parse(f"```\n{JAVA}```"))
    assert rebate.suspects == "less the discount, never below zero"
    assert "uspects" not in rebate.code
    assert plain.suspects == ""
    assert "// A plain one." in plain.code
    assert "no comment" in plain.code


@pytest.mark.parametrize(
    ("name", "message", "trace", "asserts"),
    [
        ("javascript", "Error: expect(received).toBe(expected) // Object.is equality", "", True),
        ("typescript", "AssertionError: expected 1 to be 2 // Object.is equality", "", True),
        ("javascript", "Expected values to be strictly equal:", "  code: 'ERR_ASSERTION',", True),
        (
            "javascript",
            "TypeError: Cannot read properties of undefined (reading 'x')",
            "at expect (a.js:1)",
            False,
        ),
        ("go", "cart_test.go:12: got 5", "    cart_test.go:12: got 5\n", True),
        ("go", "cart_test.go:12: got 5", "    cart_test.go:12: got 5\npanic: no weight\n", False),
        ("go", "panic: no weight [recovered]", "panic: no weight\n\tcart_test.go:7\n", False),
        ("java", "expected: <1> but was: <2>", "org.opentest4j.AssertionFailedError: expected\n\tat x", True),
        ("java", "x", "java.lang.NullPointerException: x\n\tat CartTest.rebate(CartTest.java:7)", False),
        ("python", "AssertionError: 80 != 79", "", True),
        ("python", "TypeError: 'int' object is not callable", "", False),
    ],
)
def test_what_an_assertion_fails_with(name, message, trace, asserts):
    assert LANGUAGES[name].asserts(Failure(message, trace)) is asserts
