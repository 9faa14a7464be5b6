"""The candidates and the source they test; the right verdict on each is known because it was made so.

No model answered here. Each candidate is one of a kind, and each kind has one right end.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from testgen.domain import Gate


class Kind(Enum):
    """What a candidate is like; the value says it to a reader."""

    GAINS = "reaches new lines"
    BRANCH = "reaches only a new branch"
    REPEATS = "passes and reaches nothing new"
    FAILS = "fails"
    BREAKS = "breaks at import"
    LOOPS = "loops"
    EXITS = "calls os._exit(0)"
    POLLUTES = "passes, reaches new lines, and breaks a later one"
    FLAKY = "passes under some hash seeds"

    @property
    def kept(self) -> bool:
        """Whether it has to be kept."""
        return self in (Kind.GAINS, Kind.BRANCH)


# Where each kind may be refused; None: it is kept.
RIGHT: dict[Kind, tuple[Gate | None, ...]] = {
    Kind.GAINS: (None,),
    Kind.BRANCH: (None,),
    Kind.REPEATS: (Gate.GAIN, Gate.NEEDED),
    Kind.FAILS: (Gate.ALONE,),
    Kind.BREAKS: (Gate.ALONE, Gate.PARSE),
    Kind.LOOPS: (Gate.ALONE,),
    Kind.EXITS: (Gate.ALONE, Gate.PARSE),
    Kind.POLLUTES: (Gate.COMPANY,),
    Kind.FLAKY: (Gate.ALONE, Gate.REPEAT),
}


@dataclass(frozen=True, slots=True)
class Written:
    """A candidate, its kind, and its whole code; `imports` are those it needs beside the source."""

    name: str
    kind: Kind
    code: str
    imports: str = ""


RULES = 12  # of each set; one candidate that gains lines for each, and one for `taxed`

RULE = '''

def rule_{name}(amount):
    """The price after one of the shop's rules."""
    if amount > {number}:
        amount = amount * 2 + {number}
    return amount
'''

# What else a set of candidates needs: a function that only the existing tests reach, one that depends on
# state, one that changes it, and two for what must be refused although it would gain.
REST = '''

RATES[{set}] = 20


def described_{set}(amount):
    """An amount as a customer reads it."""
    return "free" if amount == 0 else f"{{amount}} EUR"


def taxed_{set}(amount):
    """The price with tax."""
    if amount < 0:
        raise ValueError(amount)
    return amount * (100 + RATES[{set}]) // 100


def set_rate_{set}(percent):
    """Change the tax."""
    if percent < 0:
        raise ValueError(percent)
    RATES[{set}] = percent


def label_{set}(amount):
    """The group of an amount."""
    if amount > 100:
        return "large"
    return "small"
'''


def source_text(imports: Sequence[str], sets: int) -> str:
    """A source file with functions for so many sets of candidates, and imports that it pays for."""
    head = '"""Prices of a shop."""\n\n' + "".join(f"import {name}\n" for name in imports) + "\nRATES = {}\n"
    return head + "".join(
        "".join(RULE.format(name=f"{number}_{index}", number=index) for index in range(RULES))
        + REST.format(set=number)
        for number in range(sets)
    )


def written(sets: int, loops: bool) -> tuple[Written, ...]:
    """Forty candidates for each set, or 39 without the one that loops, in the order in which they stand."""
    return tuple(
        one for number in range(sets) for one in one_set(number) if loops or one.kind is not Kind.LOOPS
    )


def one_set(number: int) -> list[Written]:
    """Forty candidates, good and bad in turns."""
    gains = [rule(Kind.GAINS, number, index, index + 50) for index in range(RULES)]
    repeats = [rule(Kind.REPEATS, number, index, index + 60) for index in range(RULES)]
    repeats += [rule(Kind.REPEATS, number, index, index + 70) for index in range(2)]
    branches = [rule(Kind.BRANCH, number, index, index) for index in range(2)]
    fails, breaks = failing(number), breaking(number)
    return [
        *gains[:6], *fails[:2], breaks[0], *repeats[:5], looping(number), *gains[6:], exiting(number),
        *repeats[5:9], flaky(number), *fails[2:], polluting(number), breaks[1], polluted(number), *branches,
        *repeats[9:],
    ]  # fmt: skip


def rule(kind: Kind, number: int, index: int, amount: int) -> Written:
    """A test of one rule with one amount, which decides what it reaches."""
    expected = amount * 2 + index if amount > index else amount
    name = f"test_rule_{number}_{index}_of_{amount}"
    return candidate(name, kind, f"assert prices.rule_{number}_{index}({amount}) == {expected}")


def failing(number: int) -> list[Written]:
    """Wrong expectations, a wrong attribute, a wrong type: the ways in which models fail most."""
    bodies = (
        f"assert prices.rule_{number}_3(10) == 24",
        f"assert prices.label_{number}(101) == 'huge'",
        f"assert prices.label_of_{number}(101) == 'large'",
        f"assert prices.label_{number}('101') == 'large'",
        f"assert prices.described_{number}(0) == '0 EUR'",
    )
    return [candidate(f"test_wrong_{number}_{at}", Kind.FAILS, body) for at, body in enumerate(bodies)]


def breaking(number: int) -> list[Written]:
    """A module that is not there, and a name that the source does not have."""
    no_module, no_name = f"discounts_{number}", f"label_for_{number}"
    return [
        candidate(f"test_no_module_{number}", Kind.BREAKS, f"assert {no_module}", f"import {no_module}"),
        candidate(
            f"test_no_name_{number}", Kind.BREAKS, f"assert {no_name}", f"from prices import {no_name}"
        ),
    ]


def looping(number: int) -> Written:
    body = f"while prices.label_{number}(1) == 'small': pass\n    assert 0"
    return candidate(f"test_waits_{number}", Kind.LOOPS, body)


def exiting(number: int) -> Written:
    body = f"assert prices.label_{number}(1) == 'small'\n    os._exit(0)"
    return candidate(f"test_leaves_{number}", Kind.EXITS, body, "import os")


def polluting(number: int) -> Written:
    body = f"prices.set_rate_{number}(25)\n    assert prices.RATES[{number}] == 25"
    return candidate(f"test_rate_{number}", Kind.POLLUTES, body)


def polluted(number: int) -> Written:
    return candidate(f"test_tax_{number}", Kind.GAINS, f"assert prices.taxed_{number}(100) == 120")


def flaky(number: int) -> Written:
    """A test that passes where "red" comes before "green" in a set: under hash seeds 0 and 1, not under 2."""
    body = f"assert prices.label_{number}(101) == 'large'\n    assert next(iter({{'red', 'green'}})) == 'red'"
    return candidate(f"test_order_{number}", Kind.FLAKY, body)


def candidate(name: str, kind: Kind, body: str, imports: str = "") -> Written:
    """A candidate from its body."""
    return Written(name, kind, f"def {name}():\n    {body}\n", imports)
