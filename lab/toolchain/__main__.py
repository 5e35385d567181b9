"""`python -m lab.toolchain`: builds every program that the lab and its tests need."""

from rich.console import Console

from lab.toolchain.build import ensure
from lab.toolchain.caches import go_caches
from lab.toolchain.programs import LAB, TESTS

with go_caches():
    for program in (*LAB, *TESTS):
        Console(stderr=True).print(f"{program.name}: {ensure(program)}")
