"""`python -m lab.toolchain`: builds every program that the lab needs."""

import sys

from lab.toolchain.build import ensure
from lab.toolchain.programs import COREDNS, ETCD, INGRESS, KUBE, LOCAL_PATH, METRICS_SERVER, PULUMI

for program in (PULUMI, KUBE, ETCD, COREDNS, METRICS_SERVER, INGRESS, LOCAL_PATH):
    sys.stderr.write(f"{program.name}: {ensure(program)}\n")
