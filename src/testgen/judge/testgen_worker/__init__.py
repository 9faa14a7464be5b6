"""Runs tests in the project's interpreter and says what they reached.

Knows the standard library, pytest and coverage, and nothing of testgen, because it runs where testgen is not
installed (Python 3.9 and later). Its name is its own so that no project's module can be mistaken for it.

A *supervisor* reads one setup and then jobs from standard input, a JSON object a line, and answers each with
one line on standard output. Every job runs in a child process of its own, with a time limit; whatever a job
does, the supervisor outlives it, answers, and leaves no process of it behind. Three ways to make the child:

- fresh: the supervisor is bare and the child forked from it runs `pytest.main` from the start (the suite);
- warm:  the supervisor is itself inside `pytest.main`, plugins, conftest and project imported, and a child
         forked from it only has to import the test file and run what it was asked for;
- spawn: where forking is impossible or unsafe the child is a new process that does the same from the start.

The test file's text comes from a scratch file but is imported as if it stood at its own path, so that nothing
unproven is ever written into the project.

    __main__ -> supervisor -> children    the processes
                           -> session     the suite, or chosen tests in a warm session
                              -> overlay, measure, record, quiet    what is read, reached, said, left undone
                                    -> offspring   what is reached by processes of the tests
"""

from __future__ import annotations

from typing import Any, Dict

Json = Dict[str, Any]  # one message of the line to testgen, or a part of one
