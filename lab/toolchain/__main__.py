"""`python -m lab.toolchain`: builds every program that the lab needs."""

from rich.console import Console

from lab.toolchain.build import ensure
from lab.toolchain.programs import ETCD, KUBE, PULUMI

for program in (PULUMI, KUBE, ETCD):
    Console(stderr=True).print(f"{program.name}: {ensure(program)}")
