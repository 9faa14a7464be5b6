"""What the project says of its code, and which tests speak against it: pure functions over values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from testgen.domain import Candidate, Line, Statement, Verdict
from testgen.languages import Claim, Proof
from testgen.prompting import File

FEWEST_WORDS = 2  # of a quotation; a single one stands somewhere in every file
FEWEST_LETTERS = 8


def quoted(quotation: str, texts: Sequence[File]) -> Statement | None:
    """Where a quotation stands, whatever the blanks; None if nowhere, or if it says too little."""
    words = _words(quotation)
    if len(words) < FEWEST_WORDS or sum(map(str.isalpha, quotation)) < FEWEST_LETTERS:
        return None
    wanted = " ".join(words)
    for file in texts:
        lines = [
            (word, number) for number, line in enumerate(file.text.splitlines(), 1) for word in _words(line)
        ]
        at = " ".join(word for word, _ in lines).find(wanted)
        if at >= 0:
            return Statement(wanted, file.path, _line_at(lines, at))
    return None


def _words(text: str) -> list[str]:
    return [word for word in text.split() if word.strip("#")]


def _line_at(lines: Sequence[tuple[str, Line]], offset: int) -> Line:
    """The line of the word at an offset of all words joined by blanks."""
    for word, number in lines:
        offset -= len(word) + 1
        if offset < 0:
            return number
    return lines[-1][1]


def exemplified(claims: Sequence[Claim], examples: Sequence[Claim], path: str) -> Statement | None:
    """The first example of the documentation that a test asserts as well."""
    for example in examples:
        if example in claims:
            return Statement(f"{example.call} gives {example.value}", path, example.line)
    return None


def doubts(verdicts: Sequence[Verdict], proof: Proof | None, source: str) -> tuple[Verdict, ...]:
    """The verdicts, those on kept tests with what speaks against the values they expect."""
    examples = proof.examples(source) if proof else ()

    def claims_of(test: Candidate) -> Sequence[Claim]:
        return proof.claims(test) if proof else ()

    shown = [(one, claim) for one in verdicts if one.suspect for claim in claims_of(one.candidate)]

    def doubt(test: Candidate) -> str:
        for claim in claims_of(test):
            for example in filter(claim.contradicts, examples):
                said = f"the documentation says {example.value} (line {example.line})"
                return f"expects {claim.value} of {claim.call}, where {said}"
            for other, shows in shown:
                if claim.contradicts(shows):
                    return f"expects {claim.value} of {claim.call}, a suspected bug by {other.candidate.name}"
        return f"the model holds it against “{test.suspects}”, yet it passes" if test.suspects else ""

    return tuple(replace(one, doubt=doubt(one.candidate)) if one.kept else one for one in verdicts)
