"""`python -m lab.toolchain`: builds every program that the lab needs."""

from rich.console import Console

from lab.toolchain.build import ensure
from lab.toolchain.programs import COREDNS, ETCD, INGRESS, KUBE, LOCAL_PATH, METRICS_SERVER, PULUMI

for program in (PULUMI, KUBE, ETCD, COREDNS, METRICS_SERVER, INGRESS, LOCAL_PATH):
    Console(stderr=True).print(f"{program.name}: {ensure(program)}")
