"""`python -m lab.toolchain`: builds every program that the lab and its tests need."""

import sys

from lab.toolchain.build import ensure
from lab.toolchain.caches import go_caches
from lab.toolchain.programs import LAB, TESTS

with go_caches():
    for program in (*LAB, *TESTS):
        sys.stderr.write(f"{program.name}: {ensure(program)}\n")
