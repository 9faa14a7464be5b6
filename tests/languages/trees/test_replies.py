"""Every shape of reply that the Python side understands works the same in the other languages."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from testgen.languages import LANGUAGES, Parsed, merger_for

ONE = {
    "javascript": "test('one', () => {\n  expect(f()).toBe(1);\n});",
    "typescript": "test('one', (): void => {\n  expect(f() as number).toBe(1);\n});",
    "tsx": "test('one', () => {\n  expect(render(<Cart total={1} />)).toBe(1);\n});",
    "go": "func TestOne(t *testing.T) {\n\tif f() != 1 {\n\t\tt.Fatal()\n\t}\n}",
    "java": "class CartTest {\n    @Test\n    void one() {\n        assertEquals(1, f());\n    }\n}",
}
TWO = {
    "javascript": "test('two', () => {\n  expect(g()).toBe(2);\n});",
    "typescript": "test('two', () => {\n  expect(g<number>()).toBe(2);\n});",
    "tsx": "test('two', () => {\n  expect(g<number>()).toBe(2);\n});",
    "go": "func TestTwo(t *testing.T) {\n\tif g() != 2 {\n\t\tt.Fatal()\n\t}\n}",
    "java": "class CartTest {\n    @Test\n    void two() {\n        assertEquals(2, g());\n    }\n}",
}
NAMES = {
    language: ("TestOne", "TestTwo") if language == "go" else ("one", "two")
    for language in ("javascript", "typescript", "tsx", "go", "java")
}
BROKEN = {
    "javascript": "test('bad', () => {\n  expect(f(.toBe(1);\n});",
    "typescript": "test('bad', () => {\n  expect(f(.toBe(1);\n});",
    "tsx": "test('bad', () => {\n  expect(f(.toBe(1);\n});",
    "go": "func TestBad(t *testing.T) {\n\tif f( != 1 {\n\t\tt.Fatal()\n\t}\n}",
    "java": "class CartTest {\n    @Test\n    void bad() {\n        assertEquals(1, f(;;\n    }}}\n}",
}
SHAPES = {
    "one fence": "Here they are.\n\n```{tag}\n{one}\n\n{two}\n```\nDone.",
    "two fences": "```{tag}\n{one}\n```\n\nand\n\n```\n{two}\n```",
    "tildes": "~~~{tag}\n{one}\n\n{two}\n~~~",
    "no fence": "{one}\n\n{two}\n",
    "prose and no fence": "Here are the tests:\n\n{one}\n\nAnd one more:\n\n{two}\n\nThat is all!",
    "no closing fence": "```{tag}\n{one}\n\n{two}\n",
    "in a list": "1. All:\n   ```{tag}\n{indented}\n   ```",
    "thinking first": "<think>\n```{tag}\nnot this(\n```\n</think>\n```{tag}\n{one}\n{two}\n```",
    "windows line ends": "```{tag}\r\n{one}\r\n\r\n{two}\r\n```",
    "another language before": "```bash\nnpm install; make test\n```\n```{tag}\n{one}\n{two}\n```",
    "a broken one between": "```{tag}\n{one}\n\n{bad}\n\n{two}\n```",
    "json": "{json}",
    "yaml": "new_tests:\n- test_code: |\n{yaml_one}\n- test_code: |\n{yaml_two}\n",
}


def indented(code: str, margin: str) -> str:
    return "\n".join(margin + line for line in code.split("\n"))


def reply(language: str, shape: str) -> str:
    one, two = ONE[language], TWO[language]
    parts = {
        "tag": language,
        "one": one,
        "two": two,
        "bad": BROKEN[language],
        "indented": indented(f"{one}\n{two}", "   "),
        "json": json.dumps({"new_tests": [{"test_code": one}, {"test_code": two}]}),
        "yaml_one": indented(one, "      "),
        "yaml_two": indented(two, "      "),
    }
    text = SHAPES[shape]
    for name, part in parts.items():
        text = text.replace(f"{{{name}}}", part)
    return text


def good(parsed: tuple[Parsed, ...]) -> tuple[str, ...]:
    return tuple(one.candidate.name for one in parsed if not one.objection)


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("language", NAMES)
def test_tests_are_found_in_whatever_shape_a_reply_has(language, shape):
    assert good(LANGUAGES[language].parse(reply(language, shape))) == NAMES[language]


@pytest.mark.parametrize("language", NAMES)
def test_a_broken_test_is_named_and_costs_no_neighbour(language):
    parsed = LANGUAGES[language].parse(reply(language, "a broken one between"))
    (bad,) = [one for one in parsed if one.objection]
    assert bad.candidate.name in ("bad", "TestBad")
    assert bad.objection.startswith("does not compile: syntax error (line ")


@pytest.mark.parametrize("language", NAMES)
@pytest.mark.parametrize(
    "text", ["", "I cannot help.", "```\n```", "```\n(((((\n```", "\0\ufeff```\n{[(\n", "{" * 5000]
)
def test_nothing_in_a_reply_is_too_strange(language, text):
    assert good(LANGUAGES[language].parse(text)) == ()


@pytest.mark.parametrize("language", NAMES)
def test_a_reply_that_was_cut_keeps_what_was_whole(language):
    whole = reply(language, "no closing fence")
    for end in range(len(whole) // 2, len(whole), 7):
        names = good(LANGUAGES[language].parse(whole[:end]))
        assert set(names) <= set(NAMES[language])
        assert NAMES[language][0] in names or end < whole.index(TWO[language]), whole[:end]


def test_a_cut_group_keeps_its_whole_members():
    one = "  it('one', () => {\n    expect(f()).toBe(1);\n  });"
    code = f"describe('g', () => {{\n{one}\n\n  it('two', () => {{\n    exp"
    assert good(LANGUAGES["javascript"].parse(f"```js\n{code}")) == ("one",)


CLOSURES = {
    "javascript": (
        "import { a, b, c } from './m';\nconst unused = b;\nconst base = a;\n"
        "const make = () => base;\ntest('x', () => { expect(make()).toBe(1); });",
        ("import { a } from './m';",),
        ("const base = a;", "const make = () => base;"),
    ),
    "typescript": (
        "import type { A, B } from './m';\ninterface Row extends A {}\nenum Unused { X }\n"
        "test('x', () => { const r: Row = f(); expect(r).toBe(1); });",
        ("import type { A } from './m';",),
        ("interface Row extends A {}",),
    ),
    "go": (
        'package a\n\nimport (\n\t"net/url"\n\t"strings"\n\t. "shop"\n\ty "gopkg.in/yaml.v3"\n)\n\n'
        "type clock struct{}\n\n"
        "func (c clock) Now() string { return y.Now() }\n\nfunc unused() { strings.X() }\n\n"
        "func TestX(t *testing.T) {\n\turl := f()\n\tif url.Host != (clock{}).Now() {\n\t\tt.Fatal()\n\t}\n}",
        ("package a", 'import . "shop"', 'import y "gopkg.in/yaml.v3"'),
        ("type clock struct{}", "func (c clock) Now() string { return y.Now() }"),
    ),
    "java": (
        "package a;\nimport java.util.List;\nimport java.util.Map;\nimport static org.x.A.*;\n"
        "class Helper { Map<String, String> m; }\n"
        "class CartTest {\n  @Test void x() { assertEquals(1, new Helper()); }\n}",
        ("import java.util.Map;", "import static org.x.A.*;"),
        ("class Helper { Map<String, String> m; }",),
    ),
}


@pytest.mark.parametrize("language", CLOSURES)
def test_a_test_takes_along_what_it_needs_and_no_more(language):
    code, imports, support = CLOSURES[language]
    (parsed,) = LANGUAGES[language].parse(f"```\n{code}\n```")
    assert (parsed.objection, parsed.candidate.imports, parsed.candidate.support) == ("", imports, support)


def test_what_stands_around_a_test_comes_with_it():
    code = (
        "describe('outer', () => {\n  const one = 1;\n  const two = 2;\n  beforeEach(() => reset());\n"
        "  it('first', () => { expect(two).toBe(f()); });\n  describe('inner', () => {\n    let x = one;\n"
        "    it('second', () => { expect(x).toBe(f()); });\n  });\n});"
    )
    first, second = (one.candidate for one in LANGUAGES["javascript"].parse(f"```js\n{code}\n```"))
    assert (first.owner, second.owner) == ("outer", "outer > inner")
    assert "const one" not in first.owner_header
    assert "const two" not in second.owner_header
    assert all("beforeEach(() => reset());" in one.owner_header for one in (first, second))


def test_a_source_of_parameters_is_known_by_its_name_in_an_annotation():
    code = (
        "class ATest {\n  static Stream<Integer> rows() { return null; }\n"
        "  static int other() { return 1; }\n"
        '  @ParameterizedTest\n  @MethodSource("rows")\n  void x(int n) { assertEquals(n, f()); }\n}'
    )
    (parsed,) = LANGUAGES["java"].parse(f"```java\n{code}\n```")
    assert "rows()" in parsed.candidate.owner_header
    assert "other()" not in parsed.candidate.owner_header


SAMPLES = Path(__file__).resolve().parents[3] / "sample_projects"
RECORDED = {"javascript": "basket", "typescript": "roster", "go": "limiter", "java": "invoice"}
REAL = {
    language: [
        *(reply(language, shape) for shape in ("two fences", "json", "a broken one between")),
        *(
            path.read_text(encoding="utf-8")
            for path in sorted((SAMPLES / sample / "recordings").glob("*.md"))
        ),
    ]
    for language, sample in RECORDED.items()
}
TOKENS = st.sampled_from(
    ["```", "\n", "    ", "{", "}", "(", ")", ";", '"', "'", "`", "/*", "//", "\0", "\ud800", "@"]
)


@st.composite
def mutated(draw: st.DrawFn) -> tuple[str, str]:
    """A language and a reply in it after some of its text was taken out, doubled or replaced."""
    language = draw(st.sampled_from([*REAL]))
    text = draw(st.sampled_from(REAL[language]))
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        stop = draw(st.integers(start, min(len(text), start + draw(st.sampled_from([1, 20, 2000])))))
        text = text[:start] + draw(TOKENS) + draw(st.sampled_from(["", text[start:stop] * 2])) + text[stop:]
    return language, text


def test_there_are_recorded_replies_of_each_language_to_mutate() -> None:
    assert all(len(replies) > 3 for replies in REAL.values())
    assert all(good(LANGUAGES[language].parse(text)) for language, texts in REAL.items() for text in texts)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_no_mutation_of_a_reply_raises_and_what_is_good_of_it_makes_a_file(case: tuple[str, str]) -> None:
    language, text = case
    found = [parsed.candidate for parsed in LANGUAGES[language].parse(text) if not parsed.objection]
    merged = merger_for(LANGUAGES[language], "", Path("src", "cart.test"), None).merge(found)
    assert len(set(merged.names)) == len(found)
    merged.content.decode()
