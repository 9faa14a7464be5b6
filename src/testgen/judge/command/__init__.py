"""Any test command of any language: run as it is, judged by its exit code and by the reports it writes.

bench       runs the command with a text in the place of the test file
runners     what is known of a runner: how to have each test's result from it; a module each
groups      many candidates judged with few runs
evidence    from runs of groups to what each candidate reaches
toolchain   what build tools need of the machine; copying: where there are no overlays
"""
