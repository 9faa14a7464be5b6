from __future__ import annotations

from collections.abc import Iterator

import pytest

from testgen.languages import LANGUAGES
from testgen.languages.go.rules import VOCABULARY as GO
from testgen.languages.java.rules import VOCABULARY as JAVA
from testgen.languages.javascript.rules import VOCABULARY as JAVASCRIPT
from testgen.languages.trees.checks import RULES, Examples

VOCABULARIES = {"javascript": JAVASCRIPT, "typescript": JAVASCRIPT, "tsx": JAVASCRIPT, "go": GO, "java": JAVA}


def examples() -> Iterator[object]:
    for language, words in VOCABULARIES.items():
        for objection, ones in words.examples.items():
            for number, code in enumerate(ones.refused):
                yield pytest.param(language, code, objection, id=f"{language}-{objection}-refused-{number}")
            for number, code in enumerate(ones.accepted):
                yield pytest.param(language, code, "", id=f"{language}-{objection}-accepted-{number}")


@pytest.mark.parametrize(("language", "code", "expected"), tuple(examples()))
def test_every_rule_refuses_its_examples_and_no_near_miss(language: str, code: str, expected: str) -> None:
    parsed = LANGUAGES[language].parse(f"````\n{code}\n````")
    assert [one.objection for one in parsed] == [expected]


@pytest.mark.parametrize("words", VOCABULARIES.values(), ids=VOCABULARIES)
def test_every_language_has_examples_of_both_kinds_for_every_rule(words) -> None:
    assert set(words.examples) == {rule.objection for rule in RULES}
    assert all(isinstance(one, Examples) and one.refused and one.accepted for one in words.examples.values())
