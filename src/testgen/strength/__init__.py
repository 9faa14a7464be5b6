"""Would the tests notice if the code were wrong? Small changes are made to it, and the tests are run.

A *mutant* is the source with one small change. It is *killed* when a test that reaches the change fails, and
*survives* when all of them pass: then nothing would notice such a bug.

    edits.py         one change of a syntax tree, and what an operator is
    expressions.py, statements.py   the operators, with examples; operators.py has them all
    ignored.py       where a change says nothing about the tests (logging, annotations, unreachable code)
    mutants.py       source text -> mutants
    equivalence.py   which of them compile to the same as the original, or as each other
    trying.py        mutants through the judge's workers
    assessing.py     the strength of a test file: reach of each test, trials, sum
    weighing.py      what becomes of the tests that a run keeps, and what is asked for
    mending.py       mutants with which a suspected bug is gone
    same.py          what the model says no test can notice
    findings.py      the values all this comes out as
"""
